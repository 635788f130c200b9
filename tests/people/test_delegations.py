"""Delegations: what may be given, by whom, to whom; when and for which work they count; withdrawing."""

import uuid
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.engine import Engine

from engine import clock
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.journal import queries
from engine.people import access, delegation_queries, delegation_rules, delegations, directory, policy, sessions, tokens
from engine.people.acting import Work
from engine.people.actors import ROLES, Actor
from engine.people.delegation_rules import Extent
from engine.people.models import Position
from engine.transaction import session, transaction
from tests.asked import asked
from tests.clocks import StoppedClock
from tests.people.conftest import make_actor
from tests.people.delegating import FIRST, give, make_wish

Province = Callable[[str], Actor]
NOW = "2026-11-18T08:00"
WITHIN = "2026-12-03T09:00"


@pytest.fixture(autouse=True)
def november(stopped_clock: StoppedClock) -> StoppedClock:
    """The morning on which they are given, before the province is seeded."""
    stopped_clock.freeze(NOW)
    return stopped_clock


def fields_of(**wish: Any) -> list[str]:
    """The fields a wish is refused for."""
    with pytest.raises(AnswersRejected) as refusal, transaction():
        delegations.give(make_wish(**wish), by=None)
    return sorted(refusal.value.fields)


def hire(login: str, title: str, *roles: str) -> Actor:
    """Somebody with another position in the ward from today on."""
    with transaction():
        person = directory.by_login(login)
        assert person is not None
        held = Position(agency_id=person.agency_id, title=title, roles=list(roles), valid_from=clock.today())
        person.positions.append(held)
    return make_actor(login)


# What may be given


@pytest.mark.parametrize(
    ("wish", "fields"),
    [
        ({"delegate_id": None}, ["delegate_id"]),
        ({"position_id": None}, ["position_id"]),
        ({"delegate": "leader"}, ["delegate_id"]),
        ({"delegate": "leader2"}, ["delegate_id"]),
        ({"delegate": "inspector"}, ["delegate_id"]),
        ({"roles": frozenset()}, ["roles"]),
        ({"roles": frozenset({"leader", "clerk"})}, ["roles"]),
        ({"giver": "admin", "delegate": "inspector"}, ["delegate_id", "roles"]),
        ({"giver": "deputy", "delegate": "head"}, ["roles"]),
        ({"starts_on": date(2026, 11, 17)}, ["position_id", "starts_on"]),
        ({"ends_on": FIRST - timedelta(days=1)}, ["ends_on"]),
        ({"ends_on": FIRST + timedelta(days=367)}, ["ends_on"]),
        ({"signing": ""}, ["signing"]),
        ({"signing": "TM."}, ["signing"]),
        ({"delegate": "head"}, ["signing"]),
        ({"delegate": "deputy", "signing": "TL."}, ["signing"]),
        ({"delegate": "clerk", "signing": "TUQ."}, ["signing"]),
        ({"giver": "clerk", "delegate": "registrar", "signing": "KT."}, ["signing"]),
        ({"giver": "head", "delegate": "officer", "signing": "TL."}, ["signing"]),
        ({"basis_number": " "}, ["basis_number"]),
        ({"basis_on": None}, ["basis_on"]),
        ({"reason": " "}, ["reason"]),
        ({"procedures": frozenset({"a"}), "services": frozenset({"b"})}, ["services"]),
    ],
    ids=[
        "nobody",
        "no position",
        "oneself",
        "another agency's",
        "an overseer",
        "no role",
        "a role not held",
        "administration",
        "a deputy's signature is not passed on",
        "yesterday",
        "ends before it begins",
        "longer than a year",
        "a leader's without signing",
        "TM. belongs to the position",
        "KT. of who is no deputy",
        "TL. of who heads no unit",
        "TUQ. of who heads no unit",
        "nothing to sign",
        "a head's order",
        "no basis",
        "no day of the basis",
        "no reason",
        "two scopes",
    ],
)
def test_what_may_not_be_given_is_refused_by_field(province: Province, wish: dict[str, Any], fields: list[str]) -> None:
    assert fields_of(**wish) == fields


