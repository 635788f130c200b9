"""Claim, release, complete, reassign."""

import uuid

import pytest
import sqlalchemy as sa

from engine.cases import steps
from engine.cases.models import Case, Step, Timer
from engine.cases.troubles import ActFailed
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound, PreconditionRequired
from engine.outbox import notices
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def test_a_letter_goes_all_the_way(office: Office) -> None:
    case = office.to_sign()
    assert office.complete(case, "sign", "leader", decision="sign") == ["dispatch", "file"]
    assert office.complete(case, "file", "archivist") == []
    assert (case.state, case.closed_at) == ("running", None)
    assert office.complete(case, "dispatch", "registrar", sent_on="18/11/2026") == []
    session().refresh(case)
    assert (case.state, case.ended_at_element, case.version) == ("completed", "end_sent", 6)
    assert case.closed_at is not None


def test_claim_takes_the_step_and_says_so(office: Office) -> None:
    case = office.open_letter()
    step = office.step(case, "register")
    with transaction():
        steps.claim(step, by=office.actor("registrar"))
    session().refresh(step)
    assert (step.assignee_id, step.version) == (office.actor("registrar").person_id, 2)
    assert step.claimed_at is not None and office.local(step.claimed_at) == "2026-11-18 08:00"
    assert office.kinds(case, "step.") == ["step.opened", "step.claimed"]


def test_claiming_twice_changes_nothing(office: Office) -> None:
    case = office.open_letter()
    for _ in range(2):
        with transaction():
            step = steps.claim(office.step_now(case, "register"), by=office.actor("registrar"))
    assert step.version == 2
    assert office.kinds(case, "step.claimed") == ["step.claimed"]


def test_claim_names_who_was_faster_and_when(office: Office) -> None:
    case = office.to_draft(None)
    with transaction():
        steps.claim(office.step_now(case, "draft"), by=office.actor("officer"))
    other = office.make_colleague("officer_b", "officer")
    with pytest.raises(Conflict) as refusal, transaction():
        steps.claim(office.step_now(case, "draft"), by=other)
    assert (refusal.value.who, refusal.value.at) == (office.actor("officer").full_name, "2026-11-18T01:00:00+00:00")


def test_claim_refuses_another_group(office: Office) -> None:
    case = office.open_letter()
    with pytest.raises(NotAllowed), transaction():
        steps.claim(office.step_now(case, "register"), by=office.actor("clerk"))


def test_claim_refuses_another_division(office: Office) -> None:
    case = office.to_draft(None)
    stranger = office.make_colleague("officer_x", "officer", division="other")
    with pytest.raises(NotAllowed), transaction():
        steps.claim(office.step_now(case, "draft"), by=stranger)


def test_a_foreign_agency_finds_nothing(office: Office) -> None:
    case = office.open_letter()
    step = office.step(case, "register")
    with pytest.raises(NotFound):
        steps.get(step.id, for_=office.actor("registrar2"))
    with pytest.raises(NotFound), transaction():
        steps.claim(step, by=office.actor("registrar2"))


def test_get_refuses_an_unknown_step(office: Office) -> None:
    with pytest.raises(NotFound):
        steps.get(uuid.uuid4(), for_=office.actor("registrar"))


def test_release_gives_the_step_back_to_its_group(office: Office) -> None:
    case = office.open_letter()
    with transaction():
        steps.claim(office.step_now(case, "register"), by=office.actor("registrar"))
    with transaction():
        step = steps.release(office.step_now(case, "register"), by=office.actor("registrar"), version=2)
    assert (step.assignee_id, step.claimed_at, step.version) == (None, None, 3)


def test_release_refuses_what_nobody_holds(office: Office) -> None:
    case = office.open_letter()
    with pytest.raises(AnswersRejected), transaction():
        steps.release(office.step_now(case, "register"), by=office.actor("registrar"))


def test_complete_without_version_is_refused(office: Office) -> None:
    case = office.open_letter()
    with pytest.raises(PreconditionRequired), transaction():
        steps.complete(office.step_now(case, "register"), {}, version=None, by=office.actor("registrar"))


def test_complete_with_a_stale_version_is_refused(office: Office) -> None:
    case = office.open_letter()
    with transaction():
        steps.claim(office.step_now(case, "register"), by=office.actor("registrar"))
    with pytest.raises(Conflict), transaction():
        steps.complete(office.step_now(case, "register"), {}, version=1, by=office.actor("registrar"))
    assert office.open_elements(case) == ["register"]


def test_complete_refuses_wrong_answers_and_changes_nothing(office: Office) -> None:
    case = office.to_draft()
    with pytest.raises(AnswersRejected) as refusal, transaction():
        steps.complete(office.step_now(case, "draft"), {"decision": "maybe"}, version=1, by=office.actor("officer"))
    assert list(refusal.value.fields) == ["decision"]
    assert office.step(case, "draft").version == 1


