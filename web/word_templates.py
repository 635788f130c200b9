"""What the pages of Word templates share: filling one with sample data, and showing what came out, or why it did not."""

import base64
from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l

from engine import clock
from engine.files.refusal import FileRejected
from engine.printing import docx_filling, docx_preview
from engine.printing.press import PrintingFailed
from engine.procedures import slip_templates
from web.draft_pieces import Pieces

WORD = Pieces(slip_templates.DIRECTORY, ".docx", _l("Bản dự thảo không có mẫu Word này. Chọn trong danh sách mẫu phiếu."))


def filled(template: bytes, sample: Mapping[str, Any]) -> bytes:
    """The template with sample data; ``PrintingFailed`` or ``FileRejected`` where it cannot be filled."""
    return docx_filling.fill(template, sample, slip_templates.shape())


def preview(template: bytes, sample: Mapping[str, Any]) -> tuple[list[str], dict[str, Any] | None]:
    """The first pages of the filled template as base64 pictures, or why there are none."""
    try:
        made = docx_preview.pages(filled(template, sample), issued_at=clock.now())
    except PrintingFailed as failure:
        return [], {"message": str(failure), "detail": failure.detail}
    except FileRejected as refusal:
        return [], {"message": str(refusal), "detail": ""}
    return [base64.b64encode(page).decode() for page in made], None