@pytest.mark.parametrize(
    ("giver", "delegate", "signing"),
    [
        ("leader", "deputy", "KT."),
        ("leader", "head", "TL."),
        ("leader", "head", "TUQ."),
        ("clerk", "registrar", ""),
        ("head", "officer", ""),
    ],
)
def test_signing_capacities_follow_the_offices(province: Province, giver: str, delegate: str, signing: str) -> None:
    made = give(giver, delegate, signing=signing)
    assert (made.signing, delegation_queries.state_of(made)) == (signing, "coming")


def test_a_deputy_of_a_division_signs_for_its_head(province: Province) -> None:
    hire("officer", "Phó Trưởng phòng", "officer")
    made = give("head", "officer", signing="KT.", basis_number="02/QC", basis_on=date(2026, 1, 5))
    assert made.signing == "KT."


@pytest.mark.parametrize(
    ("login", "giver", "delegate", "refusal"),
    [
        ("leader", "leader", "deputy", None),
        ("leader", "clerk", "registrar", None),
        ("admin", "leader", "deputy", None),
        ("deputy", "leader", "deputy", NotAllowed),
        ("deputy", "clerk", "registrar", NotAllowed),
        ("clerk", "clerk_b", "registrar", NotAllowed),
        ("leader", "clerk", "leader", NotAllowed),
        ("leader2", "leader", "deputy", NotFound),
    ],
    ids=["own", "leader", "admin", "to oneself", "deputy", "colleague", "leader to oneself", "foreign leader"],
)
def test_who_may_give(province: Province, login: str, giver: str, delegate: str, refusal: type[Exception] | None) -> None:
    if refusal is None:
        assert give(giver, delegate, by=province(login)).created_by_id == province(login).person_id
    else:
        with pytest.raises(refusal):
            give(giver, delegate, by=province(login))


# One delegate for one piece of work

ANN, BOB, CAT, DAN = (uuid.UUID(int=number) for number in range(1, 5))
NORTH, SOUTH = uuid.UUID(int=10), uuid.UUID(int=11)


def make_extent(
    giver: uuid.UUID = ANN, delegate: uuid.UUID = BOB, division: uuid.UUID | None = None, **scope: set[str]
) -> Extent:
    frozen = {name: frozenset(codes) for name, codes in ({"roles": {"head"}} | scope).items()}
    return Extent(giver, delegate, division, **frozen)


@pytest.mark.parametrize(
    ("one", "other", "clashes"),
    [
        (make_extent(), make_extent(), True),
        (make_extent(), make_extent(delegate=CAT), True),
        (make_extent(), make_extent(giver=CAT), True),
        (make_extent(), make_extent(giver=CAT, delegate=DAN), False),
        (make_extent(), make_extent(roles={"leader"}), False),
        (make_extent(roles={"leader", "head"}), make_extent(delegate=CAT), True),
        (make_extent(division=NORTH), make_extent(division=SOUTH), False),
        (make_extent(division=NORTH), make_extent(division=NORTH, giver=CAT), True),
        (make_extent(division=NORTH), make_extent(giver=CAT), True),
        (make_extent(procedures={"a"}), make_extent(delegate=CAT), True),
        (make_extent(procedures={"a"}), make_extent(delegate=CAT, procedures={"b"}), False),
        (make_extent(procedures={"a", "b"}), make_extent(delegate=CAT, procedures={"b"}), True),
        (make_extent(services={"1"}), make_extent(delegate=CAT, services={"2"}), False),
        (make_extent(services={"1"}), make_extent(delegate=CAT, services={"1"}), True),
        (make_extent(procedures={"a"}), make_extent(delegate=CAT, services={"1"}), True),
    ],
    ids=[
        "the same",
        "two delegates of one giver",
        "one delegate of two givers",
        "other people",
        "other roles",
        "one role in common",
        "other divisions",
        "the same division",
        "a division and the whole agency",
        "a procedure and all work",
        "two procedures",
        "a procedure in common",
        "two services",
        "the same service",
        "a procedure and a service",
    ],
)
def test_a_piece_of_work_has_one_delegate_for_one_giver(one: Extent, other: Extent, clashes: bool) -> None:
    assert (delegation_rules.clash(one, [other]) is not None) is clashes
    assert (delegation_rules.clash(other, [one]) is not None) is clashes


