"""Incidents: one for one trouble, with what was being done; tried again by itself; settled by a person with a reason."""

import threading
import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases import capabilities, firing, incidents, settling, steps, troubles
from engine.cases.incidents import Wanted
from engine.cases.models import Case, Incident, Timer
from engine.cases.troubles import ActFailed, Trouble
from engine.errors import AnswersRejected, Conflict, EngineError, NotAllowed, NotFound
from engine.flow.errors import FlowFailed, Runaway
from engine.journal import queries as journal
from engine.language.errors import ExpressionError
from engine.outbox import notices
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def break_it(office: Office, case: Case, text: str = "hỏng") -> ActFailed:
    """The officer asks for something and the capability breaks."""
    with pytest.raises(ActFailed) as refused, transaction():
        draft = office.step_now(case, "draft")
        steps.complete(draft, {"decision": "ask", "text": text}, version=draft.version, by=office.actor("officer"))
    session().rollback()
    return refused.value


def the_incident() -> Incident:
    session().rollback()
    return session().scalars(sa.select(Incident)).one()


def poison(case: Case) -> None:
    """Make the case's flow timer impossible to fire."""
    with transaction():
        session().execute(sa.update(Timer).where(Timer.case_id == case.id, Timer.kind == "flow").values(token=None))


def mend(case: Case, token: int) -> None:
    with transaction():
        session().execute(sa.update(Timer).where(Timer.case_id == case.id, Timer.kind == "flow").values(token=token))


def flow_timer(case: Case) -> Timer:
    session().rollback()
    return session().scalars(sa.select(Timer).where(Timer.case_id == case.id, Timer.kind == "flow")).one()


def a_failed_timer(office: Office) -> Case:
    case = office.to_draft("officer")
    poison(case)
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    return case


def settle_as(office: Office, login: str, act: Any, *given: Any) -> Any:
    """Do ``act`` as this person."""
    with transaction():
        return act(*given, by=office.actor(login))


def test_a_broken_capability_leaves_one_incident_that_says_everything(office: Office) -> None:
    case = office.to_draft("officer")
    told = break_it(office, case)
    incident = the_incident()
    assert (incident.cause, incident.element, incident.case_id, incident.procedure_code) == (
        "capability",
        "note",
        case.id,
        "letter",
    )
    assert incident.message == "Khả năng “Ghi chú thử” bị lỗi (RuntimeError)."
    assert incident.input == {"act": "step.complete", "answers": {"decision": "ask", "text": "hỏng"}}
    assert (incident.person_id, incident.attempts) == (office.actor("officer").person_id, 1)
    assert (incident.state, incident.next_retry_at) == ("open", None)
    assert incident.trace.rstrip().endswith("Khả năng “Ghi chú thử” bị lỗi (RuntimeError).")
    assert "RuntimeError: broken on purpose" in incident.trace
    assert (told.reference, told.element) == (incident.reference, "note")
    assert str(told).endswith(f"Hãy báo quản trị viên mã sự cố {incident.reference}.")


def test_the_same_trouble_again_is_the_same_incident(office: Office) -> None:
    case = office.to_draft("officer")
    first = break_it(office, case)
    later = office.clock.advance(minutes=5)
    assert break_it(office, case).reference == first.reference
    incident = the_incident()
    assert (incident.attempts, incident.last_at) == (2, later)
    assert office.kinds(case, "incident.") == ["incident.opened"]


def test_another_case_has_an_incident_of_its_own(office: Office) -> None:
    references = {break_it(office, office.to_draft("officer")).reference for _ in range(2)}
    session().rollback()
    assert {incident.reference for incident in session().scalars(sa.select(Incident))} == references
    assert len(references) == 2


def test_a_refusal_a_person_can_heed_is_no_incident(office: Office) -> None:
    case = office.to_draft("officer")
    with pytest.raises(AnswersRejected), transaction():
        steps.complete(office.step_now(case, "draft"), {"decision": "perhaps"}, version=1, by=office.actor("officer"))
    session().rollback()
    assert session().scalars(sa.select(Incident)).all() == []


