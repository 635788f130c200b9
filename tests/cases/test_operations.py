"""What an operator does with a whole case: a reason, both sides in the journal, and a line on the control sheet."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.cases import firing, hand_overs, messages, operations, operator_views, queries, starting, steps, suspensions
from engine.cases.models import Case, Incident, Step, Timer
from engine.errors import AnswersRejected, Conflict, EngineError, NotAllowed, NotFound, PreconditionRequired
from engine.journal import queries as journal
from engine.outbox import notices
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.cases.test_incidents import break_it
from tests.cases.test_races import race

REASON = "Kiểm tra theo đơn"


def operate(office: Office, act: Callable[..., Any], case: Case, *given: Any, login: str = "admin", reason: str = REASON) -> Any:
    """Do ``act`` as this person, who saw the case as it is now."""
    session().rollback()
    with transaction():
        version = session().get_one(Case, case.id).version
        return act(case, *given, reason, version=version, by=office.actor(login))


def fresh(case: Case) -> Case:
    session().rollback()
    return session().get_one(Case, case.id)


def timer_states(case: Case) -> set[str]:
    session().rollback()
    return set(session().scalars(sa.select(Timer.state).where(Timer.case_id == case.id, Timer.state != "cancelled")))


def recorded(case: Case, kind: str) -> dict[str, Any]:
    """The facts of the one entry of this kind."""
    session().rollback()
    [entry] = journal.of_case(case.id, kinds=(kind,))
    return entry.facts


def test_a_suspended_case_refuses_every_act_with_who_when_why(office: Office) -> None:
    case = office.to_draft("officer")
    at = office.clock.advance(minutes=5)
    operate(office, operations.suspend, case)
    office.clock.advance(minutes=5)
    officer, registrar = office.actor("officer"), office.actor("registrar")
    admin = office.actor("admin").full_name
    step_id = office.step(case, "draft").id
    acts: dict[str, Callable[[], object]] = {
        "claim": lambda: steps.claim(steps.get(step_id, for_=officer), by=officer),
        "complete": lambda: steps.complete(steps.get(step_id, for_=officer), {"decision": "submit"}, version=1, by=officer),
        "message": lambda: messages.send(case, "recall", {}, by=registrar),
    }
    refusals = {}
    for name, act in acts.items():
        with pytest.raises(Conflict) as refused, transaction():
            act()
        refusals[name] = (str(refused.value), refused.value.who, refused.value.at)
    text = (
        f"Hồ sơ công việc được {admin} tạm dừng từ 08:05 ngày 18/11/2026, lý do: {REASON}. Hãy chờ mở lại hoặc liên hệ người này."
    )
    assert refusals == dict.fromkeys(acts, (text, admin, at.isoformat()))


def test_suspending_keeps_both_sides_and_tells_the_holder(office: Office) -> None:
    case = office.to_draft("officer")
    before = fresh(case).version
    operate(office, operations.suspend, case)
    facts = recorded(case, "case.suspended")
    tokens = [
        {"token": facts["before"]["tokens"][0]["token"], "element": "work", "name": "Xử lý"},
        {"token": facts["before"]["tokens"][1]["token"], "element": "recalled", "name": "Thu hồi"},
    ]
    assert (facts["reason"], facts["unit"]) == (REASON, office_name(office))
    assert facts["before"]["tokens"][:2] == tokens
    assert {place["element"] for place in facts["before"]["tokens"]} == {"work", "recalled", "draft", "late"}
    assert facts["before"] == {
        "state": "running",
        "tokens": facts["after"]["tokens"],
        "values": fresh(case).values,
        "due_at": None,
    }
    assert (facts["after"]["state"], fresh(case).version) == ("suspended", before + 1)
    assert timer_states(case) <= {"paused", "fired"}
    [notice] = [one for one in notices.unread(office.actor("officer").person_id) if one.kind == "operated"]
    assert notice.text == f"{office.actor('admin').full_name} tạm dừng “{case.title}”. Lý do: {REASON}"
    assert suspensions.of(fresh(case)) == suspensions.Suspension(
        REASON, office.actor("admin").full_name, journal.of_case(case.id, kinds=("case.suspended",))[0].at
    )


def office_name(office: Office) -> str:
    from engine.people import agencies

    return agencies.get(office.actor("admin").agency_id).name


def test_timers_of_a_suspended_case_wait_and_fire_in_order_when_it_goes_on(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.suspend, case)
    office.clock.freeze("2026-11-21T08:00")
    assert sweeps.fire_due_timers() == 0
    operate(office, operations.resume, case)
    assert sweeps.fire_due_timers() == 5
    assert office.kinds(case, "step.reminded", "step.overdue", "step.escalated", "timer.fired") == [
        "step.reminded",
        "step.overdue",
        "step.escalated",
        "step.escalated",
        "timer.fired",
    ]
    assert office.open_elements(case) == ["draft", "urge"]
    assert office.kinds(case, "case.") == ["case.opened", "case.suspended", "case.resumed"]


def test_resuming_leaves_a_timer_that_failed_too_often_to_its_incident(office: Office) -> None:
    case = office.to_draft("officer")
    with transaction():
        exhausted = {"state": "paused", "attempts": len(firing.DELAYS) + 1}
        session().execute(sa.update(Timer).where(Timer.case_id == case.id, Timer.kind == "flow").values(**exhausted))
    operate(office, operations.suspend, case)
    operate(office, operations.resume, case)
    session().rollback()
    query = sa.select(Timer.kind, Timer.state).where(Timer.case_id == case.id, Timer.state.in_(("waiting", "paused")))
    assert {(kind, state) for kind, state in session().execute(query)} == {("flow", "paused"), ("reminder", "waiting")}


def test_a_case_that_is_not_suspended_is_not_resumed_and_no_case_is_suspended_twice(office: Office) -> None:
    case = office.to_draft("officer")
    with pytest.raises(Conflict):
        operate(office, operations.resume, case)
    operate(office, operations.suspend, case)
    with pytest.raises(Conflict) as refused:
        operate(office, operations.suspend, case)
    assert refused.value.who == office.actor("admin").full_name


def test_cancelling_ends_everything(office: Office) -> None:
    case = office.to_draft("officer")
    break_it(office, case)
    at = office.clock.advance(minutes=1)
    operate(office, operations.cancel, case)
    ended = fresh(case)
    assert (ended.state, ended.closed_at, ended.ended_at_element) == ("stopped", at, None)
    assert office.open_elements(case) == []
    assert timer_states(case) <= {"fired"}
    session().rollback()
    assert session().scalars(sa.select(Incident.resolution)).all() == ["dismissed"]
    view = operator_views.of(case.id, for_=office.actor("admin"))
    assert (view.tokens, view.targets, view.skippable) == ((), {}, frozenset())
    facts = recorded(case, "case.cancelled")
    assert (facts["before"]["state"], facts["after"]["state"], facts["after"]["tokens"]) == ("running", "stopped", [])
    office.clock.freeze("2026-11-25T08:00")
    assert sweeps.fire_due_timers() == 0
    with pytest.raises(Conflict):
        operate(office, operations.resume, case)


def test_a_routing_value_is_set_with_both_sides_kept(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.change_values, case, {"decision": "ask", "limit": 3})
    assert {name: fresh(case).values[name] for name in ("decision", "limit")} == {"decision": "ask", "limit": 3}
    facts = recorded(case, "case.values_changed")
    assert facts["names"] == ["decision", "limit"]
    assert facts["before"]["values"] == {**{k: v for k, v in fresh(case).values.items() if k != "limit"}, "decision": None}
    assert facts["after"]["values"] == fresh(case).values


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [({}, ["values"]), ({"tên": 1}, ["tên"]), ({"a": object()}, ["a"]), ({"a": "x" * 1_000_000}, ["a"])],
    ids=["none", "name", "kind", "size"],
)
def test_what_is_no_routing_value_is_refused(office: Office, changes: dict[str, Any], wrong: list[str]) -> None:
    case = office.to_draft("officer")
    with pytest.raises(AnswersRejected) as refused:
        operate(office, operations.change_values, case, changes)
    assert list(refused.value.fields) == wrong


@pytest.mark.parametrize("act", [operations.suspend, operations.cancel], ids=lambda act: act.__name__)
@pytest.mark.parametrize(
    ("login", "reason", "version", "refused"),
    [
        ("leader", REASON, 0, NotAllowed),
        ("admin", " ", 0, AnswersRejected),
        ("admin", REASON, 1, Conflict),
        ("admin", REASON, None, PreconditionRequired),
        ("leader2", REASON, 0, NotFound),
    ],
    ids=["role", "reason", "stale", "no version", "foreign"],
)
def test_operating_refuses(
    office: Office, act: Callable[..., Any], login: str, reason: str, version: int | None, refused: type[EngineError]
) -> None:
    case = office.to_draft("officer")
    seen = None if version is None else fresh(case).version + version
    with pytest.raises(refused), transaction():
        act(case, reason, version=seen, by=office.actor(login))
    assert fresh(case).state == "running"
    assert office.kinds(case, "case.") == ["case.opened"]


def test_nobody_operates_on_a_case_they_took_part_in(office: Office) -> None:
    admin = office.actor("admin")
    with transaction():
        opened = starting.create(office.revision, agency_id=office.agency_id, title="Của quản trị", values={}, by=admin)
        starting.begin(opened, by=admin)
    done = office.to_draft("officer")
    with transaction():
        session().execute(
            sa.update(Step).where(Step.case_id == done.id, Step.element == "register").values(closed_by_id=admin.person_id)
        )
    for case in (opened, done):
        with pytest.raises(NotAllowed):
            operate(office, operations.suspend, case)


def test_the_control_sheet_shows_what_the_operator_did(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.suspend, case)
    operate(office, operations.change_values, case, {"decision": "submit"}, reason="Sửa nhầm lẫn")
    operate(office, operations.resume, case, reason="Đã rõ")
    session().rollback()
    rows = [(row.from_unit, row.sent_by, row.received_by, row.note) for row in hand_overs.of(fresh(case))[1:]]
    admin = office.actor("admin").full_name
    assert rows == [
        (office_name(office), admin, "", f"Tạm dừng xử lý: {REASON}"),
        (office_name(office), admin, "", "Sửa giá trị điều hướng decision: Sửa nhầm lẫn"),
        (office_name(office), admin, "", "Mở lại xử lý: Đã rõ"),
    ]


def test_suspending_and_completing_at_once_have_one_order(db: Engine, office: Office) -> None:
    """Whichever comes first, the other hears of it; nothing is half done."""
    case = office.to_draft("officer")
    step_id, version, officer, admin = (
        office.step(case, "draft").id,
        fresh(case).version,
        office.actor("officer"),
        office.actor("admin"),
    )

    def complete() -> object:
        return steps.complete(steps.get(step_id, for_=officer), {"decision": "submit"}, version=1, by=officer)

    acts: list[Callable[[], object]] = [complete, partial(operations.suspend, case, REASON, version=version, by=admin)]
    refusals = race(acts)
    session().rollback()
    state, elements = fresh(case).state, office.open_elements(case)
    assert len(refusals) == 1
    assert (state, elements) in [("suspended", ["draft"]), ("running", ["sign"])]
    assert office.kinds(case, "case.suspended", "step.completed").count("case.suspended") == (state == "suspended")


def test_cancelling_and_firing_at_once_end_the_same(db: Engine, office: Office) -> None:
    case = office.to_draft("officer")
    version, admin = fresh(case).version, office.actor("admin")
    office.clock.freeze("2026-11-18T15:54")
    timer_id = session().scalars(sa.select(Timer.id).where(Timer.case_id == case.id, Timer.kind == "reminder")).first()
    session().close()
    reminder = (
        session()
        .scalars(
            sa.select(Timer.id).join(Step, Step.id == Timer.step_id).where(Timer.case_id == case.id, Step.element == "draft")
        )
        .first()
    )
    assert timer_id is not None
    assert reminder is not None
    refusals = race([partial(firing.fire, reminder), partial(operations.cancel, case, REASON, version=version, by=admin)])
    assert refusals == []
    assert fresh(case).state == "stopped"
    assert timer_states(case) <= {"fired"}
    told = office.kinds(case, "step.reminded", "case.cancelled")
    assert told in (["step.reminded", "case.cancelled"], ["case.cancelled"])


def test_the_journal_holds_plain_json(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.suspend, case)
    assert json.loads(json.dumps(recorded(case, "case.suspended"))) == recorded(case, "case.suspended")


def test_the_desk_counts_what_waits(office: Office) -> None:
    case = office.to_draft("officer")
    break_it(office, case)
    operate(office, operations.suspend, case)
    other = office.to_draft("officer")
    office.clock.freeze("2026-11-18T15:54")
    session().rollback()
    paused = session().scalar(sa.select(sa.func.count()).select_from(Timer).where(Timer.state == "paused")) or 0
    assert paused > 0
    assert operator_views.summary(office.actor("admin")) == operator_views.Summary(1, 1, paused, 1)
    assert operator_views.summary(office.actor("leader2")) == operator_views.Summary(0, 0, 0, 0)
    assert queries.get_case(other.id, for_=office.actor("admin")).state == "running"
