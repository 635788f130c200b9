"""The printed procedure: made from the model, with the hash of the revision on every page, its state across it, its signatures."""

import io
import re
import uuid
from collections.abc import Callable

import pypdf
import pytest
from docx import Document
from sqlalchemy.engine import Engine

from engine.documents import printed_parts, printed_procedure, printed_procedure_docx
from engine.errors import ProcedureRejected
from engine.people import agencies
from engine.procedures import catalogue, definition, drafts, folder, states
from engine.procedures.models import ProcedureRevision
from engine.transaction import transaction
from tests.clocks import StoppedClock
from tests.documents.approving import PROCESSES, Ward, make_ward
from tests.printing.reading import pages, text

DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def database_content() -> str:
    """The demo province."""
    return "province"


@pytest.fixture
def ward(db: Engine, stopped_clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """The demo ward with its procedure in force."""
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    return make_ward(stopped_clock)


def printed(revision: ProcedureRevision) -> bytes:
    return printed_procedure.pdf(printed_procedure.of_revision(revision))


def hashes(paper: bytes) -> list[set[str]]:
    """The digests that stand on each page; the one under signatures is set over two lines."""
    return [set(DIGEST.findall(page)) for page in pages(paper)]


def numbered(ward: Ward, number: int) -> ProcedureRevision:
    return catalogue.get_number("three_steps", number, agencies.chain(ward.agency_id))


def test_every_page_carries_the_hash_of_the_revision_that_runs(ward: Ward) -> None:
    revision = ward.in_force()
    found = hashes(printed(revision))
    assert found == [{revision.sha256}] * len(found)
    assert revision.sha256 == folder.digest(folder.unpacked(revision.files))


def test_a_revision_in_force_has_all_its_parts_and_no_mark(ward: Ward) -> None:
    said = text(printed(ward.in_force()))
    parts = [
        "MỤC ĐÍCH",
        "PHẠM VI ÁP DỤNG",
        "CĂN CỨ PHÁP LÝ",
        "TRÁCH NHIỆM",
        "ĐỊNH NGHĨA",
        "NỘI DUNG QUY TRÌNH",
        "BIỂU MẪU",
        "HỒ SƠ LƯU",
    ]
    places = [said.index(part) for part in ("BẢNG THEO DÕI SỬA ĐỔI", *parts, "PHỤ LỤC")]
    assert places == sorted(places)
    assert [mark in said for mark in ("DỰ THẢO", "CHƯA HIỆU LỰC", "HẾT HIỆU LỰC")] == [False] * 3
    assert "Mã hiệu: three_steps Lần ban hành: 01 Lần sửa đổi: 00 Ngày hiệu lực: 08:00 18/11/2026 Trang: 1/" in said


def test_the_same_revision_prints_the_same_bytes_later_and_again(ward: Ward) -> None:
    first, word = printed(ward.in_force()), printed_procedure_docx.docx(printed_procedure.of_revision(ward.in_force()))
    ward.clock.freeze("2027-03-01T09:00")
    printed_procedure.set_in_type.cache_clear()
    printed_procedure_docx.written.cache_clear()
    assert printed(ward.in_force()) == first
    assert printed_procedure_docx.docx(printed_procedure.of_revision(ward.in_force())) == word


def test_a_draft_is_marked_and_names_its_changes(ward: Ward) -> None:
    draft = ward.look(ward.draft(term="16h"))
    paper = printed_procedure.pdf(printed_procedure.of_draft(draft))
    assert [("DỰ THẢO" in page, draft.sha256 in page) for page in pages(paper)] == [(True, True)] * len(pages(paper))
    changes = printed_procedure.of_draft(draft).data["history"][-1]["changes"]
    assert changes == ["Đổi thời hạn của bước “Soạn nội dung”: từ “8 giờ” thành “16 giờ”."]
    assert changes[0] in text(paper)


def test_an_approved_revision_is_marked_until_its_day_and_shows_who_signed(ward: Ward) -> None:
    draft_id = ward.draft()
    ward.to_wait(ward.submit(draft_id))
    waiting, former = numbered(ward, 2), numbered(ward, 1)
    said = text(printed(waiting))
    assert ("CHƯA HIỆU LỰC" in said, "Có hiệu lực từ 00:00 20/11/2026" in said) == (True, True)
    blocks = printed_procedure.of_revision(waiting).data["signatures"]
    assert [(block["meaning"], len(block["signed"])) for block in blocks] == [("Lập", 1), ("Xem xét", 2), ("Phê duyệt", 1)]
    signed = [one for block in blocks for one in block["signed"]]
    assert all(one["name"] in said and one["title"] in said and one["at"] in said for one in signed)
    assert {one["sha256"] for one in signed} == {waiting.sha256}
    ward.clock.freeze("2026-11-20T00:00:00")
    ward.fire()
    assert "CHƯA HIỆU LỰC" not in text(printed(numbered(ward, 2)))
    obsolete = text(printed(numbered(ward, 1)))
    assert ("HẾT HIỆU LỰC" in obsolete, "Thay bằng lần ban hành 02" in obsolete, former.sha256 in obsolete) == (True, True, True)
    history = [row["number"] for row in printed_procedure.of_revision(numbered(ward, 2)).data["history"]]
    assert history == ["01", "02"]
    assert [row["number"] for row in printed_procedure.of_revision(numbered(ward, 1)).data["history"]] == ["01"]


def test_blocks_nobody_signed_are_blank(ward: Ward) -> None:
    data = printed_procedure.of_revision(ward.in_force()).data
    assert data["signatures"] == [{"meaning": meaning, "signed": []} for meaning in ("Lập", "Xem xét", "Phê duyệt")]
    assert text(printed(ward.in_force())).count("Họ tên:") == 3


@pytest.mark.parametrize(("act", "mark"), [("suspend", "TẠM NGỪNG"), ("withdraw", "HẾT HIỆU LỰC")])
def test_a_procedure_that_is_stopped_says_so(ward: Ward, act: str, mark: str) -> None:
    with transaction():
        states.change(ward.in_force().procedure, act, "Luật đổi", by=ward.actor("leader"))
    assert mark in text(printed(ward.in_force()))


def test_the_word_document_says_the_same(ward: Ward) -> None:
    revision = ward.in_force()
    document = Document(io.BytesIO(printed_procedure_docx.docx(printed_procedure.of_revision(revision))))
    said = [paragraph.text for paragraph in document.paragraphs]
    assert [words for words in said if re.match(r"\d\. ", words) and words == words.upper()] == [
        "1. MỤC ĐÍCH", "2. PHẠM VI ÁP DỤNG", "3. CĂN CỨ PHÁP LÝ, TÀI LIỆU VIỆN DẪN", "4. TRÁCH NHIỆM",
        "5. ĐỊNH NGHĨA, CHỮ VIẾT TẮT", "6. NỘI DUNG QUY TRÌNH", "7. BIỂU MẪU, PHIẾU IN", "8. HỒ SƠ LƯU",
    ]  # fmt: skip
    foot = document.sections[0].footer.paragraphs[0].text
    assert DIGEST.findall(foot) == [revision.sha256]
    assert len(document.inline_shapes) == 1
    steps = next(table for table in document.tables if table.rows[0].cells[0].text == "Bước")
    assert [row.cells[0].text for row in steps.rows[1:]] == ["1", "2", "3"]
    assert [cell.text for cell in steps.rows[1].cells[2:]] == ["Công chức", "8 giờ", "Soạn nội dung"]


def test_a_word_draft_is_marked_in_its_heading(ward: Ward) -> None:
    document = Document(io.BytesIO(printed_procedure_docx.docx(printed_procedure.of_draft(ward.look(ward.draft())))))
    assert "DỰ THẢO" in [paragraph.text for paragraph in document.sections[0].header.paragraphs]


def make_draft(ward: Ward, change: Callable[[dict[str, bytes]], None]) -> uuid.UUID:
    """A draft of the template's files after ``change``."""
    files = dict(folder.read(PROCESSES / "_template").files)
    change(files)
    with transaction():
        return drafts.create(ward.agency_id, folder.of(files.items()), base=None, by=ward.actor("secretary")).id


def test_words_of_people_are_text_and_odd_letters_are_named(ward: Ward) -> None:
    def hostile(files: dict[str, bytes]) -> None:
        files["README.md"] = '## Mục đích\n#panic(1) `#read("/etc/passwd")` $x$ ☐ <b>đậm</b> ﻿'.encode()
        files["three_steps.bpmn"] = files["three_steps.bpmn"].replace("Soạn nội dung".encode(), "#eval &lt;script> ☐".encode())

    draft = ward.look(make_draft(ward, hostile))
    said = text(printed_procedure.pdf(printed_procedure.of_draft(draft)))
    assert '#panic(1) #read("/etc/passwd") $x$ [U+2610] <b>đậm</b>' in said
    assert "#eval <script> [U+2610]" in said
    assert printed_procedure_docx.docx(printed_procedure.of_draft(draft))[:2] == b"PK"


def test_a_draft_with_faults_says_how_many(ward: Ward) -> None:
    def unfinished(files: dict[str, bytes]) -> None:
        files["procedure.yaml"] = files["procedure.yaml"].replace(b"record_class:", b"record_klass:")

    data = printed_procedure.of_draft(ward.look(make_draft(ward, unfinished)))
    assert data.data["findings"] > 0
    assert f"còn {data.data['findings']} điểm phải sửa" in text(printed_procedure.pdf(data))


def test_a_draft_whose_model_cannot_be_read_is_refused(ward: Ward) -> None:
    def broken(files: dict[str, bytes]) -> None:
        files["three_steps.bpmn"] = b"<definitions"

    with pytest.raises(ProcedureRejected):
        printed_procedure.of_draft(ward.look(make_draft(ward, broken)))


def test_the_paper_is_archival_and_its_chart_is_drawn_not_pictured(ward: Ward) -> None:
    reader = pypdf.PdfReader(io.BytesIO(printed(ward.in_force())))
    assert b"<pdfaid:part>2<" in reader.root_object["/Metadata"].get_data()  # type: ignore[attr-defined]
    assert [len(page.images) for page in reader.pages] == [0] * len(reader.pages)
    assert "Lãnh đạo cơ quan" in text(printed(ward.in_force()))


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 phút"), (30, "30 phút"), (90, "1 giờ 30 phút"), (480, "8 giờ"), (960, "2 ngày làm việc"), (2400, "5 ngày làm việc"), (1000, "16 giờ 40 phút")],
)  # fmt: skip
def test_working_time_is_said_as_offices_do(minutes: int, words: str) -> None:
    assert printed_parts.working_time(minutes) == words


def test_abbreviations_that_are_used_are_explained() -> None:
    described = definition.read(folder.read(PROCESSES / "_template"))
    found = printed_parts.terms(described, ["Hồ sơ TTHC của UBND"])
    assert [one["term"] for one in found] == ["TTHC", "UBND", "Trạng thái hồ sơ", "Thời hạn"]
