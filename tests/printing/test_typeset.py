"""The door to print: same bytes twice, archival PDF, data never markup, a template locked in."""

import hashlib
import io
import os
import re
import subprocess
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pypdf
import pytest

from engine.printing import press, typeset
from engine.printing.press import PRESS, PrintingFailed
from tests.printing.reading import ISSUED_AT, text

SAY = '#import "/house.typ": data\n#data.words'
BROKEN = "Không in được phiếu vì mẫu in có lỗi. Hãy báo người quản lý quy trình sửa mẫu."
ENDED = "Không in được phiếu: mẫu in chạy quá 30 giây hoặc quá bộ nhớ cho phép. Hãy báo người quản lý quy trình sửa mẫu."


def test_pdf_is_byte_identical_when_printed_again() -> None:
    first = typeset.pdf(SAY, {"words": "Giấy hẹn", "n": 1}, issued_at=ISSUED_AT)
    PRESS.close()
    assert typeset.pdf(SAY, {"n": 1, "words": "Giấy hẹn"}, issued_at=ISSUED_AT) == first


def test_pdf_carries_the_moment_of_issue_and_no_other() -> None:
    paper = typeset.pdf("#datetime.today().display()", {}, issued_at=datetime(2019, 11, 20, 1, 37, 5, tzinfo=UTC))
    metadata = pypdf.PdfReader(io.BytesIO(paper)).metadata
    assert metadata is not None
    assert (text(paper), metadata.creation_date) == ("2019-11-20", datetime(2019, 11, 20, 1, 37, 5, tzinfo=UTC))


def test_pdf_is_tagged_archival_vietnamese_with_embedded_tinos() -> None:
    reader = pypdf.PdfReader(io.BytesIO(typeset.pdf(SAY, {"words": "Xin chào"}, issued_at=ISSUED_AT)))
    root: Any = reader.root_object
    fonts = [font.get_object() for page in reader.pages for font in cast(Any, page)["/Resources"]["/Font"].values()]
    declared = dict(re.findall(r"<pdfaid:(\w+)>(\w+)</", root["/Metadata"].get_data().decode()))
    assert declared == {"part": "2", "conformance": "A"}
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"].value, len(root["/OutputIntents"])) == ("vi-VN", True, 1)
    assert [font["/BaseFont"].partition("+")[2] for font in fonts] == ["Tinos-Regular"]
    assert all("/FontFile2" in font["/DescendantFonts"][0]["/FontDescriptor"] for font in fonts)


@pytest.mark.parametrize(
    "words",
    [
        "Ữ ữ Ặ ẵ Ợ ỡ Ỹ ỵ Ẫ ễ đ Đ – “ ” … ₫",
        "ăâđêôơư ĂÂĐÊÔƠƯ áàảãạ ắằẳẵặ ấầẩẫậ éèẻẽẹ ếềểễệ íìỉĩị óòỏõọ ốồổỗộ ớờởỡợ úùủũụ ứừửữự ýỳỷỹỵ",
        "ƀ č ĕ ĭ ŏ ŭ ñ",
        "Y Krông Niê-Kđăm, H'Hen",
    ],
    ids=["the string of 8.7", "every Vietnamese letter", "letters of minority languages", "names"],
)
def test_text_copies_back_as_it_was_typed(words: str) -> None:
    paper = typeset.pdf(SAY, {"words": unicodedata.normalize("NFD", words)}, issued_at=ISSUED_AT)
    assert text(paper) == unicodedata.normalize("NFC", words)


@pytest.mark.parametrize(
    "words", ["#panic(1)", '#read("/etc/passwd")', "*đậm* _nghiêng_ $x$ <nhãn> @a \\ // `x`", '"} #data {"'], ids=str
)
def test_text_of_people_is_printed_literally(words: str) -> None:
    assert text(typeset.pdf(SAY, {"words": words}, issued_at=ISSUED_AT)) == words


@pytest.mark.parametrize("character", ["☐", "😀", "中", "\u0000"], ids=["ballot box", "emoji", "Chinese", "null"])
def test_missing_glyph_is_refused_by_name(character: str) -> None:
    with pytest.raises(PrintingFailed) as refusal:
        typeset.pdf(SAY, {"words": f"Trần {character}"}, issued_at=ISSUED_AT)
    shown = character.replace("\u0000", "\\u{0}")
    assert str(refusal.value) == (
        f"Ký tự “{shown}” không in được trên giấy (phông chữ không có). Hãy sửa nội dung có ký tự này rồi in lại."
    )


@pytest.mark.parametrize("family", ["Times New Roman", "DejaVu Sans Mono", "Libertinus Serif"])
def test_unknown_font_is_refused(family: str) -> None:
    with pytest.raises(PrintingFailed) as refusal:
        typeset.pdf(f'#set text(font: "{family}")\nchữ', {}, issued_at=ISSUED_AT)
    assert str(refusal.value) == (
        f"Mẫu in dùng phông chữ “{family.lower()}” không có trong hệ thống; hãy sửa mẫu, chỉ dùng phông Tinos."
    )