@pytest.mark.parametrize(
    ("first", "last", "is_refused"),
    [((12, 5), (12, 9), True), ((11, 20), (12, 1), True), ((12, 6), (12, 9), False), ((11, 20), (11, 30), False)],
    ids=["last day in common", "first day in common", "day after", "ends the day before"],
)
def test_overlap_is_counted_in_days(province: Province, first: tuple[int, int], last: tuple[int, int], is_refused: bool) -> None:
    give()
    days: dict[str, Any] = {"starts_on": date(2026, *first), "ends_on": date(2026, *last)}
    if not is_refused:
        assert delegation_queries.first_day(give(**days)) == days["starts_on"]
        return
    with pytest.raises(Conflict, match="Hoàng Đức Thắng đã ủy quyền cho Bùi Thị Kim Oanh từ 01/12/2026 đến hết 05/12/2026"):
        give(**days)


def test_after_withdrawing_another_may_be_given(province: Province) -> None:
    former = give()
    with transaction():
        delegations.withdraw(former, "Đổi người", by=province("leader"))
    assert give("leader", "head", signing="TUQ.").delegate_id == province("head").person_id


# When it counts, for which work


def works(actor: Actor, **part: Any) -> Work:
    usual: dict[str, Any] = {"agency_id": actor.agency_id, "role": "leader", "procedure": "dossier", "service": "1.004873"}
    return Work(**{**usual, **part})


@pytest.mark.parametrize(
    ("moment", "is_in_force"),
    [
        ("2026-11-30T23:59:59.999999", False),
        ("2026-12-01T00:00", True),
        (WITHIN, True),
        ("2026-12-05T23:59:59.999999", True),
        ("2026-12-06T00:00", False),
    ],
    ids=["before", "first instant", "within", "last instant", "after"],
)
@pytest.mark.parametrize(
    ("scope", "work", "is_covered"),
    [
        ({}, {}, True),
        ({}, {"role": "head"}, False),
        ({}, {"agency_id": uuid.UUID(int=5)}, False),
        ({"procedures": frozenset({"dossier"})}, {}, True),
        ({"procedures": frozenset({"letter"})}, {}, False),
        ({"services": frozenset({"1.004873"})}, {}, True),
        ({"services": frozenset({"2.000815"})}, {}, False),
        ({"services": frozenset({"1.004873"})}, {"service": None}, False),
    ],
    ids=["all", "another role", "another agency", "procedure", "another procedure", "service", "another service", "no service"],
)
def test_a_delegation_counts_within_dates_roles_and_scope(
    province: Province,
    november: StoppedClock,
    moment: str,
    is_in_force: bool,
    scope: dict[str, Any],
    work: dict[str, Any],
    is_covered: bool,
) -> None:
    give(**scope)
    november.freeze(moment)
    deputy = province("deputy")
    acting = deputy.acting_for(works(deputy, **work))
    assert (acting is not None) is (is_in_force and is_covered)


def test_a_division_s_work_is_the_division_s(province: Province, november: StoppedClock) -> None:
    position = make_wish("head").position_id
    give("head", "officer", position_id=position)
    november.freeze(WITHIN)
    officer = province("officer")
    held = session().get_one(Position, position)
    others = {p.division_id for p in held.person.positions} - {held.division_id}
    found = {
        division: officer.acting_for(works(officer, role="head", division_id=division))
        for division in (held.division_id, *others)
    }
    assert [division for division, acting in found.items() if acting] == [held.division_id]
    assert officer.acting_for(works(officer, role="head")) is not None