def test_a_second_completion_names_the_first(office: Office) -> None:
    case = office.open_letter()
    step = office.step(case, "register")
    office.complete(case, "register", "registrar")
    with pytest.raises(Conflict) as refusal, transaction():
        steps.complete(step, {}, version=1, by=office.actor("registrar"))
    assert (refusal.value.who, refusal.value.at) == (office.actor("registrar").full_name, "2026-11-18T01:00:00+00:00")
    assert str(refusal.value).startswith("Bước “Vào sổ” đã được hoàn thành bởi ")


def test_completion_keeps_the_answers_and_cancels_the_timers(office: Office) -> None:
    case = office.to_sign()
    [done] = session().scalars(sa.select(Step).where(Step.case_id == case.id, Step.element == "draft"))
    assert (done.state, done.answers, done.closed_by_id) == (
        "completed",
        {"decision": "submit"},
        office.actor("officer").person_id,
    )
    waiting = session().scalars(sa.select(Timer.kind).where(Timer.step_id == done.id, Timer.state == "waiting")).all()
    assert waiting == []


def test_the_person_named_in_the_answers_is_given_the_step(office: Office) -> None:
    case = office.to_draft("officer")
    step = office.step(case, "draft")
    assert (step.assignee_id, step.claimed_at) == (office.actor("officer").person_id, None)
    told = [(notice.kind, notice.step_id) for notice in notices.unread(office.actor("officer").person_id)]
    assert told == [("assigned", step.id)]


def test_a_person_outside_the_group_is_not_given_the_step(office: Office) -> None:
    case = office.to_draft("clerk")
    assert office.step(case, "draft").assignee_id is None


def test_rework_goes_back_to_who_did_it(office: Office) -> None:
    case = office.to_draft(None)
    office.complete(case, "draft", "officer", decision="submit")
    office.complete(case, "sign", "leader", decision="return", reason="Sửa mục 2")
    step = office.step(case, "draft")
    assert (step.visit, step.assignee_id) == (2, office.actor("officer").person_id)
    [notice] = notices.unread(office.actor("officer").person_id)
    assert (notice.kind, notice.text.endswith("Lý do: Sửa mục 2")) == ("returned", True)


def test_a_capability_that_breaks_undoes_the_whole_act(office: Office) -> None:
    case = office.to_draft()
    before = office.kinds(case)
    with pytest.raises(ActFailed), transaction():
        answers = {"decision": "ask", "text": "hỏng"}
        steps.complete(office.step_now(case, "draft"), answers, version=1, by=office.actor("officer"))
    step = office.step(case, "draft")
    assert (step.state, step.answers, step.version) == ("open", None, 1)
    assert office.kinds(case) == [*before, "incident.opened"]


def test_reassign_gives_the_step_to_a_colleague(office: Office) -> None:
    case = office.to_draft("officer")
    colleague = office.make_colleague("officer_b", "officer")
    with transaction():
        step = office.step_now(case, "draft")
        steps.reassign(step, colleague.person_id, "Nghỉ phép", version=step.version, by=office.actor("head"))
    step = office.step(case, "draft")
    assert (step.assignee_id, step.claimed_at, step.version) == (colleague.person_id, None, 2)
    assert office.kinds(case, "step.reassigned") == ["step.reassigned"]


@pytest.mark.parametrize(
    ("login", "to", "reason", "refused"),
    [
        ("officer", "officer_b", "Nghỉ phép", NotAllowed),
        ("leader2", "officer_b", "Nghỉ phép", NotFound),
        ("head", "clerk", "Nghỉ phép", AnswersRejected),
        ("head", "officer_b", " ", AnswersRejected),
    ],
    ids=["not a superior", "foreign leader", "not in the group", "no reason"],
)
def test_reassign_refuses(office: Office, login: str, to: str, reason: str, refused: type[Exception]) -> None:
    office.make_colleague("officer_b", "officer")
    case = office.to_draft("officer")
    with pytest.raises(refused), transaction():
        step = office.step_now(case, "draft")
        steps.reassign(step, office.actor(to).person_id, reason, version=step.version, by=office.actor(login))
    assert office.step(case, "draft").assignee_id == office.actor("officer").person_id


def test_nothing_happens_in_a_case_that_has_ended(office: Office) -> None:
    case: Case = office.to_sign()
    with transaction():
        session().get_one(Case, case.id).state = "suspended"
    with pytest.raises(Conflict), transaction():
        steps.claim(office.step_now(case, "sign"), by=office.actor("leader"))