@pytest.mark.parametrize(
    ("template", "detail"),
    [
        ('#read("/etc/passwd")', "file not found (searched at /etc/passwd)"),
        ('#read("../../errors.py")', 'path `"../../errors.py"` would escape the project root'),
        ('#read("/../press.py")', 'path `"/../press.py"` would escape the project root'),
        ('#import "@local/x:1.0.0": y', "package not found (searched for @local/x:1.0.0)"),
        ("#data.missing", "unknown variable: data"),
    ],
    ids=["a file of the machine", "the file above", "above the root", "a local package", "a mistake"],
)
def test_template_is_locked_in_and_its_author_told(template: str, detail: str) -> None:
    with pytest.raises(PrintingFailed) as refusal:
        typeset.pdf(template, {}, issued_at=ISSUED_AT)
    assert (str(refusal.value), refusal.value.detail.partition("; ")[0]) == (BROKEN, detail)


def test_template_reaches_no_network() -> None:
    with pytest.raises(PrintingFailed) as refusal:
        typeset.pdf('#import "@preview/example:0.1.0": add', {}, issued_at=ISSUED_AT)
    assert "Connection refused" in refusal.value.detail


def test_template_in_endless_work_is_ended_and_the_press_goes_on() -> None:
    endless = "#for i in range(99999) { for j in range(99999) { for k in range(99999) { let x = calc.pow(2, 3) } } }"
    request = typeset._request(endless, {}, ISSUED_AT)
    started = time.monotonic()
    with pytest.raises(PrintingFailed) as refusal:
        PRESS.print(request, time_limit=1.0)
    assert (str(refusal.value), time.monotonic() - started < 10) == (ENDED, True)
    assert text(typeset.pdf(SAY, {"words": "tiếp"}, issued_at=ISSUED_AT)) == "tiếp"


@pytest.mark.skipif(sys.platform == "win32", reason="no address-space limit there")
def test_template_that_fills_memory_is_ended_and_the_press_goes_on() -> None:
    with pytest.raises(PrintingFailed) as refusal:
        typeset.pdf("#range(200000000).len()", {}, issued_at=ISSUED_AT)
    assert str(refusal.value) == ENDED
    assert text(typeset.pdf(SAY, {"words": "tiếp"}, issued_at=ISSUED_AT)) == "tiếp"


def test_threads_each_get_their_own_paper() -> None:
    words = [f"giấy số {number}" for number in range(24)]
    with ThreadPoolExecutor(6) as pool:
        papers = list(pool.map(lambda one: typeset.pdf(SAY, {"words": one}, issued_at=ISSUED_AT), words))
    assert [text(paper) for paper in papers] == words


def test_press_starts_a_fresh_child_after_its_share(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(press, "PAPERS_PER_CHILD", 1)
    first = typeset.pdf(SAY, {"words": "một"}, issued_at=ISSUED_AT)
    before = PRESS._child
    assert typeset.pdf(SAY, {"words": "một"}, issued_at=ISSUED_AT) == first
    assert PRESS._child is not before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork there")
def test_forked_process_prints_on_its_own_press() -> None:
    program = (
        "import os, sys; sys.path.insert(0, sys.argv[1])\n"
        "from datetime import UTC, datetime\n"
        "from engine.printing import typeset\n"
        "at = datetime(2026, 1, 1, tzinfo=UTC)\n"
        "first = typeset.pdf('một', {}, issued_at=at)\n"
        "child = os.fork()\n"
        "same = typeset.pdf('một', {}, issued_at=at) == first\n"
        "ended = os.waitpid(child, 0)[1] if child else 0\n"
        "print(bool(child), same, ended, flush=True)\n"
        "os._exit(0) if not child else None\n"
    )
    root = str(Path(__file__).parents[2])
    done = subprocess.run([sys.executable, "-c", program, root], capture_output=True, text=True, timeout=60, check=True)
    assert sorted(done.stdout.split("\n")) == ["", "False True 0", "True True 0"]


def test_pdf_refuses_a_moment_without_a_zone() -> None:
    with pytest.raises(ValueError, match="aware"):
        typeset.pdf(SAY, {"words": ""}, issued_at=ISSUED_AT.replace(tzinfo=None))


def test_pdf_of_a_second_later_differs() -> None:
    one = typeset.pdf(SAY, {"words": "a"}, issued_at=ISSUED_AT)
    assert typeset.pdf(SAY, {"words": "a"}, issued_at=ISSUED_AT + timedelta(seconds=1)) != one


def test_fonts_are_the_ones_that_were_fetched() -> None:
    folder = Path(press.__file__).with_name("fonts")
    listed = [line.split("  ") for line in (folder / "SHA256SUMS").read_text(encoding="ascii").splitlines()]
    found = {path.name for path in folder.iterdir()} - {"README.md", "SHA256SUMS"}
    assert {name for _, name in listed} == found
    assert [hashlib.sha256((folder / name).read_bytes()).hexdigest() for _, name in listed] == [digest for digest, _ in listed]
