"""A procedure that is suspended or withdrawn takes no new cases by any door; those that run go on."""

import pytest
import sqlalchemy as sa

from engine.cases import receivers, starting
from engine.cases.models import Case
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.journal import queries as journal
from engine.journal.models import JournalEntry
from engine.procedures import states
from engine.procedures.models import Procedure
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.bench.model import Process
from tests.cases.conftest import Office
from tests.cases.drawn import publish


def change(office: Office, act: str, reason: str = "Chờ luật mới", code: str = "letter", login: str = "admin") -> str:
    """Change the state of a procedure; the state it has then."""
    with transaction():
        procedure = session().scalars(sa.select(Procedure).where(Procedure.code == code)).one()
        return states.change(procedure, act, reason, by=office.actor(login)).state


def count() -> int:
    session().rollback()
    return session().scalars(sa.select(sa.func.count()).select_from(Case)).one()


@pytest.mark.parametrize(("act", "word"), [("suspend", "tạm ngừng"), ("withdraw", "bãi bỏ")], ids=["suspended", "withdrawn"])
def test_no_case_is_opened_and_running_ones_go_on(office: Office, act: str, word: str) -> None:
    case = office.to_draft("officer")
    change(office, act)
    with pytest.raises(Conflict, match=word):
        office.open_letter()
    with pytest.raises(Conflict, match=word), transaction():
        starting.open_case("letter", "Công văn", {}, by=office.actor("registrar"))
    assert count() == 1
    assert office.complete(case, "draft", "officer", decision="submit") == ["sign"]
    assert change(office, "reopen") == "open"
    office.open_letter()
    assert count() == 2


def test_it_is_journalled_with_the_reason(office: Office) -> None:
    change(office, "suspend")
    change(office, "withdraw", "Thay bằng quy trình khác")
    session().rollback()
    query = sa.select(JournalEntry).where(JournalEntry.kind.in_(("procedure.suspended", "procedure.withdrawn")))
    entries = [journal.recorded(entry) for entry in session().scalars(query.order_by(JournalEntry.number))]
    assert [(e.kind, e.facts["reason"], e.facts["before"], e.facts["after"]) for e in entries] == [
        ("procedure.suspended", "Chờ luật mới", "open", "suspended"),
        ("procedure.withdrawn", "Thay bằng quy trình khác", "suspended", "withdrawn"),
    ]


@pytest.mark.parametrize(
    ("act", "reason", "login", "refusal"),
    [
        ("suspend", " ", "admin", AnswersRejected),
        ("reopen", "Mở", "admin", Conflict),
        ("suspend", "Chờ", "officer", NotFound),
    ],
    ids=["no reason", "open already", "of an agency above"],
)
def test_a_change_is_refused(office: Office, act: str, reason: str, login: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        change(office, act, reason, login=login)
    assert session().scalars(sa.select(Procedure.state).where(Procedure.code == "letter")).one() == "open"


def test_a_message_and_the_clock_open_nothing_meanwhile(office: Office) -> None:
    told = (
        Process("told")
        .element("startEvent", "s", '<bpmn:messageEventDefinition messageRef="m"/>')
        .element("userTask", "a")
        .element("endEvent", "e")
    )
    publish(office.agency_id, told.chain("s", "a", "e"), extra='<bpmn:message id="m" name="m"/>')
    cycle = (
        "<bpmn:timerEventDefinition><bpmn:timeCycle>R/2026-11-18T09:00:00+07:00/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition>"
    )
    timed = Process("timed").element("startEvent", "t", cycle).element("userTask", "b").element("endEvent", "f")
    publish(office.agency_id, timed.chain("t", "b", "f"))
    assert [start.element for start in receivers.starts(office.agency_id, "message", "m")] == ["s"]
    change(office, "suspend", code="told")
    change(office, "suspend", code="timed")
    assert receivers.starts(office.agency_id, "message", "m") == []
    office.clock.freeze("2026-11-18T09:30")
    assert (sweeps.open_due_cases(), count()) == (0, 0)
    change(office, "reopen", code="timed")
    office.clock.freeze("2026-11-18T10:00")
    assert (sweeps.open_due_cases(), count()) == (1, 1)


def test_only_who_may_publish_changes_it(office: Office) -> None:
    plain = Process("plain").element("startEvent", "s").element("userTask", "a").element("endEvent", "e").chain("s", "a", "e")
    publish(office.agency_id, plain)
    with pytest.raises(NotAllowed):
        change(office, "suspend", code="plain", login="officer")
    assert change(office, "suspend", code="plain", login="leader") == "suspended"
