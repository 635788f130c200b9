"""The leader's board: what is open, what runs late, where it lies, what waits for the citizen."""

from dataclasses import replace

import pytest

from engine.reports import dashboard
from engine.reports.dashboard import Group
from tests.dossiers.conftest import Counter, make_owner


def shown(counter: Counter) -> list[tuple[str, bool, str, str, bool]]:
    """The dossiers at risk: owner, whether late, step, holder, whether the step is late."""
    agency_id = counter.actor("leader").agency_id
    return [(r.dossier.owner["full_name"], r.is_late, r.step, r.holder, r.is_step_late) for r in dashboard.at_risk([agency_id])]


def test_a_backlog_adds_up_every_way(counter: Counter) -> None:
    agency_id = counter.actor("leader").agency_id
    for days in (0, 7, 8, 40):
        counter.clock.freeze("2026-11-18T08:00")
        counter.clock.advance(days=days)
        counter.open()
    found = dashboard.backlog([agency_id])
    assert found.ages == [Group("0", 1, 0), Group("1", 0, 0), Group("2", 0, 0), Group("3", 3, 3)]
    for groups in (found.ages, found.units, found.fields):
        assert (sum(group.count for group in groups), sum(group.late for group in groups)) == (4, 3)
    assert (found.total, [group.count for group in found.officers]) == (Group("", 4, 3), [4])


@pytest.mark.parametrize(
    ("days", "found"),
    [
        pytest.param(0, [], id="far off"),
        pytest.param(3, [(False, True)], id="soon due"),
        pytest.param(6, [(True, True)], id="late"),
    ],
)
def test_a_dossier_is_at_risk_from_three_days_before(counter: Counter, days: int, found: list[tuple[bool, bool]]) -> None:
    counter.open()
    counter.clock.advance(days=days)
    assert [(is_late, is_step_late) for _, is_late, _, _, is_step_late in shown(counter)] == found


def test_a_risk_names_the_step_and_its_holder_the_most_urgent_first(counter: Counter) -> None:
    first, second = counter.open(), counter.open(owner=make_owner(full_name="Trần Văn Khai"))
    counter.do(second, "hand_over", "clerk")
    counter.clock.advance(days=6)
    holders = [(owner, step, holder) for owner, _, step, holder, _ in shown(counter)]
    assert [owner for owner, _, _ in holders] == [first.owner["full_name"], "Trần Văn Khai"]
    assert all(step and not holder for _, step, holder in holders)


def test_a_paused_dossier_is_listed_as_paused_and_not_at_risk(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    counter.do(dossier, "process", "officer", decision="supplement", content="Tờ khai", reason="Thiếu chữ ký", guidance="Ký lại")
    agency_id = counter.actor("leader").agency_id
    counter.clock.advance(days=9)
    assert ([one.code for one in dashboard.paused([agency_id])], shown(counter)) == ([dossier.code], [])


def test_another_agency_sees_nothing_of_it(counter: Counter) -> None:
    counter.open()
    other = [counter.actor("leader2").agency_id]
    counter.clock.advance(days=9)
    empty = Group("", 0, 0)
    found = dashboard.backlog(other)
    assert (found.total, list(found.units), dashboard.at_risk(other), dashboard.paused(other)) == (empty, [], [], [])
    assert [replace(group, name="") for group in found.ages] == [empty] * 4
