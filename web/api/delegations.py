"""``/delegations``: who acts for whom; giving and withdrawing."""

import uuid
from typing import Any

from flask import url_for

from engine.cases import delegation_ends
from engine.errors import AnswersRejected
from engine.people import access, delegation_queries, directory
from engine.people.delegations import Wish
from engine.people.models import Position
from web import delegation_view, guard
from web.api import doors, named_people
from web.api.blueprint import Blueprint
from web.api.schemas.delegations import (
    DelegationIn,
    DelegationOut,
    DelegationPage,
    DelegationQuery,
    WithdrawIn,
    delegation_out,
)

bp = Blueprint("delegations", __name__, path="/delegations", description="Ủy quyền: ai làm thay ai, khi nào, việc nào.")

#: Field of the engine → what it is called here.
_SENT = {"delegate_id": "delegate"}


@bp.get("")
@guard.requires("delegation.read")
@bp.arguments(DelegationQuery, location="query")
@bp.response(200, DelegationPage)
def listing(asked: dict[str, Any]) -> dict[str, Any]:
    """Ủy quyền người gọi nhận (`received`), đã giao (`given`), hoặc của cả cơ quan (`agency`)."""
    actor, place = guard.current_actor(), {"cursor": asked["cursor"] or None, "limit": asked["limit"]}
    if asked["scope"] == "agency":
        page = delegation_queries.of_agency(asked["agency"] or actor.agency_id, for_=actor, **place)
    else:
        read = delegation_queries.given if asked["scope"] == "given" else delegation_queries.received
        page = read(actor.person_id, **place)
    return {"items": [delegation_out(one) for one in page.items], "next_cursor": page.next_cursor}


@bp.get("/<uuid:delegation_id>")
@guard.requires("delegation.read")
@bp.response(200, DelegationOut)
def one(delegation_id: uuid.UUID) -> dict[str, Any]:
    """Một ủy quyền."""
    return delegation_out(delegation_queries.get(delegation_id, for_=guard.current_actor()))


@bp.post("")
@guard.requires("delegation.give")
@doors.acting
@bp.arguments(DelegationIn)
@bp.response(201, DelegationOut)
def create(sent: dict[str, Any]) -> tuple[dict[str, Any], int, dict[str, str]]:
    """Lập ủy quyền cho chức vụ của mình; lãnh đạo, quản trị viên lập thay người vắng mặt."""
    actor = guard.current_actor()
    position = directory.get_position(sent["position_id"])
    access.require_visible(actor, position.agency_id)
    delegation_view.refuse_unknown(position.agency_id, sent["procedures"], sent["services"])
    try:
        made = delegation_ends.give(_wish(sent, position), by=actor)
    except AnswersRejected as refusal:  # the engine takes an id where a program may name the delegate
        raise AnswersRejected({_SENT.get(name, name): said for name, said in refusal.fields.items()}) from None
    return delegation_out(made), 201, {"Location": url_for("api_delegations.one", delegation_id=made.id)}


@bp.post("/<uuid:delegation_id>/withdraw")
@guard.requires("delegation.read")
@doors.acting
@bp.arguments(WithdrawIn)
@bp.response(200, DelegationOut)
def withdraw(sent: dict[str, Any], delegation_id: uuid.UUID) -> dict[str, Any]:
    """Thu hồi ngay; việc đang giữ theo ủy quyền trở về nhóm."""
    actor = guard.current_actor()
    found = delegation_queries.get(delegation_id, for_=actor)
    delegation_ends.withdraw(found, sent["reason"], by=actor)
    return delegation_out(found)


def _wish(sent: dict[str, Any], position: Position) -> Wish:
    rest: dict[str, Any] = {name: frozenset(sent[name]) for name in ("procedures", "services")}
    rest |= {name: sent[name] for name in ("starts_on", "ends_on", "signing", "basis_number", "basis_on", "reason")}
    delegate_id = named_people.person_id(sent["delegate"], "delegate")
    roles = frozenset(sent["roles"] or position.roles)
    return Wish(position_id=position.id, delegate_id=delegate_id, roles=roles, **rest)
