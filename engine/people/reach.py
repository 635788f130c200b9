"""Which agencies' rows the database may hand to somebody: a little more than they may see (``access`` decides that)."""

import uuid

import sqlalchemy as sa

from engine.people import agencies
from engine.people.access import DOWNWARD_ROLES
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.transaction import session


def of(actor: Actor) -> frozenset[uuid.UUID]:
    """The home agency, those of the positions held, everything below an inspector's or administrator's, and all above these.

    Above, because procedures, public services, forms and calendars are inherited from there. Agencies that have ended count.
    """
    held = {actor.agency_id, *(capacity.agency_id for capacity in actor.capacities)}
    downward = {c.agency_id for c in actor.capacities if c.roles & DOWNWARD_ROLES}
    above = {ancestor for agency_id in held for ancestor in agencies.chain(agency_id)}
    return frozenset(above.union(*(_below(agency_id) for agency_id in downward)))


def _below(agency_id: uuid.UUID) -> list[uuid.UUID]:
    return list(session().scalars(sa.select(Agency.id).where(Agency.path.startswith(agencies.get(agency_id).path))))
