"""Steps done for somebody who is away: seen, taken, finished, journalled, given back."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.cases import (
    capabilities,
    delegated,
    delegation_ends,
    guards,
    hand_overs,
    history,
    messages,
    operations,
    reminders,
    starting,
    steps,
    worklist,
)
from engine.cases.models import Case, Step
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.outbox import notices
from engine.people import agencies, directory
from engine.people.delegation_models import Delegation
from engine.procedures import folder, publishing
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.asked import asked
from tests.cases.conftest import LETTER, Office
from tests.people.delegating import give, make_wish

BEFORE, WITHIN, AFTER = "2026-11-30T23:59:59", "2026-12-03T09:00", "2026-12-06T00:00"


def seen(office: Office, login: str, scope: str) -> list[str | None]:
    """Codes of the cases in this scope of the inbox."""
    session().rollback()
    return [item.case_code for item in worklist.inbox(office.actor(login), scope).items]


def claim(office: Office, case: Case, element: str, login: str) -> Step:
    step = office.step(case, element)
    with transaction():
        return steps.claim(step, by=office.actor(login), version=step.version)


def events(case: Case, kind: str) -> list[history.Event]:
    session().rollback()
    return [event for event in history.of(case) if event.kind == kind]


@pytest.mark.parametrize(
    ("moment", "count"),
    [(BEFORE, 0), ("2026-12-01T00:00", 1), (WITHIN, 1), ("2026-12-05T23:59:59", 1), (AFTER, 0)],
    ids=["second before", "first instant", "within", "last second", "day after"],
)
def test_a_delegate_sees_the_work_from_the_first_day_to_the_last(office: Office, moment: str, count: int) -> None:
    give()
    office.to_sign(code="CV-1")
    office.clock.freeze(moment)
    scopes = {scope: len(seen(office, "deputy", scope)) for scope in ("mine", "group", "unclaimed")}
    assert scopes == {"mine": 0, "group": count, "unclaimed": count}
    session().rollback()
    assert worklist.counts(office.actor("deputy"))["unclaimed"] == count


@pytest.mark.parametrize(
    ("scope", "is_seen"),
    [
        ({}, True),
        ({"procedures": frozenset({"letter"})}, True),
        ({"procedures": frozenset({"dossier", "letter"})}, True),
        ({"procedures": frozenset({"dossier"})}, False),
        ({"services": frozenset({"1.004873"})}, True),
        ({"services": frozenset({"2.000815"})}, False),
    ],
    ids=["all", "procedure", "two procedures", "another procedure", "service", "another service"],
)
def test_a_delegate_sees_and_does_only_what_is_in_scope(office: Office, scope: dict[str, Any], is_seen: bool) -> None:
    give(**scope)
    case = office.to_sign(code="CV-1", service_code="1.004873")
    office.clock.freeze(WITHIN)
    assert (seen(office, "deputy", "group") == ["CV-1"]) is is_seen
    step = office.step(case, "sign")
    assert (guards.able(step, office.actor("deputy")) is not None) is is_seen
    if not is_seen:
        with pytest.raises(NotAllowed), transaction():
            steps.claim(step, by=office.actor("deputy"))


def test_an_act_for_another_says_so_everywhere(office: Office) -> None:
    delegation = give()
    case = office.to_sign()
    office.clock.freeze(WITHIN)
    claim(office, case, "sign", "deputy")
    office.complete(case, "sign", "deputy", decision="sign")
    words = "KT. Chủ tịch Hoàng Đức Thắng"
    assert [event.on_behalf_of for event in events(case, "step.claimed")] == [words]
    [done] = [event for event in events(case, "step.completed") if event.facts["element"] == "sign"]
    assert (done.person, done.person_title, done.on_behalf_of) == ("Bùi Thị Kim Oanh", "Phó Chủ tịch", words)
    step = next(step for step in case.steps if step.element == "sign")
    assert step.delegation_id == delegation.id
    deputy, leader = office.actor("deputy").person_id, office.actor("leader").person_id
    assert delegated.answerable(step) == {deputy, leader}
    given = {(row.sender, row.sent_by_title) for row in hand_overs.of(case) if row.from_step_id == step.id}
    assert given == {(f"Bùi Thị Kim Oanh ({words})", "KT. Chủ tịch, Phó Chủ tịch")}
    [taken] = [row for row in hand_overs.of(case) if row.step_id == step.id]
    assert taken.receiver == f"Bùi Thị Kim Oanh ({words})"


def test_what_the_absent_person_holds_is_taken_over(office: Office) -> None:
    give()
    case = office.to_sign(code="CV-1")
    claim(office, case, "sign", "leader")
    with pytest.raises(NotAllowed):
        claim(office, case, "sign", "deputy")
    office.clock.freeze(WITHIN)
    assert seen(office, "deputy", "unclaimed") == ["CV-1"]
    claim(office, case, "sign", "deputy")
    assert (seen(office, "deputy", "mine"), seen(office, "leader", "mine")) == (["CV-1"], [])
    last = events(case, "step.claimed")[-1]
    assert (last.person, last.facts["taken_from"]) == ("Bùi Thị Kim Oanh", "Hoàng Đức Thắng")


def test_completing_takes_over_first(office: Office) -> None:
    give()
    case = office.to_sign()
    claim(office, case, "sign", "leader")
    office.clock.freeze(WITHIN)
    office.complete(case, "sign", "deputy", decision="sign")
    assert [event.facts.get("taken_from") for event in events(case, "step.claimed")][-1] == "Hoàng Đức Thắng"
    assert [row.received_by for row in hand_overs.of(case) if row.to_step == "Ký"] == ["Bùi Thị Kim Oanh"]


def test_a_delegate_of_the_absent_takes_nothing_from_others(office: Office) -> None:
    office.make_colleague("officer_b", "officer")
    office.make_colleague("officer_c", "officer")
    officer = directory.by_login("officer")
    assert officer is not None
    place = next(position for position in officer.positions if position.division_id == office.division_id)
    give("officer", "officer_b", position_id=place.id)
    held = office.to_draft("officer_c")
    absent = office.to_draft("officer")
    office.clock.freeze(WITHIN)
    with pytest.raises(Conflict, match="Người officer_c"):
        claim(office, held, "draft", "officer_b")
    assert claim(office, absent, "draft", "officer_b").assignee_id == office.actor("officer_b").person_id


def test_a_step_goes_back_when_the_delegation_ends(office: Office) -> None:
    give()
    case = office.to_sign(code="CV-1")
    office.clock.freeze(WITHIN)
    claim(office, case, "sign", "deputy")
    assert sweeps.end_delegations() == 0
    office.clock.freeze(AFTER)
    assert [seen(office, "deputy", scope) for scope in worklist.SCOPES] == [[], [], [], [], []]
    with pytest.raises(NotAllowed):
        office.complete(case, "sign", "deputy", decision="sign")
    assert sweeps.end_delegations() == 1
    step = office.step(case, "sign")
    assert (step.assignee_id, step.claimed_at, step.delegation_id) == (None, None, None)
    [back] = events(case, "step.released")
    assert (back.person, back.facts["before"], back.facts["reason"]) == (
        "",
        "Bùi Thị Kim Oanh",
        "Ủy quyền của Hoàng Đức Thắng hết hiệu lực",
    )
    told = {login: [n.kind for n in notices.unread(office.actor(login).person_id)] for login in ("deputy", "leader")}
    assert {login: kinds.count("delegation_ended") for login, kinds in told.items()} == {"deputy": 1, "leader": 1}
    assert sweeps.end_delegations() == 0


def leave(office: Office, delegation: Delegation) -> None:
    office.actor("leader")
    delegation.giver.is_active = False


def lose_position(_: Office, delegation: Delegation) -> None:
    delegation.position.valid_to = delegation.position.valid_from


def move_away(_: Office, delegation: Delegation) -> None:
    for position in delegation.delegate.positions:
        position.valid_to = position.valid_from


@pytest.mark.parametrize("happens", [leave, lose_position, move_away], ids=["giver leaves", "position ends", "delegate moves"])
def test_a_step_goes_back_when_somebody_leaves(office: Office, happens: Callable[[Office, Delegation], None]) -> None:
    delegation = give()
    case = office.to_sign(code="CV-1")
    office.clock.freeze(WITHIN)
    claim(office, case, "sign", "deputy")
    with transaction():
        happens(office, delegation)
    assert office.actor("deputy").delegated == ()
    assert seen(office, "deputy", "mine") == []
    assert sweeps.end_delegations() == 1


def test_withdrawing_gives_back_at_once(office: Office) -> None:
    delegation = give()
    case = office.to_sign(code="CV-1")
    office.clock.freeze(WITHIN)
    stale = office.actor("deputy")
    claim(office, case, "sign", "deputy")
    with transaction():
        delegation_ends.withdraw(delegation, "Về sớm", by=office.actor("leader"))
    step = office.step(case, "sign")
    assert (step.assignee_id, step.delegation_id, seen(office, "deputy", "group")) == (None, None, [])
    with pytest.raises(NotAllowed, match="vừa bị thu hồi"), transaction():
        steps.claim(step, by=stale)
    texts = [notice.text for notice in notices.unread(office.actor("deputy").person_id)]
    assert any("đã bị thu hồi. Lý do: Về sớm." in text for text in texts)


def test_giving_tells_the_delegate(office: Office) -> None:
    with transaction():
        delegation_ends.give(make_wish(), by=office.actor("leader"))
    [notice] = notices.unread(office.actor("deputy").person_id)
    assert notice.text == (
        "Anh/chị được ủy quyền làm thay Hoàng Đức Thắng từ 01/12/2026 đến hết 05/12/2026, ký KT. "
        "Việc trong phạm vi sẽ hiện ở hộp việc."
    )
    assert notices.unread(office.actor("leader").person_id) == []


def test_a_released_step_forgets_for_whom_it_was_held(office: Office) -> None:
    give()
    case = office.to_sign()
    office.clock.freeze(WITHIN)
    step = claim(office, case, "sign", "deputy")
    with transaction():
        steps.release(step, by=office.actor("deputy"))
    again = office.step(case, "sign")
    assert (again.assignee_id, again.delegation_id) == (None, None)
    claim(office, case, "sign", "leader")
    assert office.step(case, "sign").delegation_id is None


def test_an_own_right_comes_before_a_delegated_one(office: Office) -> None:
    officer = directory.by_login("officer")
    assert officer is not None
    place = next(position for position in officer.positions if position.division_id == office.division_id)
    office.make_colleague("officer_b", "officer")
    give("officer", "officer_b", position_id=place.id)
    case = office.to_draft(None)
    office.clock.freeze(WITHIN)
    acting = guards.able(office.step(case, "draft"), office.actor("officer_b"))
    assert acting is not None
    assert acting.acting is None
    assert claim(office, case, "draft", "officer_b").delegation_id is None


def test_a_superior_for_another_gives_work_to_others(office: Office) -> None:
    office.make_colleague("officer_b", "officer")
    place = make_wish("head").position_id
    with pytest.raises(AnswersRejected):
        give("head", "officer_b", signing="KT.", basis_number="1", basis_on=make_wish().basis_on)
    give("head", "officer_b", position_id=place, procedures=frozenset({"letter"}))
    case = office.to_draft("officer")
    step, to = office.step(case, "draft"), office.actor("officer_b")
    with pytest.raises(NotAllowed), transaction():
        steps.reassign(step, to.person_id, "Nghỉ", version=step.version, by=to)
    office.clock.freeze(WITHIN)
    with transaction():
        steps.reassign(step, to.person_id, "Nghỉ", version=step.version, by=office.actor("officer_b"))
    assert events(case, "step.reassigned")[0].on_behalf_of == "thay Lê Thị Bích Ngọc"


def test_the_inbox_of_a_delegate_costs_no_further_statement(db: Engine, office: Office) -> None:
    give(procedures=frozenset({"letter"}))
    office.to_sign()
    office.clock.freeze(WITHIN)
    actor = office.actor("deputy")
    session().rollback()

    def look() -> None:
        worklist.inbox(actor, "group")
        worklist.counts(actor)
        session().rollback()

    assert len(asked(db, look)) == 2


def test_a_delegate_opens_cases_and_reports_messages_for_the_absent(office: Office) -> None:
    give("registrar", "archivist", procedures=frozenset({"letter"}))
    archivist = office.actor("archivist")
    with pytest.raises(NotAllowed), transaction():
        starting.open_case("letter", "Công văn đến", {}, by=archivist)
    office.clock.freeze(WITHIN)
    with transaction():
        case = starting.open_case("letter", "Công văn đến", {}, by=office.actor("archivist"))
    assert [event.on_behalf_of for event in events(case, "case.opened")] == ["thay Ngô Thị Lan"]
    waiting = office.to_sign()
    with transaction():
        messages.send(waiting, "recall", {}, by=office.actor("archivist"))
    assert [event.on_behalf_of for event in events(waiting, "message.received")] == ["thay Ngô Thị Lan"]


@pytest.mark.parametrize(
    ("moment", "scope", "told"),
    [
        (WITHIN, {}, ["Bùi Thị Kim Oanh", "Hoàng Đức Thắng"]),
        (WITHIN, {"procedures": frozenset({"dossier"})}, ["Hoàng Đức Thắng"]),
        (AFTER, {}, ["Hoàng Đức Thắng"]),
    ],
    ids=["in scope", "another procedure", "over"],
)
def test_a_reminder_reaches_who_does_the_work_now(office: Office, moment: str, scope: dict[str, Any], told: list[str]) -> None:
    give(**scope)
    case = office.to_sign()
    office.clock.freeze(moment)
    step = office.step(case, "sign")
    for kind in ("reminder", "escalation_leader"):
        assert sorted(member.full_name for member in reminders.recipients(kind, step, case)) == told


def test_what_was_done_for_an_operator_makes_them_a_party(office: Office) -> None:
    with transaction():
        person = directory.by_login("registrar")
        assert person is not None
        person.positions[0].roles = ["registrar", "admin"]
    give("registrar", "archivist", roles=frozenset({"registrar"}))
    office.clock.freeze(WITHIN)
    with transaction():
        case = starting.open_case("letter", "Công văn đến", {}, by=office.actor("archivist"))
    office.complete(case, "register", "archivist")
    with pytest.raises(NotAllowed, match="đã tham gia xử lý"), transaction():
        operations.suspend(case, "Thử", version=case.version, by=office.actor("registrar"))


@pytest.mark.parametrize(
    ("login", "scope", "index"),
    [("deputy", "group", "ix_step_group"), ("deputy", "mine", "ix_step_assignee"), ("officer", "mine", "ix_step_assignee")],
)
def test_the_inbox_walks_partial_indexes_for_delegates_too(
    db: Engine, office: Office, login: str, scope: str, index: str
) -> None:
    if db.dialect.name != "sqlite":
        pytest.skip("the plan of a small PostgreSQL table is a scan")
    give(services=frozenset({"1.004873"}))
    office.clock.freeze(WITHIN)
    actor = office.actor(login)
    session().rollback()

    def look() -> None:
        worklist.inbox(actor, scope)
        session().rollback()

    [sql] = asked(db, look)
    plan = " ".join(row[3] for row in session().execute(sa.text("EXPLAIN QUERY PLAN " + sql)))
    assert index in plan
    assert "SCAN step" not in plan


def test_what_was_done_for_somebody_keeps_both_from_what_is_kept_apart(office: Office) -> None:
    sheet = (LETTER / "procedure.yaml").read_text(encoding="utf-8").replace("code: letter", "code: letter_apart")
    letter = {name.replace("letter.bpmn", "letter_apart.bpmn"): content for name, content in folder.read(LETTER).files.items()}
    files = {**letter, "procedure.yaml": f"{sheet}\nseparate: [[register, draft]]\n".encode()}
    with transaction():
        root = agencies.root()
        assert root is not None
        made = publishing.publish(
            root.id, folder.of(files.items()), capabilities=capabilities.facts(), basis="QĐ 02/QĐ-UBND", by=None
        )
    give("registrar", "accountant")
    case = replace(office, revision=made).open_letter()
    office.clock.freeze(WITHIN)
    office.complete(case, "register", "accountant")
    with transaction():
        for login in ("registrar", "accountant"):
            person = directory.by_login(login)
            assert person is not None
            person.positions[0].roles = [*person.positions[0].roles, "officer"]
    for login in ("accountant", "registrar"):
        with pytest.raises(NotAllowed, match="Người đã làm bước"):
            claim(office, case, "draft", login)
    assert claim(office, case, "draft", "officer").assignee_id == office.actor("officer").person_id
