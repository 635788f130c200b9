"""What is read of a Word document to draw it approximately, and that the drawing says so."""

import io
from datetime import UTC, datetime

import pytest
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.shared import Mm, Pt

from engine.printing import docx_preview, docx_watermark
from tests.printing.word import saved, template

AT = datetime(2026, 11, 24, 1, 37, tzinfo=UTC)


def test_paragraphs_keep_side_size_and_weight() -> None:
    document = Document()
    paragraph = document.add_paragraph()
    paragraph.alignment, paragraph.paragraph_format.left_indent = WD_ALIGN_PARAGRAPH.CENTER, Mm(10)
    run = paragraph.add_run("GIẤY TIẾP NHẬN")
    run.bold, run.italic, run.font.size = True, True, Pt(14)
    (block,) = docx_preview.described(saved(document))["blocks"]
    look = {"text": "GIẤY TIẾP NHẬN", "bold": True, "italic": True, "underline": False, "size": 14.0}
    assert (block["kind"], block["align"], round(block["left"]), block["runs"]) == ("paragraph", "center", 10, [look])


def test_a_style_counts_where_the_run_says_nothing() -> None:
    document = Document()
    document.styles["Normal"].font.size = Pt(13)
    document.add_heading("Mục đích", level=1)
    document.add_paragraph("chữ")
    blocks = docx_preview.described(saved(document))["blocks"]
    assert [(run["text"], run["bold"], run["size"]) for block in blocks for run in block["runs"]] == [
        ("Mục đích", True, 14.0),
        ("chữ", False, 13.0),
    ]


def test_tables_breaks_and_the_heading_of_the_page_are_read() -> None:
    content = template("trước", rows=[("a", "b"), ("c", "d")], header="đầu trang")
    document = Document(io.BytesIO(content))
    document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)
    told = docx_preview.described(saved(document))
    assert [block["kind"] for block in told["blocks"]] == ["paragraph", "table", "paragraph", "page_break", "paragraph"]
    rows = [[cell["blocks"][0]["runs"][0]["text"] for cell in row] for row in told["blocks"][1]["rows"]]
    assert (rows, told["blocks"][1]["is_ruled"], told["head"][0]["runs"][0]["text"]) == (
        [["a", "b"], ["c", "d"]],
        True,
        "đầu trang",
    )


def test_a_letter_the_paper_cannot_show_is_named() -> None:
    (block,) = docx_preview.described(template("☐ đồng ý"))["blocks"]
    assert block["runs"][0]["text"] == "[U+2610] đồng ý"


@pytest.mark.parametrize("words", ["#panic(1)", '#read("/etc/passwd")', "*đậm* $x$"], ids=str)
def test_what_stands_in_the_document_is_never_markup(words: str) -> None:
    assert docx_preview.pages(template(words), issued_at=AT)[0][:8] == b"\x89PNG\r\n\x1a\n"


def test_a_long_document_is_cut_and_says_so() -> None:
    told = docx_preview.described(template(*[str(n) for n in range(700)]))
    assert (len(told["blocks"]), told["is_cut"]) == (600, True)
    assert len(docx_preview.pages(template(*[str(n) for n in range(700)]), issued_at=AT)) == 4


def test_a_watermark_stands_in_the_heading_of_every_page() -> None:
    document = Document()
    docx_watermark.add(document, "ĐÃ HUỶ", "thay bằng số 02/TNHS")
    header = Document(io.BytesIO(saved(document))).sections[0].header
    assert [paragraph.text for paragraph in header.paragraphs] == ["", "ĐÃ HUỶ – thay bằng số 02/TNHS"]
    assert 'string="ĐÃ HUỶ"' in header._element.xml
