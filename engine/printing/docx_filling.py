"""Fill a Word template with the data of a slip: the same fields as the Typst templates have, the same bytes each time."""

import base64
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.printing import docx_marks, docx_packing, docx_safety
from engine.printing.press import Press

#: Seconds one template may take.
TIME_LIMIT = 15.0
#: The codes as pictures: field, what it is made of, width in millimetres.
_MARKS = (("code_mark", "code", docx_marks.code128, 70), ("status_mark", "status_url", docx_marks.qr, 26))
#: The press that fills; the one that sets type is another.
FILLING = Press(Path(__file__).with_name("docx_filler.py"))


def fill(template: bytes, data: Mapping[str, Any], shape: Mapping[str, Any]) -> bytes:
    """The filled document. ``shape``: sample data naming every field a template may use (lists with one sample element).

    A ``code`` gives ``code_mark``, a ``status_url`` gives ``status_mark``, as pictures. ``FileRejected``: the template is no
    plain Word file; ``PrintingFailed``: its tags say what they may not, too long, more than 15 s or 512 MB. What comes out is
    checked as what goes in.
    """
    docx_safety.require_safe(template)
    request = {
        "template": base64.b64encode(template).decode(),
        "data": _composed(dict(data)),
        "shape": dict(shape) | {name: "" for name, *_ in _MARKS},
        "pictures": {
            name: {"png": base64.b64encode(draw(data[source])).decode(), "width": width}
            for name, source, draw, width in _MARKS
            if data.get(source)
        },
    }
    filled = docx_packing.repacked(FILLING.print(request, time_limit=TIME_LIMIT)[0])
    docx_safety.require_safe(filled, largest=docx_safety.LARGEST_FILLED, largest_part=docx_safety.LARGEST_FILLED_PART)
    return filled


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, Mapping):
        return {key: _composed(part) for key, part in value.items()}
    return [_composed(part) for part in value] if isinstance(value, list | tuple) else value
