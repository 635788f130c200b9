"""Drafts are kept file by file, one editor at a time, and put away with a reason."""

import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.errors import AnswersRejected, Conflict, NotFound
from engine.journal.models import JournalEntry
from engine.people import agencies, directory
from engine.people.actors import Actor, actor_of
from engine.people.models import Person
from engine.procedures import drafts, skeleton
from engine.procedures.models import ProcedureDraft
from engine.transaction import session, transaction
from tests.clocks import StoppedClock

README = "README.md"


@pytest.fixture
def people(db: Engine, stopped_clock: StoppedClock) -> tuple[Actor, Actor]:
    """Two officers of one agency."""
    with transaction():
        home = agencies.create("H31", "UBND thành phố Hải Phòng", "province")
        for login in ("kim", "lan"):
            session().add(Person(agency_id=home.id, login=login, full_name=login.capitalize(), password_hash="x"))
        session().flush()
        found = [directory.by_login(login) for login in ("kim", "lan")]
        kim, lan = (actor_of(person) for person in found if person is not None)
    return kim, lan


@pytest.fixture
def draft(people: tuple[Actor, Actor]) -> ProcedureDraft:
    with transaction():
        return drafts.create(people[0].agency_id, skeleton.empty("don_tu", "Đơn từ"), base=None, by=people[0])


def test_a_draft_keeps_its_files_and_is_journalled(draft: ProcedureDraft, people: tuple[Actor, Actor]) -> None:
    assert dict(drafts.folder_of(draft).files) == dict(skeleton.empty("don_tu", "Đơn từ").files)
    assert (draft.code, draft.title, draft.version, draft.state) == ("don_tu", "Đơn từ", 1, "open")
    kinds = session().scalars(sa.select(JournalEntry.kind).where(JournalEntry.kind.like("procedure.%")))
    assert (list(kinds), drafts.listing(draft.agency_id)) == (["procedure.draft_created"], [draft])


def test_write_adds_replaces_and_removes_files(draft: ProcedureDraft, people: tuple[Actor, Actor]) -> None:
    with transaction():
        drafts.write(draft, {README: b"Moi", "forms/first.yaml": None, "slips/README.md": b"x"}, version=1, by=people[0])
    files = drafts.folder_of(draft).files
    assert (files[README], "forms/first.yaml" in files, "slips/README.md" in files, draft.version) == (b"Moi", False, True, 2)


def test_write_of_the_same_files_is_no_new_version(draft: ProcedureDraft, people: tuple[Actor, Actor]) -> None:
    with transaction():
        drafts.write(draft, {README: drafts.folder_of(draft).files[README]}, version=1, by=people[0])
    assert draft.version == 1


Act = Callable[[ProcedureDraft, Actor], object]


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(lambda draft, lan: drafts.take(draft, by=lan), id="another edits it"),
        pytest.param(lambda draft, lan: drafts.write(draft, {README: b"x"}, version=1, by=lan), id="saved since"),
        pytest.param(lambda draft, lan: drafts.discard(draft, "Thôi", by=lan), id="discarded"),
    ],
)
def test_write_is_refused(draft: ProcedureDraft, people: tuple[Actor, Actor], before: Act) -> None:
    with transaction():
        before(draft, people[1])
    with pytest.raises(Conflict):
        drafts.write(draft, {README: b"y"}, version=1, by=people[0])


def test_an_editor_holds_the_draft_until_the_lock_runs_out(
    draft: ProcedureDraft, people: tuple[Actor, Actor], stopped_clock: StoppedClock
) -> None:
    kim, lan = people
    assert drafts.take(draft, by=kim) is None
    held = drafts.take(draft, by=lan)
    assert held is not None
    assert held.full_name == "Kim"
    stopped_clock.advance(seconds=drafts.LOCK.total_seconds() + 1)
    assert (drafts.edited_by(draft), drafts.take(draft, by=lan), drafts.edited_by(draft)) == (None, None, lan.person_id)
    with transaction():
        drafts.take_over(draft, by=kim)
    drafts.release(draft, by=lan)
    assert drafts.edited_by(draft) == kim.person_id


def test_discard_asks_a_reason(draft: ProcedureDraft, people: tuple[Actor, Actor]) -> None:
    with pytest.raises(AnswersRejected):
        drafts.discard(draft, " ", by=people[0])
    with transaction():
        drafts.discard(draft, "Vẽ lại", by=people[0])
    assert (draft.state, drafts.listing(draft.agency_id)) == ("discarded", [])


def test_a_draft_of_another_agency_is_not_found(draft: ProcedureDraft) -> None:
    with pytest.raises(NotFound):
        drafts.get(draft.id, [uuid.uuid4()])


def test_the_open_draft_of_a_code_is_found(draft: ProcedureDraft) -> None:
    assert drafts.open_one(draft.agency_id, "don_tu") is draft
    assert drafts.open_one(draft.agency_id, "khac") is None


def test_a_draft_without_a_model_gives_none_away(draft: ProcedureDraft, people: tuple[Actor, Actor]) -> None:
    assert drafts.model_of(draft) == drafts.folder_of(draft).files["don_tu.bpmn"]
    drafts.write(draft, {"don_tu.bpmn": None}, version=1, by=people[0])
    with pytest.raises(NotFound):
        drafts.model_of(draft)
