"""The Word copy of a slip: the same number, names and date as the PDF, nothing issued by it, marked where the paper is void."""

import io

import pytest
from docx import Document

from engine.cases import capabilities
from engine.dossiers import slips, word_slips
from engine.errors import NotFound
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.transaction import session, transaction
from tests.decisions import DECISION
from tests.dossiers.conftest import Counter
from tests.printing.reading import text
from tests.printing.word import cells, lines, template
from tests.procedures.conftest import DOSSIER

RECEIPT = template(
    "Số: {{ number }}", "Tiếp nhận hồ sơ của: {{ owner.full_name }}", "Trả kết quả: {{ due_at_text }}",
    "{% if void %}Đã huỷ, thay bằng {{ void.by }}{% endif %}",
    rows=[("{%tr for giay in components %}", ""), ("{{ giay.name }}", "{{ giay.originals }}"), ("{%tr endfor %}", "")],
)  # fmt: skip


@pytest.fixture
def word_counter(counter: Counter) -> Counter:
    """The counter of an office whose receipt has a Word template."""
    carried = folder.read(DOSSIER).files
    sheet = carried["procedure.yaml"].replace(b"slips/2025_mau_01.typ]", b"slips/2025_mau_01.typ, slips/2025_mau_01.docx]")
    assert sheet != carried["procedure.yaml"]
    files = {**carried, "procedure.yaml": sheet, "slips/2025_mau_01.docx": RECEIPT}
    top = agencies.root()
    assert top is not None
    with transaction():
        publishing.publish(top.id, folder.of(files.items()), capabilities=capabilities.facts(), basis=DECISION, by=None)
    return counter


def test_the_copy_says_what_the_paper_says(word_counter: Counter) -> None:
    dossier = word_counter.open(components=[{"name": "Tờ khai", "originals": 1, "copies": 0}])
    slip = slips.latest(dossier.case_id, "receipt")
    assert slip is not None
    copy, paper = word_slips.docx(slip), text(slips.pdf(slip))
    number = slips.number_of(slip)
    assert lines(copy) == [f"Số: {number}", "Tiếp nhận hồ sơ của: Nguyễn Thị Ánh", f"Trả kết quả: {slip.data['due_at_text']}"]
    assert cells(copy) == [["Tờ khai", "1"]]
    assert [words in paper for words in (number, "Nguyễn Thị Ánh", slip.data["due_at_text"])] == [True] * 3


def test_the_copy_is_the_same_each_time_and_leaves_nothing(word_counter: Counter) -> None:
    dossier = word_counter.open()
    slip = slips.latest(dossier.case_id, "receipt")
    assert slip is not None
    before = word_counter.numbers(dossier)
    first = word_slips.docx(slip)
    word_counter.clock.advance(hours=30)
    assert (word_slips.docx(slip), word_counter.numbers(dossier), slip.pdf_sha256) == (first, before, None)
    assert not session().dirty


def test_the_copy_of_a_void_paper_is_marked(word_counter: Counter) -> None:
    dossier = word_counter.open()
    slip = slips.latest(dossier.case_id, "receipt")
    assert slip is not None
    with transaction():
        fresh = slips.reissue(slip, "In sai", by=word_counter.actor("clerk"))
        number = slips.number_of(fresh)
    copy = word_slips.docx(slip)
    header = Document(io.BytesIO(copy)).sections[0].header
    assert header.paragraphs[-1].text == f"ĐÃ HUỶ – thay bằng số {number}"
    assert lines(copy)[-1] == f"Đã huỷ, thay bằng {number}"
    assert word_slips.docx(slip) == copy


def test_a_form_without_a_word_template_has_no_copy(word_counter: Counter) -> None:
    dossier = word_counter.open()
    sheet = slips.latest(dossier.case_id, "control_sheet")
    assert sheet is not None
    assert [word_slips.is_offered(slip) for slip in slips.of_case(dossier.case_id)] == [True, False]
    with pytest.raises(NotFound, match="chưa có mẫu Word"):
        word_slips.docx(sheet)
