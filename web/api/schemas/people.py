"""Colleagues."""

from typing import Any

from marshmallow import fields

from engine.people import actors
from engine.people.actors import capacities_of
from engine.people.models import Person
from web.api.fields import Choice, Part, Rows
from web.api.schemas.shape import In, Out


class PeopleQuery(In):
    """Which colleagues."""

    role = Choice(["", *actors.ROLES], load_default="")


class CapacityOut(Out):
    """A position held today."""

    agency_id = fields.UUID()
    division_id = fields.UUID(allow_none=True)
    title = fields.String()
    roles = Rows(fields.String())


class PersonOut(Out):
    """Somebody of the caller's agency: the id is what ``reassign`` and person questions take."""

    id = fields.UUID()
    login = fields.String()
    full_name = fields.String()
    positions = Rows(Part(CapacityOut))


class PeopleList(Out):
    """People by account name."""

    items = Rows(Part(PersonOut))


def person_out(person: Person) -> dict[str, Any]:
    """One person with the positions of today."""
    held = [{**vars(capacity), "roles": sorted(capacity.roles)} for capacity in capacities_of(person)]
    return {"id": person.id, "login": person.login, "full_name": person.full_name, "positions": held}
