"""The Word copy of a numbered paper, where its procedure has a Word template for the form. The PDF stays the paper of record.

Number, names and dates are the frozen ones of the paper; nothing is kept and nothing journalled, because nothing is issued.
"""

import io
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from docx import Document

from engine.dossiers import control_sheet, slips
from engine.dossiers.models import Dossier, Slip
from engine.errors import NotFound
from engine.printing import docx_filling, docx_packing, docx_watermark
from engine.procedures import definition, slip_templates
from engine.transaction import session


def is_offered(slip: Slip) -> bool:
    """Whether the revision that prints the paper has a Word template for its form."""
    return _template(slip) is not None


def docx(slip: Slip) -> bytes:
    """The paper as a Word document: the same bytes each time. A void one is marked so across its pages.

    ``NotFound`` where its form has no Word template; ``PrintingFailed`` where that cannot be filled.
    """
    template = _template(slip)
    if template is None:
        raise NotFound("Loại phiếu này chưa có mẫu Word. Hãy in bản PDF, hoặc nhờ thư ký ISO thêm mẫu Word vào quy trình.")
    filled = docx_filling.fill(template, _data(slip), slip_templates.shape())
    return _marked(filled, slips.replacement_number(slip)) if slip.voided_at is not None else filled


def _template(slip: Slip) -> bytes | None:
    """``slips/<form>.docx`` beside ``slips/<form>.typ``: the same form, so the same generation of words."""
    stem = PurePosixPath(slip.form.template).stem
    return definition.of_id(slip.revision_id).templates.get(f"{slip_templates.DIRECTORY}/{stem}.docx")


def _data(slip: Slip) -> Mapping[str, Any]:
    if slip.kind == "control_sheet":
        return control_sheet.sheet(session().get_one(Dossier, slip.case_id))
    void = {"by": slips.replacement_number(slip)} if slip.voided_at is not None else None
    return {**slip.data, "void": void}


def _marked(filled: bytes, replaced_by: str) -> bytes:
    document = Document(io.BytesIO(filled))
    docx_watermark.add(document, "ĐÃ HUỶ", f"thay bằng số {replaced_by}" if replaced_by else "")
    out = io.BytesIO()
    document.save(out)
    return docx_packing.repacked(out.getvalue())
