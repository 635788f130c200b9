"""Drafts, comments, attachments, history, listing."""

import io
from pathlib import Path

import pytest

from engine.cases import attachments, comments, drafts, history, queries
from engine.cases.queries import Filter
from engine.errors import AnswersRejected, NotFound
from engine.transaction import session, transaction
from tests.cases.conftest import Office

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c636460f8cf0000000401012700e5360000000049454e44ae426082"
)


def test_a_draft_is_kept_for_its_author_alone(office: Office) -> None:
    clerk, leader = office.actor("clerk"), office.actor("leader")
    for text in ("một", "hai"):
        with transaction():
            drafts.save("new-dossier", {"note": text}, by=clerk)
    assert (drafts.get("new-dossier", by=clerk), drafts.get("new-dossier", by=leader)) == ({"note": "hai"}, {})
    with transaction():
        drafts.drop("new-dossier", by=clerk)
    assert drafts.get("new-dossier", by=clerk) == {}


def test_a_draft_has_a_limit(office: Office) -> None:
    with pytest.raises(AnswersRejected), transaction():
        drafts.save("new-dossier", {"note": "x" * 200_000}, by=office.actor("clerk"))


def test_a_comment_is_written_and_journalled(office: Office) -> None:
    case = office.open_letter()
    with transaction():
        comments.add(case, " Cần gấp ", by=office.actor("leader"))
    assert [comment.text for comment in comments.of(case)] == ["Cần gấp"]
    last = history.of(case)[-1]
    assert (last.kind, last.title, last.person, last.facts["text"]) == (
        "comment.added",
        "Ý kiến",
        office.actor("leader").full_name,
        "Cần gấp",
    )


@pytest.mark.parametrize(
    ("text", "login", "refused"),
    [(" ", "leader", AnswersRejected), ("x" * 4001, "leader", AnswersRejected), ("Có", "leader2", NotFound)],
    ids=["empty", "long", "foreign"],
)
def test_a_comment_is_refused(office: Office, text: str, login: str, refused: type[Exception]) -> None:
    case = office.open_letter()
    with pytest.raises(refused), transaction():
        comments.add(case, text, by=office.actor(login))
    session().rollback()
    assert comments.of(case) == []


def test_a_file_is_attached_and_removed_with_a_reason(office: Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path))
    case, clerk = office.open_letter(), office.actor("clerk")
    with transaction():
        added = attachments.add(case, io.BytesIO(PNG), "C:\\scan\\tờ khai.png", by=clerk, component=0)
    assert (added.file_name, added.media_type, added.component) == ("tờ khai.png", "image/png", 0)
    assert attachments.of(case) == [added]
    with pytest.raises(NotFound):
        attachments.get(added.id, for_=office.actor("clerk2"))
    with pytest.raises(AnswersRejected), transaction():
        attachments.remove(attachments.get(added.id, for_=clerk), " ", by=clerk)
    with transaction():
        attachments.remove(attachments.get(added.id, for_=clerk), "Nhầm hồ sơ", by=clerk)
    assert attachments.of(case) == []
    assert office.kinds(case, "attachment.") == ["attachment.added", "attachment.removed"]


def test_cases_are_listed_newest_first_and_found_without_diacritics(office: Office) -> None:
    for minute, words in ((0, "Phạm Văn Đồng"), (1, "Lê Thị Hồng"), (2, "Đinh Bộ Lĩnh")):
        office.clock.freeze(f"2026-11-18T08:0{minute}")
        office.open_letter(code=f"CV-{minute}", search_text=words)
    leader = office.actor("leader")
    session().rollback()
    first = queries.listing(leader, Filter(), limit=2)
    rest = queries.listing(leader, Filter(), limit=2, cursor=first.next_cursor)
    assert [case.code for case in [*first.items, *rest.items]] == ["CV-2", "CV-1", "CV-0"]
    assert rest.next_cursor is None
    assert [case.code for case in queries.listing(leader, Filter(query="đồng")).items] == ["CV-0"]
    assert list(queries.listing(leader, Filter(state="completed")).items) == []
    assert list(queries.listing(office.actor("leader2"), Filter()).items) == []


def test_a_case_of_a_foreign_agency_is_not_found(office: Office) -> None:
    case = office.open_letter()
    with pytest.raises(NotFound):
        queries.get_case(case.id, for_=office.actor("leader2"))
