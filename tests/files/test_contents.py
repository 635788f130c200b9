"""What a file is, by its bytes."""

import io
from pathlib import Path

import docx
import pytest

from engine.files import contents
from engine.files.refusal import FileRejected
from tests.files import samples


def kind_of(content: bytes, folder: Path) -> str:
    path = folder / "incoming"
    path.write_bytes(content)
    return contents.media_type_of(path)


def make_word_letter() -> bytes:
    out = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("Đơn đề nghị")
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        pytest.param(samples.PDF, "application/pdf", id="pdf"),
        pytest.param(samples.make_png(), "image/png", id="png"),
        pytest.param(samples.make_jpeg(), "image/jpeg", id="jpeg"),
        pytest.param(samples.make_jpeg() + b"SEFT trailer of a telephone", "image/jpeg", id="jpeg with a maker's note"),
        pytest.param(samples.make_tiff(), "image/tiff", id="tiff, little-endian"),
        pytest.param(samples.make_tiff(order=">"), "image/tiff", id="tiff, big-endian"),
        pytest.param(samples.DOCX, samples.DOCX_TYPE, id="docx"),
        pytest.param(samples.XLSX, samples.XLSX_TYPE, id="xlsx"),
        pytest.param(make_word_letter(), samples.DOCX_TYPE, id="docx of a real writer"),
    ],
)
def test_allowed_file_is_known_by_content(content: bytes, kind: str, tmp_path: Path) -> None:
    assert kind_of(content, tmp_path) == kind


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(b"", "0 byte", id="empty"),
        pytest.param(b"Xin chao", "Chỉ nhận: PDF, PNG", id="text"),
        pytest.param(b"<html><script>alert(1)</script></html>", "Chỉ nhận", id="html"),
        pytest.param(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "Chỉ nhận", id="svg"),
        pytest.param(b"MZ" + b"\x00" * 200, "Chỉ nhận", id="program"),
        pytest.param(b"GIF89a" + b"\x00" * 20, "Tệp này là image/gif", id="gif"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "Chỉ nhận", id="old Word"),
        pytest.param(samples.ZIP, "Tệp nén (zip) không được nhận", id="zip"),
        pytest.param(samples.PDF[:40], "PDF bị cụt", id="pdf cut off"),
        pytest.param(b"\n" + samples.PDF, "Chỉ nhận", id="pdf not at the beginning"),
        pytest.param(samples.PDF + samples.ZIP, "kèm một tệp nén", id="pdf and zip"),
        pytest.param(samples.make_jpeg() + samples.ZIP, "giấu một tệp khác", id="jpeg and zip"),
        pytest.param(samples.make_jpeg()[:20] + samples.PDF + samples.make_jpeg()[20:], "giấu một tệp khác", id="jpeg and pdf"),
        pytest.param(samples.make_png() + b"<script>", "ảnh bị cụt hoặc hỏng", id="png and more"),
        pytest.param(samples.make_png()[:-6], "ảnh bị cụt hoặc hỏng", id="png cut off"),
        pytest.param(samples.make_jpeg()[:-2], "ảnh bị cụt hoặc hỏng", id="jpeg cut off"),
        pytest.param(samples.make_jpeg()[:4], "ảnh bị cụt hoặc hỏng", id="jpeg head alone"),
        pytest.param(samples.make_tiff()[:12], "ảnh bị cụt hoặc hỏng", id="tiff cut off"),
        pytest.param(samples.make_png(20_000, 20_000), "Ảnh quá lớn", id="png of 400 million points"),
        pytest.param(samples.make_jpeg(60_000, 60_000), "Ảnh quá lớn", id="jpeg of 3.6 thousand million points"),
        pytest.param(samples.make_png(0, 9), "ảnh bị cụt hoặc hỏng", id="png without width"),
        pytest.param(samples.DOCX[:-30], "bị hỏng hoặc đặt mật khẩu", id="docx cut off"),
        pytest.param(b"MZ" + samples.DOCX, "Chỉ nhận", id="docx behind a program"),
        pytest.param(samples.ZIP + samples.DOCX, "bị hỏng", id="docx behind another zip"),
        pytest.param(
            samples.make_office("word/document.xml", samples.DOCX_TYPE, word__vbaProject__bin=b"x").replace(
                b"vbaProject/bin", b"vbaProject.bin"
            ),
            "macro",
            id="docx with a macro",
        ),
        pytest.param(
            samples.make_office("word/document.xml", "application/vnd.ms-word.document.macroEnabled"),
            "(zip) không được nhận",
            id="docm renamed",
        ),
        pytest.param(
            samples.make_zip({"[Content_Types].xml": b"<!DOCTYPE x>", "word/document.xml": b""}),
            "bị hỏng",
            id="docx with a DOCTYPE",
        ),
        pytest.param(
            samples.make_office("xl/workbook.xml", samples.XLSX_TYPE, bomb=b"\x00" * 3_000_000), "bất thường", id="bomb"
        ),
        pytest.param(samples.make_zip({f"{n}": b"" for n in range(2_001)}), "quá lớn", id="too many entries"),
        pytest.param(samples.make_zip({"../../etc/passwd": b"x"}), "đường dẫn lạ", id="path"),
    ],
)
def test_file_is_refused_with_its_reason(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FileRejected) as refusal:
        kind_of(content, tmp_path)
    assert reason in str(refusal.value)
    assert refusal.value.fields == {"file": [str(refusal.value)]}
