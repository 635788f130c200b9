"""Slip templates of a draft: uploaded, shown with sample data, refused by line, harmless when hostile."""

import io
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from engine.procedures import slip_templates
from engine.procedures.folder import Folder
from tests.web.conftest import ON_BOTH, Browser
from tests.web.drafted import FOLDER, files_of, make_draft

Browse = Callable[..., Browser]
TEMPLATES = sorted(path.stem for path in (FOLDER / "slips").glob("*.typ"))
GOOD = '#import "/house.typ": *\n#show: slip(title: ("PHIẾU THỬ",))\n#field("Chủ hồ sơ", need("owner", "full_name"))\n'


@pytest.fixture
def draft(app: Flask) -> uuid.UUID:
    return make_draft(app)


def address(draft: uuid.UUID, rest: str = "") -> str:
    return f"/admin/procedures/drafts/{draft}/slips{rest}"


def upload(browser: Browser, draft: uuid.UUID, name: str, content: bytes, kind: str = "receipt") -> tuple[int, str]:
    browser.get(address(draft))
    sent = {"file": (io.BytesIO(content), name), "kind": kind, "version": "1"}
    answer = browser.post(address(draft), sent, content_type="multipart/form-data")
    return answer.status_code, answer.text


@ON_BOTH
def test_templates_are_listed_with_kind_and_generation(app: Flask, browse: Browse) -> None:
    page = browse("secretary").get(address(make_draft(app))).text
    said = ("slips/2025_mau_02.typ", "supplement", "TT 03/2025/TT-VPCP", "TT 01/2018/TT-VPCP")
    assert [words in page for words in said] == [True] * 4


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_carried_template_prints_with_sample_data(draft: uuid.UUID, browse: Browse, name: str) -> None:
    secretary = browse("secretary")
    page = secretary.get(address(draft, f"/{name}")).text
    assert ("data:image/png;base64,iVBOR" in page, 'role="alert"' in page) == (True, False)
    paper = secretary.get(address(draft, f"/{name}/paper"))
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")


