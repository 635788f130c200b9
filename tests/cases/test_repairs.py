"""Moving a token and passing over a step: the same recorded move, previewed, kept, and shown on the control sheet."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from engine.cases import hand_overs, operations, operator_views, repairs
from engine.cases.models import Case, Step
from engine.cases.troubles import ActFailed
from engine.errors import AnswersRejected, NotAllowed
from engine.journal import queries as journal
from engine.schedule import sweeps
from engine.transaction import session
from tests.cases.conftest import Office
from tests.cases.test_operations import fresh, operate, timer_states

REASON = "Chuyển nhầm người"


def token_at(office: Office, case: Case, element: str) -> int:
    """The number of the token that waits at this element."""
    view = operator_views.of(case.id, for_=office.actor("admin"))
    return next(place.token for place in view.tokens if place.element == element)


def places(found: tuple[Any, ...]) -> list[str]:
    return sorted(place.element for place in found)


def repair(office: Office, act: Callable[..., Any], case: Case, *given: Any, login: str = "admin") -> list[str]:
    """The elements of the steps that the repair opens."""
    opened: list[Step] = operate(office, act, case, *given, login=login, reason=REASON)
    return [step.element for step in opened]


def test_the_operators_view_shows_every_token_and_where_it_may_go(office: Office) -> None:
    case = office.to_draft("officer")
    view = operator_views.of(case.id, for_=office.actor("admin"))
    tokens = {place.element: (place.name, place.kind, place.scope, place.attached_to) for place in view.tokens}
    assert tokens == {
        "work": ("Xử lý", "subProcess", (), None),
        "recalled": ("Thu hồi", "boundaryEvent", (), "work"),
        "draft": ("Soạn trả lời", "userTask", ("work",), None),
        "late": ("Soạn quá lâu", "boundaryEvent", ("work",), "draft"),
    }
    draft = token_at(office, case, "draft")
    assert dict(view.targets[draft])["sign"] == "Ký"
    assert (draft in view.skippable, token_at(office, case, "late") in view.skippable) == (True, False)
    assert [step.element for step in view.steps] == ["draft"]
    assert [line.name for line in view.timers if line.timer.kind == "flow"] == ["late"]
    assert (view.revision_number, view.suspension, list(view.incidents)) == (1, None, [])


def test_only_who_may_inspect_sees_it(office: Office) -> None:
    case = office.to_draft("officer")
    with pytest.raises(NotAllowed):
        operator_views.of(case.id, for_=office.actor("officer"))


def test_a_token_is_moved_as_previewed(office: Office) -> None:
    case = office.to_draft("officer")
    token = token_at(office, case, "draft")
    preview = repairs.preview_move(case, token, "sign")
    assert (places(preview.before), places(preview.after)) == (
        ["draft", "late", "recalled", "work"],
        ["recalled", "sign", "work"],
    )
    assert office.open_elements(case) == ["draft"]
    assert repair(office, repairs.move_token, case, token, "sign") == ["sign"]
    assert office.open_elements(case) == ["sign"]
    session().rollback()
    old = session().scalars(sa.select(Step).where(Step.case_id == case.id, Step.element == "draft")).one()
    assert (old.state, old.answers) == ("cancelled", None)
    [entry] = journal.of_case(case.id, kinds=("case.token_moved",))
    assert (entry.facts["token"], entry.facts["to"], entry.facts["reason"]) == (token, "sign", REASON)
    assert [sorted(place["element"] for place in entry.facts[side]["tokens"]) for side in ("before", "after")] == [
        places(preview.before),
        places(preview.after),
    ]


def test_moving_is_on_the_control_sheet_with_the_hand_over_it_makes(office: Office) -> None:
    case = office.to_draft("officer")
    repair(office, repairs.move_token, case, token_at(office, case, "draft"), "sign")
    session().rollback()
    admin = office.actor("admin").full_name
    rows = [(row.sent_by, row.to_step, row.note) for row in hand_overs.of(fresh(case))[1:]]
    assert rows == [
        (admin, "Ký", REASON),
        (admin, "", f"Chuyển vị trí xử lý từ “Soạn trả lời” đến “Ký”: {REASON}"),
    ]


def test_a_step_is_passed_over_without_its_form(office: Office) -> None:
    case = office.to_draft("officer")
    values, token = fresh(case).values, token_at(office, case, "draft")
    assert places(repairs.preview_skip(case, token).after) == ["recalled", "sign", "work"]
    assert repair(office, repairs.skip, case, token) == ["sign"]
    session().rollback()
    skipped = session().scalars(sa.select(Step).where(Step.case_id == case.id, Step.element == "draft")).one()
    assert (skipped.state, skipped.answers, skipped.closed_by_id) == ("cancelled", None, office.actor("admin").person_id)
    assert fresh(case).values == values
    [entry] = journal.of_case(case.id, kinds=("step.skipped",))
    assert (entry.facts["name"], entry.facts["step_id"], entry.facts["reason"]) == ("Soạn trả lời", str(skipped.id), REASON)
    assert hand_overs.of(fresh(case))[-1].note == f"Bỏ qua bước “Soạn trả lời”: {REASON}"
    office.clock.freeze("2026-11-21T08:00")
    sweeps.fire_due_timers()
    assert office.open_elements(case) == ["sign"]


def test_a_suspended_case_is_repaired_and_its_new_timers_wait(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.suspend, case)
    assert repair(office, repairs.skip, case, token_at(office, case, "draft")) == ["sign"]
    assert (fresh(case).state, timer_states(case) - {"fired"}) == ("suspended", {"paused"})
    operate(office, operations.resume, case)
    assert timer_states(case) - {"fired"} == {"waiting"}
    assert office.complete(case, "sign", "leader", decision="sign") == ["dispatch", "file"]


def test_passing_over_the_last_step_ends_the_case(office: Office) -> None:
    case = office.to_sign()
    office.complete(case, "sign", "leader", decision="sign")
    for element in ("dispatch", "file"):
        repair(office, repairs.skip, case, token_at(office, case, element))
    assert (fresh(case).state, fresh(case).ended_at_element) == ("completed", "end_sent")


@pytest.mark.parametrize(
    ("element", "to", "field"),
    [("draft", "dispatch", "to"), ("draft", "nowhere", "to"), ("late", "sign", "to"), ("recalled", "register", "to")],
    ids=["out of the sub-process", "unknown", "attached", "boundary"],
)
def test_a_token_does_not_go_where_the_flow_would_break(office: Office, element: str, to: str, field: str) -> None:
    case = office.to_draft("officer")
    with pytest.raises(AnswersRejected) as refused:
        repair(office, repairs.move_token, case, token_at(office, case, element), to)
    assert list(refused.value.fields) == [field]
    assert office.open_elements(case) == ["draft"]


def test_a_token_that_is_gone_or_no_step_is_refused(office: Office) -> None:
    case = office.to_draft("officer")
    token = token_at(office, case, "late")
    for number in (token, 999):
        with pytest.raises(AnswersRejected):
            repair(office, repairs.skip, case, number)
    with pytest.raises(AnswersRejected):
        repair(office, repairs.move_token, case, 999, "sign")


def test_a_skip_that_the_model_does_not_bear_changes_nothing_and_leaves_an_incident(office: Office) -> None:
    case = office.to_draft("officer")
    operate(office, operations.change_values, case, {"decision": "loop"})
    before = fresh(case).version
    with pytest.raises(ActFailed):
        repair(office, repairs.skip, case, token_at(office, case, "draft"))
    assert (office.open_elements(case), fresh(case).version) == (["draft"], before)
    [incident] = operator_views.of(case.id, for_=office.actor("admin")).incidents
    assert (incident.cause, incident.element, incident.input["act"]) == ("runaway", "again", "step.skip")
