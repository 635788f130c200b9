"""Each request of a person who signed in reads behind the database's fence; what the fence hid is refused by name (R43)."""

import uuid
from typing import Any

import sqlalchemy as sa
from flask import Flask, request

from engine import fence
from engine.cases.models import Attachment, Case, Incident, Step, Timer
from engine.dossiers.models import Dossier, Slip
from engine.errors import EngineError, NotFound
from engine.people import access, reach
from engine.people.actors import Actor
from engine.people.delegation_models import Delegation
from engine.people.models import Person
from engine.transaction import session
from web.database import database

#: The word of an address or a form → the table its number belongs to.
_TABLES: dict[str, tuple[Any, Any]] = {
    "step_id": (Step.id, Step.agency_id),
    "case_id": (Case.id, Case.agency_id),
    "slip_id": (Slip.id, Slip.agency_id),
    "attachment_id": (Attachment.id, Attachment.agency_id),
    "file_id": (Attachment.id, Attachment.agency_id),
    "person_id": (Person.id, Person.agency_id),
    "delegation_id": (Delegation.id, Delegation.agency_id),
    "incident_id": (Incident.id, Incident.agency_id),
    "timer_id": (Timer.id, Timer.agency_id),
}


def install(app: Flask) -> None:
    """Keep the fence in every transaction of a request, and no longer than the request."""
    fence.watch(database.session)
    app.teardown_request(lambda _error: fence.take_down())


def fence_in(actor: Actor) -> None:
    """From here on this request reaches the rows of the actor's agencies and of those above them."""
    fence.put_up(reach.of(actor))


def told_apart(refusal: EngineError) -> EngineError:
    """``NotVisible`` where the row exists and the fence hid it, so that it is answered and journalled as without a fence."""
    if not fence.is_up() or not isinstance(refusal, NotFound) or isinstance(refusal, access.NotVisible):
        return refusal
    agency_id = _owner()
    return access.NotVisible(agency_id) if agency_id is not None else refusal


def _owner() -> uuid.UUID | None:
    given = {**request.form, **(request.view_args or {})}
    with fence.lowered():
        for name, (key, owner) in _TABLES.items():
            wanted = _identifier(given.get(name))
            found: uuid.UUID | None = session().scalar(sa.select(owner).where(key == wanted)) if wanted else None
            if found is not None:
                return found
        if "code" in given and (request.blueprint or "").endswith("dossiers"):
            return session().scalar(sa.select(Dossier.agency_id).where(Dossier.code == str(given["code"])))
    return None


def _identifier(value: Any) -> uuid.UUID | None:
    if isinstance(value, uuid.UUID) or value is None:
        return value
    try:
        return uuid.UUID(str(value))
    except ValueError:
        return None