def test_a_trouble_of_two_at_once_is_one_incident(db: Engine, office: Office) -> None:
    case = office.to_draft("officer")
    trouble = Trouble(case.agency_id, "Hỏng.", "", case.id, "draft")
    start = threading.Barrier(4)
    session().close()

    def record() -> None:
        start.wait()
        with transaction():
            incidents.record(trouble)
        session().close()

    threads = [threading.Thread(target=record) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert the_incident().attempts == 4


@pytest.mark.parametrize(
    ("error", "is_trouble", "cause"),
    [
        (FlowFailed("x"), True, "model"),
        (Runaway("x"), True, "runaway"),
        (ExpressionError("x"), True, "model"),
        (EngineError("x"), True, "model"),
        (capabilities.CapabilityFailed("x"), True, "capability"),
        (ValueError("x"), True, "program"),
        (AnswersRejected({}), False, "model"),
        (Conflict("x"), False, "model"),
        (sa.exc.OperationalError("x", None, Exception()), False, "program"),
        (sa.exc.IntegrityError("x", None, Exception()), True, "program"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else None,
)
def test_trouble_is_told_from_a_refusal(error: Exception, is_trouble: bool, cause: str) -> None:
    assert (troubles.is_trouble(error), troubles.cause_of(error)) == (is_trouble, cause)


def test_what_was_typed_is_kept_without_secrets_and_cut() -> None:
    typed = {"password": "quytrinh", "items": [{"token": "t", "name": "a"}], "text": "x" * 600, "at": clock.now()}
    kept = troubles.input_of("step.complete", typed)
    assert kept["act"] == "step.complete"
    assert {**kept["answers"], "at": None} == {
        "password": "•••",
        "items": [{"token": "•••", "name": "a"}],
        "text": "x" * 500 + "…",
        "at": None,
    }
    assert troubles.input_of("a", {f"n{i}": "y" * 400 for i in range(100)})["answers"]["n7"] == "…"


def test_a_failing_timer_is_tried_again_by_itself_and_heals(office: Office) -> None:
    case = office.to_draft("officer")
    token = flow_timer(case).token
    assert token is not None
    poison(case)
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    incident = the_incident()
    assert (incident.element, incident.timer_id, incident.attempts) == ("late", flow_timer(case).id, 1)
    assert incident.next_retry_at == clock.now() + timedelta(seconds=10)
    mend(case, token)
    office.clock.advance(seconds=9)
    assert sweeps.fire_due_timers() == 0
    healed_at = office.clock.advance(seconds=1)
    assert sweeps.fire_due_timers() == 1
    incident = the_incident()
    assert (incident.state, incident.resolution, incident.resolved_at) == ("resolved", "healed", healed_at)
    assert (incident.resolved_by_id, incident.next_retry_at) == (None, None)
    assert office.open_elements(case) == ["draft", "urge"]
    assert office.kinds(case, "incident.") == ["incident.opened", "incident.healed"]


def test_inside_a_sweep_the_sweep_alone_takes_note(office: Office) -> None:
    case = office.to_draft("officer")
    with pytest.raises(capabilities.CapabilityFailed), transaction():
        incidents.leave_to_caller()
        break_inside(case)
    session().rollback()
    assert session().scalars(sa.select(Incident)).all() == []


def break_inside(case: Case) -> None:
    with incidents.watching(case, "inner"):
        capability = capabilities.get("test_note")
        capabilities.perform(capability, capabilities.CapabilityCall(case, {"text": "hỏng"}, None, "note"))


def test_an_exhausted_timer_waits_for_the_operator_and_is_retried_at_once(office: Office) -> None:
    case = office.to_draft("officer")
    token = flow_timer(case).token
    assert token is not None
    poison(case)
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    for pause in firing.DELAYS:
        office.clock.advance(seconds=pause.total_seconds())
        sweeps.fire_due_timers()
    assert (flow_timer(case).state, flow_timer(case).attempts) == ("paused", 6)
    mend(case, token)
    assert sweeps.fire_due_timers() == 0
    settle_as(office, "admin", settling.retry, the_incident(), "Đã sửa")
    assert sweeps.fire_due_timers() == 1
    incident = the_incident()
    assert (incident.state, incident.resolution, incident.reason) == ("resolved", "retried", "Đã sửa")
    assert incident.resolved_by_id == office.actor("admin").person_id


def test_whose_act_failed_is_told_to_do_it_again(office: Office) -> None:
    break_it(office, office.to_draft("officer"))
    before = notices.unread_count(office.actor("officer").person_id)
    settle_as(office, "admin", settling.retry, the_incident(), "Đã sửa")
    newest = notices.unread(office.actor("officer").person_id)[0]
    assert notices.unread_count(office.actor("officer").person_id) == before + 1
    reference = the_incident().reference
    assert newest.text == (
        f"Sự cố {reference} ở “Công văn số 12 về việc báo cáo” đã được xử lý. Anh/chị hãy thực hiện lại thao tác trước đó."
    )


def test_a_second_settlement_hears_who_and_when(office: Office) -> None:
    a_failed_timer(office)
    settle_as(office, "admin", settling.dismiss, the_incident(), "Không cần")
    with pytest.raises(Conflict) as refused:
        settle_as(office, "admin", settling.retry, the_incident(), "Lần nữa")
    assert (refused.value.who, refused.value.at) == (office.actor("admin").full_name, clock.now().isoformat())
    assert flow_timer_states() == ["dismissed"]


def flow_timer_states() -> list[str]:
    session().rollback()
    return list(session().scalars(sa.select(Timer.state).where(Timer.kind == "flow")))


def test_many_are_settled_at_once_and_one_refused_keeps_nobody(office: Office) -> None:
    for _ in range(3):
        break_it(office, office.to_draft("officer"))
    session().rollback()
    first, second, third = session().scalars(sa.select(Incident).order_by(Incident.at, Incident.id)).all()
    settle_as(office, "admin", settling.dismiss, second, "Trùng")
    unknown = uuid.UUID(int=7)
    outcome = settle_as(office, "admin", settling.retry_many, [third.id, unknown, second.id, first.id], "Đã sửa")
    assert set(outcome.done) == {first.id, third.id}
    assert set(outcome.refused) == {second.id, unknown}
    assert outcome.refused[unknown] == "Không tìm thấy sự cố này."
    session().rollback()
    assert [incident.resolution for incident in (first, second, third)] == ["retried", "dismissed", "retried"]


@pytest.mark.parametrize(
    ("login", "reason", "refused"),
    [("leader", "Thử", NotAllowed), ("admin", " ", AnswersRejected)],
    ids=["not admin", "no reason"],
)
def test_settling_refuses(office: Office, login: str, reason: str, refused: type[Exception]) -> None:
    a_failed_timer(office)
    with pytest.raises(refused):
        settle_as(office, login, settling.dismiss, the_incident(), reason)
    assert the_incident().state == "open"


def test_an_incident_of_a_foreign_agency_is_not_found(office: Office) -> None:
    a_failed_timer(office)
    with pytest.raises(NotFound):
        incidents.get(the_incident().id, for_=office.actor("leader2"))


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(), ["note", "late"]),
        (Wanted(state="resolved"), []),
        (Wanted(state=""), ["note", "late"]),
        (Wanted(element="late"), ["late"]),
        (Wanted(cause="capability"), ["note"]),
        (Wanted(procedure="letter"), ["note", "late"]),
        (Wanted(procedure="dossier"), []),
        (Wanted(text="ghi chú"), ["note"]),
        (Wanted(text="100%"), []),
    ],
    ids=["open", "resolved", "all", "element", "cause", "procedure", "other procedure", "text", "no pattern"],
)
def test_incidents_are_filtered(office: Office, wanted: Wanted, found: list[str]) -> None:
    case = office.to_draft("officer")
    break_it(office, case)
    poison(case)
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    session().rollback()
    assert [incident.element for incident in incidents.listing(office.actor("admin"), wanted).items] == found
    assert list(incidents.listing(office.actor("leader2"), wanted).items) == []


def test_incidents_are_found_by_reference_and_case_and_paged(office: Office) -> None:
    told = [break_it(office, office.to_draft("officer")) for _ in range(3)]
    admin = office.actor("admin")
    [second] = incidents.listing(admin, Wanted(text=told[1].reference.lower())).items
    assert list(incidents.listing(admin, Wanted(case_id=second.case_id)).items) == [second]
    first_page = incidents.listing(admin, limit=2)
    last_page = incidents.listing(admin, limit=2, cursor=first_page.next_cursor)
    assert [incident.reference for incident in [*first_page.items, *last_page.items]] == [error.reference for error in told]
    assert last_page.next_cursor is None


def test_the_journal_says_what_the_incident_is(office: Office) -> None:
    case = office.to_draft("officer")
    told = break_it(office, case)
    [entry] = journal.of_case(case.id, kinds=("incident.opened",))
    assert (entry.actor, entry.facts) == (
        None,
        {
            "incident_id": str(the_incident().id),
            "reference": told.reference,
            "cause": "capability",
            "element": "note",
            "message": "Khả năng “Ghi chú thử” bị lỗi (RuntimeError).",
        },
    )