def rights(actor: Actor) -> dict[str, Any]:
    """Everything that decides what somebody may see and do."""
    agency = actor.agency_id
    roles = [(role, service) for role in ROLES for service in ("1.004873", "2.000815", None)]
    return {
        "roles": actor.roles,
        "legs": access.group_legs(actor),
        "visible": access.visible_agencies(actor),
        "permissions": {name for name in policy.PERMISSIONS if policy.allows(actor, name)},
        "acting": {(role, s) for role, s in roles if actor.acting_for(works(actor, role=role, service=s, agency_id=agency))},
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.integers(0, 40),
    length=st.integers(0, 40),
    at=st.integers(-1, 90 * 24),
    pair=st.sampled_from(
        [("leader", "deputy", "KT."), ("leader", "head", "TUQ."), ("clerk", "registrar", ""), ("registrar", "clerk", "")]
    ),
    services=st.frozensets(st.sampled_from(["1.004873", "2.000815"])),
)
def test_outside_the_window_rights_are_those_without_it(
    province: Province,
    november: StoppedClock,
    first: int,
    length: int,
    at: int,
    pair: tuple[str, str, str],
    services: frozenset[str],
) -> None:
    november.freeze(NOW)
    giver, delegate, signing = pair
    starts_on = clock.today() + timedelta(days=first)
    basis: dict[str, Any] = {"basis_number": "1", "basis_on": clock.today()} if signing else {}
    moment = clock.now() + timedelta(hours=at)
    november.freeze(moment)
    bare = rights(province(delegate))
    november.freeze(NOW)
    made = give(
        giver,
        delegate,
        starts_on=starts_on,
        ends_on=starts_on + timedelta(days=length),
        signing=signing,
        services=services,
        **basis,
    )
    november.freeze(moment)
    held = rights(province(delegate))
    is_within = starts_on <= clock.today() <= starts_on + timedelta(days=length)
    assert held["roles"] == bare["roles"]
    assert held["visible"] == bare["visible"]
    assert (held == bare) is not is_within
    november.freeze(NOW)
    with transaction():
        session().execute(sa.delete(type(made)).where(type(made).id == made.id))


def test_what_was_received_is_not_passed_on(province: Province, november: StoppedClock) -> None:
    give()
    november.freeze(WITHIN)
    head = directory.by_login("head")
    assert head is not None
    wish = make_wish("leader", "head", starts_on=date(2026, 12, 3), ends_on=date(2026, 12, 4), signing="TUQ.")
    with pytest.raises(NotAllowed), transaction():
        delegations.give(wish, by=province("deputy"))


@pytest.mark.parametrize(
    ("permission", "before", "within"),
    [
        ("step.reassign", False, True),
        ("person.change", False, False),
        ("procedure.publish", False, False),
        ("report.read", False, False),
    ],
)
def test_only_work_is_delegated_not_the_rest_of_the_role(
    province: Province, november: StoppedClock, permission: str, before: bool, within: bool
) -> None:
    give("head", "officer")
    assert policy.allows(province("officer"), permission) is before
    november.freeze(WITHIN)
    assert policy.allows(province("officer"), permission) is within
    assert not access.may(province("officer"), permission, province("officer").agency_id)


# Who asks is read with what was delegated, in one statement


def test_session_and_token_know_the_delegations(db: Engine, province: Province, november: StoppedClock) -> None:
    give()
    november.freeze(WITHIN)
    with transaction():
        person = directory.by_login("deputy")
        assert person is not None
        token, bearer = sessions.start(person.id), tokens.create(person)
    session().rollback()
    found: list[Actor | None] = []

    def look() -> None:
        opened = sessions.opened(token, "127.0.0.1")
        found.append(opened.actor if opened else None)
        session().rollback()

    assert len(asked(db, look)) == 1
    found.append(tokens.actor_for(bearer, "127.0.0.1"))
    assert found == [province("deputy"), province("deputy")]
    [acting] = province("deputy").delegated
    assert (acting.words, acting.signing, acting.roles) == ("KT. Chủ tịch Hoàng Đức Thắng", "KT.", frozenset({"leader"}))


def test_several_positions_and_delegations_are_read_once_each(province: Province, november: StoppedClock) -> None:
    for position in [p.id for p in session().get_one(Position, make_wish("head").position_id).person.positions]:
        give("head", "officer", position_id=position)
    november.freeze(WITHIN)
    with transaction():
        person = directory.by_login("officer")
        assert person is not None
        token = sessions.start(person.id)
    opened = sessions.opened(token, "127.0.0.1")
    assert opened is not None
    assert opened.actor is not None
    assert (len(opened.actor.capacities), len(opened.actor.delegated)) == (3, 3)
    assert set(opened.actor.capacities) == set(province("officer").capacities)


# Reading and withdrawing


