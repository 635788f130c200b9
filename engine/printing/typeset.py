"""Papers from a Typst template and plain data: the one door every printed page goes through.

The template is the procedure's (``slips/<slip>.typ``); it imports the shared furniture with ``#import "/house.typ"``. What
people typed reaches it only as JSON in ``sys.inputs.data``, never as markup. Paper equals engine (DESIGN.md 3.6): the same
template, data and moment give the same bytes, because the date of the document, and of every ``datetime.today()``, is the
moment of issue.
"""

import json
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.printing import codes
from engine.printing.press import PRESS, Press

#: Seconds that the preview of a template may take.
PREVIEW_TIME = 10.0
_PREVIEWS = Press()
#: Set before the template, which may change all of it but the fonts on offer.
_PRELUDE = """\
#set text(font: "Tinos", lang: "vi", region: "VN", fallback: false, hyphenate: false)
#set document(date: auto)
#include "/slip.typ"
"""


def pdf(template: bytes | str, data: Mapping[str, Any], *, issued_at: datetime) -> bytes:
    """A tagged PDF/A-2a in Vietnamese.

    ``data`` is anything JSON holds (no dates, no infinities: format them first); texts are brought to NFC. A ``code`` gets its
    bar code as ``data.code_mark``, a ``status_url`` its QR code as ``data.status_mark`` (see ``codes.Mark``). ``issued_at`` is
    an aware instant. Refuses with ``PrintingFailed``: an unknown font, a character the font lacks, an error in the template, a
    file outside the template's own, more than 30 s or 512 MB.
    """
    return PRESS.print(_request(template, data, issued_at))[0]


def pictures(template: bytes | str, data: Mapping[str, Any], *, issued_at: datetime, dots_per_inch: int = 150) -> list[bytes]:
    """The same paper as PNG pictures, one per page, for a screen; refuses what ``pdf`` refuses."""
    return PRESS.print(_request(template, data, issued_at) | {"format": "png", "ppi": float(dots_per_inch)})


def preview(template: bytes | str, data: Mapping[str, Any], *, issued_at: datetime, most_pages: int = 4) -> list[bytes]:
    """The first pages of a template that is still written, as PNG pictures; refuses what ``pdf`` refuses.

    On a press of its own and for ``PREVIEW_TIME`` at most, so that a template that never ends keeps no slip waiting.
    """
    request = _request(template, data, issued_at) | {"format": "png", "ppi": 90.0, "most": most_pages}
    return _PREVIEWS.print(request, time_limit=PREVIEW_TIME)


def _request(template: bytes | str, data: Mapping[str, Any], issued_at: datetime) -> dict[str, Any]:
    if issued_at.tzinfo is None:
        raise ValueError("A paper needs an aware moment of issue.")
    house = Path(__file__).with_name("house.typ").read_text(encoding="utf-8")
    slip = template.decode("utf-8") if isinstance(template, bytes) else template
    text = json.dumps(dict(data) | _marks(data), ensure_ascii=False, sort_keys=True, allow_nan=False)
    return {
        "files": {"main.typ": _PRELUDE, "slip.typ": slip, "house.typ": house},
        "data": unicodedata.normalize("NFC", text),
        "issued_at": int(issued_at.timestamp()),
        "format": "pdf",
    }


def _marks(data: Mapping[str, Any]) -> dict[str, Any]:
    marks = {}
    if code := data.get("code"):
        marks["code_mark"] = vars(codes.code128(code))
    if address := data.get("status_url"):
        marks["status_mark"] = vars(codes.qr(address))
    return marks
