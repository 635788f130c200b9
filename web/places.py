"""Which agency an administrator's page is about: the one named in its address, else the reader's own."""

from flask import Flask, request

from engine.people import access, agencies
from engine.people.models import Agency
from web import guard, typed

FIELD = "agency"


def chosen(permission: str) -> Agency:
    """The agency of ``?agency=CODE`` or of the form sent, else the reader's own, else the first one they may choose.

    Refuses (404, 403) one where the reader lacks ``permission``. A form that comes back after signing in again keeps its agency.
    """
    actor = guard.current_actor()
    code = request.values.get(FIELD) or typed.again().get(FIELD)
    if code:
        agency = agencies.by_code(code)
        access.require(actor, permission, agency.id)
        return agency
    offered = access.agencies_with(actor, permission)
    home = next((agency for agency in offered if agency.id == actor.agency_id), None)
    return home or (offered[0] if offered else agencies.get(actor.agency_id))


def offered(permission: str) -> list[tuple[str, str]]:
    """(code, name) of the agencies to choose from."""
    return [(agency.code, agency.name) for agency in access.agencies_with(guard.current_actor(), permission)]


def install(app: Flask) -> None:
    """Offer the choice to templates, what the reader may do in one agency, and which positions have not ended."""
    app.jinja_env.globals.update(agencies_offered=offered, may_in=may_in)
    app.jinja_env.filters["standing"] = lambda held, today: [p for p in held if p.valid_to is None or p.valid_to >= today]


def may_in(permission: str, agency: Agency) -> bool:
    """Whether the reader holds ``permission`` in this very agency: for buttons."""
    return access.may(guard.current_actor(), permission, agency.id)
