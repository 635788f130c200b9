"""Delegations, in and out."""

from typing import Any

from marshmallow import fields

from engine.people import delegation_queries
from engine.people.acting import SIGNINGS
from engine.people.actors import ROLES
from engine.people.delegation_models import Delegation
from web.api.fields import Choice, Day, Id, Moment, Part, Rows, Text
from web.api.schemas.shape import In, Out, PageIn, PageOut
from web.api.schemas.steps import Holder


class DelegationQuery(PageIn):
    """Which delegations; ``agency`` counts only with the scope of the same name."""

    scope = Choice(["received", "given", "agency"], load_default="received")
    agency = Id(load_default=None, metadata={"description": "Mã định danh (UUID) cơ quan; mặc định là cơ quan của người gọi."})


class DelegationIn(In):
    """What is delegated. Days are included; no procedures and no services: all work of the roles."""

    position_id = Id(required=True)
    delegate = Text(longest=100, shortest=1, required=True, metadata={"description": "Mã hoặc tên đăng nhập người làm thay."})
    roles = Rows(Choice(ROLES), load_default=list)
    starts_on = Day(required=True)
    ends_on = Day(required=True)
    signing = Choice(["", *SIGNINGS], load_default="")
    procedures = Rows(Text(longest=100, shortest=1), load_default=list)
    services = Rows(Text(longest=100, shortest=1), load_default=list)
    basis_number = Text(longest=100, load_default="")
    basis_on = Day(load_default=None, allow_none=True)
    reason = Text(longest=500, load_default="")


class WithdrawIn(In):
    """Why it ends before its day."""

    reason = Text(longest=500, load_default="")


class DelegationOut(Out):
    """Who acts for whom, in which roles, for what, when, signing how. ``state``: coming, in_force, over or withdrawn."""

    id = fields.UUID()
    agency_id = fields.UUID()
    position_id = fields.UUID()
    title = fields.String()
    giver = Part(Holder)
    delegate = Part(Holder)
    roles = Rows(fields.String())
    procedures = Rows(fields.String())
    services = Rows(fields.String())
    signing = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()
    starts_at = Moment()
    ends_at = Moment()
    basis_number = fields.String()
    basis_on = fields.Date(allow_none=True)
    reason = fields.String()
    state = fields.String()
    created_at = Moment()
    withdrawn_at = Moment(allow_none=True)
    withdraw_reason = fields.String(allow_none=True)


class DelegationPage(PageOut):
    """A page of delegations, those that begin last first."""

    items = Rows(Part(DelegationOut))


def delegation_out(delegation: Delegation) -> dict[str, Any]:
    """One delegation."""
    names = ["id", "agency_id", "position_id", "giver", "delegate", "roles", "procedures", "services", "signing", "starts_at"]
    names += ["ends_at", "basis_number", "basis_on", "reason", "created_at", "withdrawn_at", "withdraw_reason"]
    days = {"starts_on": delegation_queries.first_day(delegation), "ends_on": delegation_queries.last_day(delegation)}
    state = delegation_queries.state_of(delegation)
    return {**{name: getattr(delegation, name) for name in names}, **days, "title": delegation.position.title, "state": state}
