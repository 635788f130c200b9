"""Delegations for tests: what a leader's absence usually looks like, any part of it otherwise."""

from datetime import date
from typing import Any

from engine.people import delegations, directory
from engine.people.actors import Actor
from engine.people.delegation_models import Delegation
from engine.people.delegations import Wish
from engine.transaction import transaction

#: One to five December.
FIRST, LAST = date(2026, 12, 1), date(2026, 12, 5)


def make_wish(giver: str = "leader", delegate: str = "deputy", **other: Any) -> Wish:
    """What ``giver`` delegates of their first position: the leader to the deputy, who signs KT., unless it says otherwise."""
    holder, person = directory.by_login(giver), directory.by_login(delegate)
    assert holder is not None
    assert person is not None
    position = holder.positions[0]
    is_signed = "leader" in position.roles
    usual: dict[str, Any] = {
        "position_id": position.id,
        "delegate_id": person.id,
        "roles": frozenset(position.roles),
        "starts_on": FIRST,
        "ends_on": LAST,
        "signing": "KT." if is_signed else "",
        "basis_number": "15/QĐ-UBND" if is_signed else "",
        "basis_on": date(2026, 11, 17) if is_signed else None,
        "reason": "Đi công tác",
    }
    return Wish(**{**usual, **other})


def give(giver: str = "leader", delegate: str = "deputy", *, by: Actor | None = None, **other: Any) -> Delegation:
    """Make the delegation, in a transaction of its own."""
    with transaction():
        return delegations.give(make_wish(giver, delegate, **other), by=by)