def test_delegations_are_listed_page_by_page(province: Province) -> None:
    made = [give(starts_on=date(2026, 12, day), ends_on=date(2026, 12, day)) for day in (1, 3, 5)]
    leader, seen, cursor = province("leader"), [], None
    while True:
        page = delegation_queries.given(leader.person_id, cursor=cursor, limit=2)
        seen += [one.id for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == [one.id for one in reversed(made)]
    assert [one.id for one in delegation_queries.received(province("deputy").person_id).items] == seen
    assert [one.id for one in delegation_queries.of_agency(leader.agency_id, for_=leader).items] == seen
    assert delegation_queries.received(leader.person_id).items == []


@pytest.mark.parametrize("read", ["received", "given", "agency"])
def test_lists_walk_an_index(db: Engine, province: Province, read: str) -> None:
    leader = province("leader")
    give()

    def look() -> None:
        if read == "agency":
            delegation_queries.of_agency(leader.agency_id, for_=leader)
        else:
            getattr(delegation_queries, read)(leader.person_id)
        session().rollback()

    session().rollback()
    statement = next(sql for sql in asked(db, look) if "FROM delegation" in sql)
    if db.dialect.name == "sqlite":
        plan = " ".join(row[3] for row in session().execute(sa.text("EXPLAIN QUERY PLAN " + statement)))
        assert "SEARCH delegation USING INDEX ix_delegation_" in plan
        assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize(
    ("login", "is_seen"),
    [("leader", True), ("deputy", True), ("admin", True), ("clerk", False), ("leader2", False), ("inspector", False)],
)
def test_a_delegation_is_read_by_whom_it_concerns(province: Province, login: str, is_seen: bool) -> None:
    made = give()
    if is_seen:
        assert delegation_queries.get(made.id, for_=province(login)) is made
    else:
        with pytest.raises(NotFound):
            delegation_queries.get(made.id, for_=province(login))


@pytest.mark.parametrize("login", ["leader", "deputy", "admin"])
def test_withdrawing_ends_it_and_is_journalled(province: Province, november: StoppedClock, login: str) -> None:
    made = give()
    november.freeze(WITHIN)
    with transaction():
        delegations.withdraw(made, "Về sớm", by=province(login))
    assert (delegation_queries.state_of(made), province("deputy").delegated) == ("withdrawn", ())
    last = queries.page(made.agency_id).items[0]
    assert (last.kind, last.facts["reason"], last.facts["login"]) == ("delegation.withdrawn", "Về sớm", "deputy")
    with pytest.raises(Conflict), transaction():
        delegations.withdraw(made, "Lần nữa", by=province(login))


def test_withdrawing_is_refused(province: Province, november: StoppedClock) -> None:
    made = give()
    with pytest.raises(AnswersRejected), transaction():
        delegations.withdraw(made, " ", by=province("leader"))
    with pytest.raises(NotAllowed), transaction():
        delegations.withdraw(made, "Không liên quan", by=province("clerk"))
    november.freeze("2026-12-06T00:00")
    with pytest.raises(Conflict), transaction():
        delegations.withdraw(made, "Đã hết", by=province("leader"))


def test_giving_is_journalled_with_everything_it_says(province: Province) -> None:
    made = give(by=province("leader"), services=frozenset({"1.004873"}))
    entry = queries.page(made.agency_id).items[0]
    assert (entry.kind, entry.facts["login"], entry.actor and entry.actor["login"]) == ("delegation.given", "deputy", "leader")
    assert entry.facts["after"] == {
        "giver": "Hoàng Đức Thắng",
        "delegate": "Bùi Thị Kim Oanh",
        "roles": ["leader"],
        "procedures": [],
        "services": ["1.004873"],
        "signing": "KT.",
        "starts_at": "2026-11-30T17:00:00+00:00",
        "ends_at": "2026-12-05T17:00:00+00:00",
        "basis_number": "15/QĐ-UBND",
        "basis_on": "2026-11-17",
        "reason": "Đi công tác",
    }


def test_who_acts_for_another_is_recorded_with_both(province: Province, november: StoppedClock) -> None:
    made = give()
    november.freeze(WITHIN)
    deputy = province("deputy")
    acting = deputy.on_behalf(deputy.delegated[0])
    assert acting.as_record()["on_behalf_of"] == {
        "login": "leader",
        "name": "Hoàng Đức Thắng",
        "title": "Chủ tịch",
        "signing": "KT.",
        "delegation_id": made.id,
    }
    assert acting.principals == {deputy.person_id, province("leader").person_id}
    assert (acting.title_as("leader"), acting.title_as("deputy"), deputy.title_as("leader")) == (
        "KT. Chủ tịch, Phó Chủ tịch",
        "Phó Chủ tịch",
        "Phó Chủ tịch",
    )
    assert (deputy.principals, deputy.delegation_id) == (frozenset({deputy.person_id}), None)
