"""Who sees which agency and which group's work."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import clock
from engine.errors import NotAllowed, NotFound
from engine.journal import queries
from engine.people import access, agencies, directory, policy
from engine.people.actors import ROLES, Actor
from engine.transaction import transaction

Province = Callable[[str], Actor]


def codes(actor: Actor) -> list[str]:
    return sorted(agencies.get(agency_id).code for agency_id in access.visible_agencies(actor))


@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ("clerk", ["H31.12.8"]),
        ("leader2", ["H31.12.15"]),
        ("inspector", ["H31", "H31.10", "H31.12.15", "H31.12.8"]),
        ("admin", ["H31", "H31.10", "H31.12.15", "H31.12.8"]),
    ],
)
def test_visible_agencies_are_ones_own_or_all_below(province: Province, login: str, expected: list[str]) -> None:
    actor = province(login)
    assert codes(actor) == expected
    for code in ["H31", "H31.10", "H31.12.15", "H31.12.8"]:
        agency_id = agencies.by_code(code).id
        if code in expected:
            access.require_visible(actor, agency_id)
        else:
            with pytest.raises(NotFound):
                access.require_visible(actor, agency_id)


def test_inspector_reads_below_and_changes_nothing(province: Province) -> None:
    inspector, commune = province("inspector"), province("clerk").agency_id
    granted = {name for name in policy.PERMISSIONS if access.may(inspector, name, commune)}
    changing = {name for name in granted if not name.endswith((".read", ".verify", ".preview", ".inspect"))}
    assert changing == {"account.manage", "token.manage"}
    with pytest.raises(NotAllowed):
        access.require(inspector, "step.complete", commune)


def test_admin_of_the_province_administers_the_communes(province: Province) -> None:
    admin, commune = province("admin"), province("clerk").agency_id
    assert access.may(admin, "person.change", commune)
    assert access.may(admin, "step.reassign", commune)
    assert not access.may(admin, "dossier.open", commune)


def test_a_role_held_elsewhere_counts_for_nothing_here(province: Province) -> None:
    leader, foreign = province("leader"), province("leader2").agency_id
    assert access.may(leader, "step.reassign", leader.agency_id)
    assert not access.may(leader, "step.reassign", foreign)
    with pytest.raises(access.NotVisible):
        access.require(leader, "step.reassign", foreign)


def test_group_legs_name_division_where_the_position_has_one(province: Province) -> None:
    head, clerk = province("head"), province("clerk")
    divisions = {division.id for division in agencies.divisions(head.agency_id)}
    assert access.group_legs(clerk) == [(clerk.agency_id, "clerk", None)]
    assert {leg[2] for leg in access.group_legs(head)} == divisions
    assert all(head.acts_as("head", head.agency_id, division_id) for division_id in divisions)
    assert not head.acts_as("head", province("head2").agency_id)


def test_holders_are_those_valid_today(province: Province) -> None:
    commune = province("clerk").agency_id
    kt = next(division.id for division in agencies.divisions(commune) if division.code == "kt")
    assert [person.login for person in directory.holders(commune, "clerk")] == ["clerk", "clerk_b"]
    assert [person.login for person in directory.holders(commune, "head", kt)] == ["head"]
    assert [person.login for person in directory.holders(commune, "leader", kt)] == ["leader"]
    with transaction():
        clerk = directory.by_login("clerk")
        assert clerk is not None
        clerk.is_active = False
        (held,) = directory.get_person(province("clerk_b").person_id).positions
        held.valid_from, held.valid_to = clock.today() - timedelta(days=9), clock.today() - timedelta(days=1)
    assert directory.holders(commune, "clerk") == []


def test_refusal_is_journalled_where_the_actor_works(province: Province) -> None:
    clerk, foreign = province("clerk"), province("clerk2").agency_id
    with transaction():
        access.record_refusal(access.NotVisible(foreign), what="/steps/1", by=clerk)
    entry = queries.page(clerk.agency_id).items[0]
    assert (entry.kind, entry.facts) == ("access.refused", {"target_agency_id": str(foreign), "what": "/steps/1"})
    assert entry.actor == {
        "login": "clerk",
        "name": "Nguyễn Thị Thu Hà",
        "title": "Công chức tiếp nhận và trả kết quả",
        "address": "127.0.0.1",
    }


def test_permission_table_names_only_known_roles() -> None:
    assert {role for roles in policy.PERMISSIONS.values() for role in roles} <= set(ROLES)
    assert list(policy.PERMISSIONS) == sorted(policy.PERMISSIONS)


def test_permission_table_as_published() -> None:
    lines = policy.as_csv().splitlines()
    assert lines[0] == "permission,clerk,officer,head,leader,deputy,registrar,secretary,archivist,accountant,inspector,admin"
    assert "dossier.open,yes,no,no,no,no,no,no,no,no,no,no" in lines
    assert "step.reassign,no,no,yes,yes,yes,no,no,no,no,no,yes" in lines
    assert len(lines) == len(policy.PERMISSIONS) + 1


def test_undeclared_permission_is_an_error(province: Province) -> None:
    with pytest.raises(LookupError):
        policy.allows(province("admin"), "step.complet")


def test_policy_refuses_in_words(province: Province) -> None:
    policy.require(province("clerk"), "dossier.open")
    with pytest.raises(NotAllowed, match="không có quyền"):
        policy.require(province("leader"), "dossier.open")


@pytest.mark.parametrize(
    ("login", "permission", "codes"),
    [
        ("admin", "calendar.change", ["H31", "H31.10", "H31.12.15", "H31.12.8"]),
        ("inspector", "journal.read", ["H31", "H31.10", "H31.12.15", "H31.12.8"]),
        ("inspector", "person.change", []),
        ("secretary", "service.change", ["H31.12.8"]),
        ("clerk", "service.read", ["H31.12.8"]),
        ("clerk", "calendar.change", []),
    ],
)
def test_agencies_with_a_permission(province: Province, login: str, permission: str, codes: list[str]) -> None:
    assert [agency.code for agency in access.agencies_with(province(login), permission)] == codes
