"""A Word document as pages of ours, near enough to be judged: there is no Word here to ask.

Read are paragraphs (alignment, indents, spaces), words (bold, italic, underlined, size), tables (columns, merged cells in a row),
line and page breaks, headers and footers; pictures are boxes of their size. Columns, text boxes, numbering schemes, styles of
tables are not: every page says that it is an approximation.
"""

import io
from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Length
from docx.styles.style import ParagraphStyle
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from engine.printing import glyphs, typeset

#: Blocks shown of one document; the preview says when there were more.
MOST_BLOCKS = 600
_TEMPLATE = Path(__file__).with_name("docx_preview.typ")
_SIDES = {
    WD_ALIGN_PARAGRAPH.CENTER: "center", WD_ALIGN_PARAGRAPH.RIGHT: "right", WD_ALIGN_PARAGRAPH.JUSTIFY: "justify",
}  # fmt: skip
_SIZE = 11.0

Block = dict[str, Any]


def pages(content: bytes, *, issued_at: datetime, most_pages: int = 4) -> list[bytes]:
    """The first pages as PNG pictures. ``PrintingFailed`` where even that cannot be set."""
    return typeset.preview(_TEMPLATE.read_bytes(), described(content), issued_at=issued_at, most_pages=most_pages)


def described(content: bytes) -> dict[str, Any]:
    """The document as plain data: lengths in millimetres, sizes in points."""
    document = Document(io.BytesIO(content))
    section = document.sections[0]
    blocks = list(_blocks(document))
    page = {
        "width": _mm(section.page_width, 210),
        "height": _mm(section.page_height, 297),
        "top": _mm(section.top_margin, 20),
        "bottom": _mm(section.bottom_margin, 20),
        "left": _mm(section.left_margin, 30),
        "right": _mm(section.right_margin, 15),
    }
    told = {"head": list(_blocks(section.header)), "foot": list(_blocks(section.footer)), "blocks": blocks[:MOST_BLOCKS]}
    return glyphs.spelled_out({"page": page, **told, "is_cut": len(blocks) > MOST_BLOCKS})  # type: ignore[no-any-return]


def _blocks(place: DocumentType | _Cell | Any) -> Iterator[Block]:
    for part in place.iter_inner_content():
        if isinstance(part, Paragraph):
            yield from _paragraph(part)
        elif isinstance(part, Table):
            yield _table(part)


def _paragraph(paragraph: Paragraph) -> Iterator[Block]:
    form = paragraph.paragraph_format
    styles = list(_styles(paragraph))
    formats = [form, *(style.paragraph_format for style in styles)]
    alignment = next((one.alignment for one in formats if one.alignment is not None), None)
    is_item = paragraph._p.pPr is not None and paragraph._p.pPr.numPr is not None
    shared = {
        "kind": "paragraph",
        "align": _SIDES.get(alignment, "left") if alignment is not None else "left",
        "left": _mm(_first(one.left_indent for one in formats), 0),
        "first": _mm(_first(one.first_line_indent for one in formats), 0),
        "before": _points(_first(one.space_before for one in formats)),
        "after": _points(_first(one.space_after for one in formats)),
    }
    runs: list[Block] = [{"text": "• "} | _look([], styles)] if is_item else []
    for part in paragraph.iter_inner_content():
        for run in [part] if isinstance(part, Run) else part.runs:
            runs += _run(run, styles)
    for run_group in _split(runs):
        yield {**shared, "runs": run_group} if run_group is not None else {"kind": "page_break"}


def _split(runs: list[Block]) -> Iterator[list[Block] | None]:
    """Runs between page breaks; None for a break."""
    group: list[Block] = []
    for run in runs:
        if run.get("is_page_break"):
            yield group
            yield None
            group = []
        else:
            group.append(run)
    yield group


def _run(run: Run, styles: list[ParagraphStyle]) -> Iterator[Block]:
    look = _look([run], styles)
    for part in run._r:
        if part.tag == qn("w:t"):
            yield {"text": part.text or "", **look}
        elif part.tag == qn("w:tab"):
            yield {"text": "\u2003", **look}
        elif part.tag in (qn("w:br"), qn("w:cr")):
            yield {"is_page_break": True} if part.get(qn("w:type")) == "page" else {"text": "\n", **look}
        elif part.tag in (qn("w:drawing"), qn("w:pict")):
            yield _picture(part)


def _look(runs: list[Run], styles: list[ParagraphStyle]) -> Block:
    fonts = [*(run.font for run in runs), *(style.font for style in styles)]
    size = _first(font.size for font in fonts)
    return {
        "bold": bool(_first(font.bold for font in fonts)),
        "italic": bool(_first(font.italic for font in fonts)),
        "underline": bool(_first(font.underline for font in fonts)),
        "size": min(max(size.pt, 4.0), 96.0) if size is not None else _SIZE,
    }


def _picture(drawing: Any) -> Block:
    extent = next(drawing.iter(qn("wp:extent")), None)
    size = [int(extent.get(name, "0")) / 36_000 if extent is not None else 20.0 for name in ("cx", "cy")]
    return {"picture": [round(min(max(length, 2.0), 180.0), 1) for length in size]}


def _table(table: Table) -> Block:
    widths = [_mm(column.width, 0) for column in table.columns]
    rows = []
    for row in table._tbl.tr_lst:
        cells = [
            {"span": min(tc.grid_span, max(len(widths), 1)), "blocks": list(_blocks(_Cell(tc, table)))}
            for tc in row.tc_lst
            if tc.vMerge != "continue"
        ]
        rows.append(cells)
    return {"kind": "table", "widths": widths, "is_ruled": _is_ruled(table), "rows": rows}


def _is_ruled(table: Table) -> bool:
    """Whether lines are drawn: borders of its own, or a style that has a grid."""
    own = table._tbl.tblPr.find(qn("w:tblBorders"))
    if own is not None:
        return any(line.get(qn("w:val")) not in ("nil", "none") for line in own)
    return table.style is not None and "grid" in (table.style.name or "").lower()


def _styles(paragraph: Paragraph) -> Iterator[ParagraphStyle]:
    """The paragraph's style and those it is based on, at most ten."""
    style = paragraph.style
    for _ in range(10):
        if not isinstance(style, ParagraphStyle):
            return
        yield style
        style = style.base_style


def _first(values: Iterable[Any]) -> Any:
    return next((value for value in values if value is not None), None)


def _mm(length: Length | int | None, otherwise: float) -> float:
    return otherwise if length is None else round(min(max(length / 36_000, -50.0), 500.0), 2)


def _points(length: Length | int | None) -> float:
    return 0.0 if length is None else round(min(max(length / 12_700, 0.0), 60.0), 1)