def test_an_uploaded_template_is_kept_as_one_of_a_kind(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    before = slip_templates.kinds(Folder(files_of(app, draft), ""))
    assert upload(browse("secretary"), draft, "Mau_Moi.typ", GOOD.encode(), "thu_moi")[0] == 303
    files = files_of(app, draft)
    assert files["slips/mau_moi.typ"] == GOOD.encode()
    assert slip_templates.kinds(Folder(files, "")) == before | {"thu_moi": ["slips/mau_moi.typ"]}


@pytest.mark.parametrize(
    ("name", "content", "kind", "words"),
    [
        ("mau.docx", b"PK", "receipt", "Tệp Word hoặc Excel bị hỏng"),
        ("mau.doc", b"PK", "receipt", "Tệp .doc cũ thì lưu lại thành .docx"),
        ("mẫu.typ", b"x", "receipt", "Tên tệp chỉ gồm"),
        ("../../x y.typ", b"x", "receipt", "Tên tệp chỉ gồm"),
        ("a.typ", b" ", "receipt", "không được trống"),
        ("a.typ", b"x" * 200_001, "receipt", "tối đa 200 kB"),
        ("a.typ", b"\xff\xfe", "receipt", "UTF-8"),
        ("a.typ", b"x", "Loại", "Tên loại phiếu"),
        ("", b"", "receipt", "Chọn tệp mẫu phiếu"),
    ],
    ids=["docx", "doc", "letters", "path", "empty", "large", "bytes", "kind", "none"],
)
def test_what_is_no_template_is_refused(
    app: Flask, draft: uuid.UUID, browse: Browse, name: str, content: bytes, kind: str, words: str
) -> None:
    before = dict(files_of(app, draft))
    status, page = upload(browse("secretary"), draft, name, content, kind)
    assert (status, words in page, f'value="{kind}"' in page) == (422, True, True)
    assert dict(files_of(app, draft)) == before


def test_a_template_is_changed_and_removed(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/2025_mau_02"))
    saved = secretary.post(address(draft, "/2025_mau_02"), {"source": GOOD.replace("\n", "\r\n"), "version": "1", "act": "save"})
    assert (saved.status_code, files_of(app, draft)["slips/2025_mau_02.typ"]) == (303, GOOD.encode())
    assert secretary.post(address(draft, "/2025_mau_02/remove"), {"version": "2"}).status_code == 303
    files = files_of(app, draft)
    assert "slips/2025_mau_02.typ" not in files
    assert slip_templates.kinds(Folder(files, ""))["supplement"] == ["slips/2018_mau_02.typ"]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('#import "/house.typ": *\n\n#khong_co()', "Dòng 3 của mẫu:"),
        ("abc\n#let x = (", "Dòng 2 của mẫu:"),
        ('#import "/house.typ": *\n#show: slip(title: ("A",))\n#need("khong_co")', "còn thiếu dữ liệu “khong_co”"),
        ('#set text(font: "Arial")\nx', "phông chữ “arial”"),
    ],
    ids=["unknown", "syntax", "data", "font"],
)
def test_a_fault_is_told_with_its_line(app: Flask, draft: uuid.UUID, browse: Browse, source: str, words: str) -> None:
    before = dict(files_of(app, draft))
    secretary = browse("secretary")
    secretary.get(address(draft, "/2025_mau_02"))
    answer = secretary.post(address(draft, "/2025_mau_02"), {"source": source, "version": "1", "act": "redraw"})
    assert (answer.status_code, words in answer.text, "data:image/png" in answer.text) == (200, True, False)
    assert dict(files_of(app, draft)) == before


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ('#read("/etc/passwd")', "file not found"),
        ('#read("../../../../etc/passwd")', "would escape"),
        ('#image("/../press.py")', "would escape"),
        ('#image("https://example.org/a.png")', "file not found"),
        ('#import "@preview/cetz:0.3.0": *', "failed to download package"),
        ('#plugin("/x.wasm")', "file not found"),
        ('#include "/slip.typ"', "cyclic import"),
        ("#let f(n) = f(n + 1)\n#f(0)", "maximum function call depth"),
        ("#while true {}", "condition is always true"),
        ("#let x = 0\n#while x >= 0 { x += 1 }", "infinite"),
        ("#set page(width: 100000cm, height: 100000cm)\nx", "compositor ended"),
        ('#let s = "a" * 4000000000\n#s', ""),
    ],
    ids=["root", "escape", "image", "net", "package", "plugin", "cycle", "depth", "loop", "long-loop", "huge-page", "memory"],
)
def test_a_hostile_template_is_refused_and_the_next_one_prints(draft: uuid.UUID, browse: Browse, source: str, words: str) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/2025_mau_02"))
    answer = secretary.post(address(draft, "/2025_mau_02"), {"source": source, "version": "1", "act": "redraw"})
    assert (answer.status_code, words in answer.text, "data:image/png" in answer.text) == (200, True, False)
    after = secretary.post(address(draft, "/2025_mau_02"), {"source": GOOD, "version": "1", "act": "redraw"})
    assert "data:image/png" in after.text


def test_only_the_first_pages_of_many_are_drawn(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/2025_mau_02"))
    many = "#for n in range(40) [#pagebreak()x]"
    answer = secretary.post(address(draft, "/2025_mau_02"), {"source": many, "version": "1", "act": "redraw"})
    assert answer.text.count("data:image/png") == 4


def test_markup_in_a_template_is_shown_as_text(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/2025_mau_02"))
    source = "</textarea><script>alert(1)</script>"
    answer = secretary.post(address(draft, "/2025_mau_02"), {"source": source, "version": "1", "act": "redraw"})
    assert ("<script>alert" in answer.text, "&lt;script&gt;alert" in answer.text) == (False, True)


def test_readers_look_and_others_do_not(draft: uuid.UUID, browse: Browse) -> None:
    leader, clerk = browse("leader"), browse("clerk")
    assert leader.get(address(draft, "/2025_mau_02")).status_code == 200
    assert leader.post(address(draft, "/2025_mau_02"), {"source": GOOD, "version": "1"}).status_code == 403
    assert [clerk.get(address(draft, rest)).status_code for rest in ("", "/2025_mau_02", "/2025_mau_02/paper")] == [403] * 3
