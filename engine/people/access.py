"""Which agencies and groups an actor reaches: the one predicate behind every query (R43)."""

import uuid

import sqlalchemy as sa

from engine.errors import NotAllowed, NotFound
from engine.journal import entries
from engine.people import agencies, policy
from engine.people.actors import Actor
from engine.people.models import Agency
from engine.transaction import session

#: These roles reach every agency below the one they are held in.
DOWNWARD_ROLES = frozenset({"inspector", "admin"})


class NotVisible(NotFound):
    """It exists in an agency the actor does not reach: told apart only in the journal. See ``record_refusal``."""

    def __init__(self, agency_id: uuid.UUID) -> None:
        super().__init__("Không tìm thấy, hoặc anh/chị không có quyền xem. Kiểm tra lại địa chỉ hoặc mã.")
        self.agency_id = agency_id


def visible_agencies(actor: Actor) -> frozenset[uuid.UUID]:
    """The agencies whose rows the actor may see: those of the positions held; everything below for inspector and admin."""
    reached = {capacity.agency_id for capacity in actor.capacities}
    for agency_id in _held_downward(actor):
        reached.update(agencies.subtree(agency_id))
    return frozenset(reached)


def require_visible(actor: Actor, agency_id: uuid.UUID) -> None:
    """Refuse (``NotVisible``, read as ``NotFound``) where the agency's rows are not the actor's to see."""
    own = any(capacity.agency_id == agency_id for capacity in actor.capacities)
    if not own and not _held_downward(actor) & set(agencies.chain(agency_id)):
        raise NotVisible(agency_id)


def roles_in(actor: Actor, agency_id: uuid.UUID) -> frozenset[str]:
    """The roles the actor has in this agency: those held there, and inspector and admin held above."""
    own = {role for capacity in actor.capacities if capacity.agency_id == agency_id for role in capacity.roles}
    if DOWNWARD_ROLES & actor.roles:
        above = set(agencies.chain(agency_id))
        own |= {role for c in actor.capacities if c.agency_id in above for role in c.roles & DOWNWARD_ROLES}
    return frozenset(own)


def may(actor: Actor, permission: str, agency_id: uuid.UUID) -> bool:
    """Whether the actor has the permission in this very agency."""
    return bool(policy.PERMISSIONS[permission] & roles_in(actor, agency_id))


def require(actor: Actor, permission: str, agency_id: uuid.UUID) -> None:
    """Refuse what is not visible (``NotVisible``) and what is visible but not permitted there (``NotAllowed``)."""
    require_visible(actor, agency_id)
    if not may(actor, permission, agency_id):
        raise NotAllowed("Anh/chị không có quyền làm việc này ở cơ quan này. Liên hệ quản trị viên nếu cần được cấp quyền.")


def agencies_with(actor: Actor, permission: str) -> list[Agency]:
    """The agencies in which the actor has the permission, by code: what a page offers to choose from."""
    wanted = policy.PERMISSIONS[permission]
    own = {c.agency_id for c in actor.capacities if c.roles & wanted}
    above = {c.agency_id for c in actor.capacities if c.roles & wanted & DOWNWARD_ROLES}
    reached = own.union(*(agencies.subtree(agency_id) for agency_id in above))
    return list(session().scalars(sa.select(Agency).where(Agency.id.in_(reached)).order_by(Agency.code)))


def group_legs(actor: Actor) -> list[tuple[uuid.UUID, str, uuid.UUID | None]]:
    """The groups whose work the actor sees: (agency, role, division), division None meaning every division. Sorted."""
    legs = {(c.agency_id, role, c.division_id) for c in actor.capacities for role in c.roles}
    return sorted(legs, key=lambda leg: (leg[0], leg[1], str(leg[2] or "")))


def record_refusal(refusal: NotVisible, *, what: str, by: Actor) -> None:
    """Record, in a transaction of its own, that ``by`` reached for another agency's row (``what``: the path asked for)."""
    entries.append("access.refused", agency_id=by.agency_id, by=by, target_agency_id=refusal.agency_id, what=what[:300])


def _held_downward(actor: Actor) -> set[uuid.UUID]:
    return {capacity.agency_id for capacity in actor.capacities if capacity.roles & DOWNWARD_ROLES}
