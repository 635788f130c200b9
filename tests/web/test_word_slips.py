"""Word templates through the pages: uploaded into a draft, shown approximately, taken away filled; hostile ones refused."""

import io
import re
import uuid
from collections.abc import Callable

import pytest
from flask import Flask

from engine.cases import capabilities
from engine.people import agencies
from engine.procedures import folder, publishing, slip_templates
from engine.procedures.folder import Folder
from engine.transaction import transaction
from tests.decisions import DECISION
from tests.printing.word import changed, lines, template
from tests.web.conftest import ON_BOTH, Browser
from tests.web.drafted import FOLDER, files_of, make_draft
from tests.web.office import Office

Browse = Callable[..., Browser]
GOOD = template("Số: {{ number }}", "Chủ hồ sơ: {{ owner.full_name }}")
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture
def draft(app: Flask) -> uuid.UUID:
    return make_draft(app, {"slips/2025_mau_02.docx": GOOD})


def address(draft: uuid.UUID, rest: str) -> str:
    return f"/admin/procedures/drafts/{draft}{rest}"


def upload(browser: Browser, draft: uuid.UUID, name: str, content: bytes) -> tuple[int, str, str]:
    browser.get(address(draft, "/slips"))
    sent = {"file": (io.BytesIO(content), name), "kind": "receipt", "version": "1"}
    answer = browser.post(address(draft, "/slips"), sent, content_type="multipart/form-data")
    return answer.status_code, answer.headers.get("Location", ""), answer.text


@ON_BOTH
def test_an_uploaded_word_template_is_kept_listed_and_shown(app: Flask, browse: Browse) -> None:
    draft, secretary = make_draft(app), browse("secretary")
    status, shown, _page = upload(secretary, draft, "2025_Mau_01.docx", GOOD)
    assert (status, shown) == (303, address(draft, "/word-slips/2025_mau_01"))
    files = files_of(app, draft)
    assert files["slips/2025_mau_01.docx"] == GOOD
    assert slip_templates.kinds(Folder(files, ""))["receipt"][-1] == "slips/2025_mau_01.docx"
    page = secretary.get(shown).text
    assert ("data:image/png;base64,iVBOR" in page, "xem gần đúng" in page, 'role="alert"' in page) == (True, True, False)
    assert "slips/2025_mau_01.docx" in secretary.get(address(draft, "/slips")).text


def test_the_template_and_its_filled_sample_are_taken_away(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    mine = secretary.get(address(draft, "/word-slips/2025_mau_02/template.docx"))
    made = secretary.get(address(draft, "/word-slips/2025_mau_02/filled.docx"))
    assert (mine.mimetype, mine.data, made.mimetype) == (WORD, GOOD, WORD)
    assert lines(made.data) == ["Số: 05/TNHS", "Chủ hồ sơ: Nguyễn Thị Ánh Tuyết"]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (template("{{ ''.__class__ }}"), "chỉ ghi tên trường"),
        (template("{{ ten_chu_ho }}"), "Không có trường “ten_chu_ho”"),
        (changed(GOOD, {"word/vbaProject.bin": b"x"}), "Tệp có macro"),
        (changed(GOOD, {"word/embeddings/a.bin": b"x"}), "tệp nhúng bên trong"),
        (b"PK", "bị hỏng"),
        (b"x" * 1_000_001, "tối đa 1000 kB"),
    ],
    ids=["code", "unknown field", "macro", "embedded", "broken", "large"],
)
def test_what_is_no_word_template_is_refused(app: Flask, browse: Browse, content: bytes, words: str) -> None:
    draft = make_draft(app)
    before = dict(files_of(app, draft))
    status, _shown, page = upload(browse("secretary"), draft, "mau.docx", content)
    assert (status, words in page) == (422, True)
    assert dict(files_of(app, draft)) == before


def test_a_hostile_template_of_an_imported_folder_is_shown_with_the_reason(app: Flask, browse: Browse) -> None:
    draft, secretary = make_draft(app, {"slips/xau.docx": template("{{ lipsum() }}")}), browse("secretary")
    page = secretary.get(address(draft, "/word-slips/xau")).text
    assert ('role="alert"' in page, "chỉ ghi tên trường" in page, "data:image/png" in page) == (True, True, False)
    assert secretary.get(address(draft, "/word-slips/xau/filled.docx")).status_code == 303


def test_a_word_template_is_removed_and_its_typst_one_stays(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft, "/slips"))
    sent = {"version": "1", "format": "docx"}
    assert secretary.post(address(draft, "/slips/2025_mau_02/remove"), sent).status_code == 303
    assert [path for path in files_of(app, draft) if "2025_mau_02" in path] == ["slips/2025_mau_02.typ"]


def test_readers_look_and_others_do_not(draft: uuid.UUID, browse: Browse) -> None:
    pages = [address(draft, f"/word-slips/2025_mau_02{rest}") for rest in ("", "/template.docx", "/filled.docx")]
    assert [browse("leader").get(page).status_code for page in pages] == [200] * 3
    assert [browse("clerk").get(page).status_code for page in pages] == [403] * 3


def test_a_slip_of_a_case_offers_its_word_copy(app: Flask, office: Office, browse: Browse) -> None:
    carried = dict(folder.read(FOLDER).files)
    sheet = carried["procedure.yaml"].replace(b"slips/2025_mau_01.typ]", b"slips/2025_mau_01.typ, slips/2025_mau_01.docx]")
    with app.app_context():
        top = agencies.root()
        assert top is not None
        files = {**carried, "procedure.yaml": sheet, "slips/2025_mau_01.docx": GOOD}
        with transaction():
            publishing.publish(top.id, folder.of(files.items()), capabilities=capabilities.facts(), basis=DECISION, by=None)
    clerk, code = browse("clerk"), office.open()
    links = re.findall(r'href="(/phieu/[^"]+\.docx)"', clerk.get(f"/ho-so/{code}/phieu").text)
    copy = clerk.get(links[0])
    number = copy.headers["Content-Disposition"].rpartition("''")[2]
    assert (len(links), copy.mimetype, number) == (1, WORD, "01-TNHS.docx")
    assert lines(copy.data) == ["Số: 01/TNHS", "Chủ hồ sơ: Nguyễn Thị Ánh"]
