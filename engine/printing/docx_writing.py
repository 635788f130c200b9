"""Write a Word document as Vietnamese offices lay one out: A4, Times New Roman, ruled tables, page numbers in fields."""

import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from docx import Document
from docx.document import Document as DocumentType
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

FONT = "Times New Roman"
CENTER, JUSTIFY, LEFT = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.JUSTIFY, WD_ALIGN_PARAGRAPH.LEFT
#: Shade behind the captions of a table.
_SHADE = "EEEEEE"
#: Millimetres between the margins of an upright page.
_TEXT_WIDTH = 168

Runs = Sequence[Mapping[str, str]]


def begin(*, size: float = 12) -> DocumentType:
    """An empty A4 document (NĐ 30/2020 margins: 20 mm above and below, 30 mm left, 15 mm right)."""
    document = Document()
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(size)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(4)
    lay_out(document.sections[0], is_landscape=False)
    return document


def lay_out(section: Section, *, is_landscape: bool, left: float = 30, right: float = 15) -> None:
    """A4 upright or on its side; margins in millimetres."""
    width, height = (297, 210) if is_landscape else (210, 297)
    section.orientation = WD_ORIENT.LANDSCAPE if is_landscape else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.top_margin, section.bottom_margin, section.left_margin, section.right_margin = Mm(20), Mm(20), Mm(left), Mm(right)
    section.header_distance, section.footer_distance = Mm(10), Mm(8)


def heading(document: DocumentType, words: str, *, level: int = 1) -> Paragraph:
    """A heading Word lists in its outline; bold, the second level italic too."""
    paragraph: Paragraph = document.add_heading(level=level)
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(10), Pt(4)
    run = paragraph.add_run(words)
    run.font.name, run.font.size, run.bold, run.italic = FONT, Pt(12.5 if level == 1 else 12), True, level > 1
    run.font.color.rgb = RGBColor(0, 0, 0)
    run._r.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    return paragraph


def write(paragraph: Paragraph, words: str, *, bold: bool = False, italic: bool = False, size: float | None = None) -> None:
    """Add words to a paragraph in one style."""
    run = paragraph.add_run(words)
    run.bold, run.italic = bold or None, italic or None
    if size is not None:
        run.font.size = Pt(size)


def write_runs(paragraph: Paragraph, runs: Runs, *, bold: bool = False, size: float | None = None) -> None:
    """Add stretches ``{text, style}``, style empty, ``bold``, ``italic`` or ``code``."""
    for part in runs:
        style = part["style"]
        write(paragraph, part["text"], bold=bold or style == "bold", italic=style in ("italic", "code"), size=size)


def table(
    place: DocumentType | _Cell,
    captions: Sequence[str],
    rows: Iterable[Sequence[Any]],
    shares: Sequence[float],
    *,
    size: float = 10.5,
) -> Table:
    """A ruled table whose first row is repeated on each page. A cell is a text, several texts, or ``Runs``; ``shares``: how
    wide the columns are as parts of the whole."""
    made = ruled(place, 1, len(captions), shares)
    head = made.rows[0]
    head._tr.get_or_add_trPr().append(_element("w:tblHeader", val="true"))
    for cell, words in zip(head.cells, captions, strict=True):
        shade(cell)
        fill(cell, words, bold=True, size=size, alignment=CENTER)
    for row in rows:
        added: _Row = made.add_row()  # type: ignore[no-untyped-call]  # the library forgot the type of this one
        added._tr.get_or_add_trPr().append(_element("w:cantSplit", val="true"))
        for cell, words in zip(added.cells, row, strict=True):
            fill(cell, words, size=size)
    fit(made, shares)
    return made


def ruled(place: DocumentType | _Cell, rows: int, columns: int, shares: Sequence[float]) -> Table:
    """An empty ruled table as wide as the text."""
    made = place.add_table(rows, columns)
    made.style = "Table Grid"
    made.alignment = WD_TABLE_ALIGNMENT.CENTER
    made.autofit = False
    fit(made, shares)
    return made


def fit(made: Table, shares: Sequence[float]) -> None:
    """Give columns their share of the width of the text, whatever the paper."""
    whole = sum(shares)
    for width in made._tbl.tblPr.findall(qn("w:tblW")):
        _set(width, w="5000", type="pct")
    for column, share in zip(made.columns, shares, strict=True):
        column.width = Mm(round(_TEXT_WIDTH * share / whole))
    for row in made.rows:
        for cell, share in zip(row.cells, shares, strict=True):
            _set(cell._tc.get_or_add_tcPr().get_or_add_tcW(), w=str(round(5000 * share / whole)), type="pct")


def fill(cell: _Cell, words: Any, *, bold: bool = False, size: float | None = None, alignment: Any = None) -> None:
    """Write into a cell: a text, or several lines of text, or runs, or lines of runs."""
    lines = [words] if isinstance(words, str) or (words and isinstance(words[0], Mapping)) else list(words) or [""]
    for place, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if place == 0 else cell.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(1)
        paragraph.alignment = alignment
        if isinstance(line, str):
            write(paragraph, line, bold=bold, size=size)
        else:
            write_runs(paragraph, line, bold=bold, size=size)


def shade(cell: _Cell) -> None:
    """A light ground behind a caption."""
    cell._tc.get_or_add_tcPr().append(_element("w:shd", val="clear", color="auto", fill=_SHADE))


def field(paragraph: Paragraph, instruction: str, *, size: float | None = None) -> None:
    """A field the word processor fills in: ``PAGE``, ``NUMPAGES``."""
    run = paragraph.add_run()
    if size is not None:
        run.font.size = Pt(size)
    text = OxmlElement("w:instrText")
    text.set(qn("xml:space"), "preserve")
    text.text = f" {instruction} "
    shown = OxmlElement("w:t")
    shown.text = "1"
    for part in (_element("w:fldChar", fldCharType="begin"), text, _element("w:fldChar", fldCharType="separate"), shown):
        run._r.append(part)
    run._r.append(_element("w:fldChar", fldCharType="end"))


def new_page(document: DocumentType) -> None:
    """What follows begins on a page of its own."""
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)


def picture(document: DocumentType, png: bytes, width: float, *, words: str) -> None:
    """A centred picture, ``width`` in millimetres, with the words that stand for it (read aloud, searched)."""
    paragraph = document.add_paragraph()
    paragraph.alignment = CENTER
    shape = paragraph.add_run().add_picture(io.BytesIO(png), width=Mm(width))
    shape._inline.docPr.set("descr", words[:2000])


def _element(name: str, **attributes: str) -> Any:
    made = OxmlElement(name)
    _set(made, **attributes)
    return made


def _set(element: Any, **attributes: str) -> None:
    for key, value in attributes.items():
        element.set(qn(f"w:{key}"), value)
