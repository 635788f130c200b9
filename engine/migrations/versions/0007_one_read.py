"""What a step needs in one read: a case knows where it was before, an agency knows its working calendar."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_AGENCY = sa.table(
    "agency",
    sa.column("id", sa.Uuid()),
    sa.column("path"),
    sa.column("parent_id", sa.Uuid()),
    sa.column("calendar_version_id", sa.Uuid()),
)
_VERSION = sa.table("calendar_version", sa.column("id", sa.Uuid()), sa.column("agency_id", sa.Uuid()), sa.column("number"))
_CASE = sa.table("case", sa.column("id", sa.Uuid()), sa.column("visits", sa.JSON()), sa.column("state"))
_STEP = sa.table(
    "step",
    sa.column("case_id", sa.Uuid()),
    sa.column("element"),
    sa.column("visit"),
    sa.column("state"),
    sa.column("closed_by_id", sa.Uuid()),
    sa.column("assignee_id", sa.Uuid()),
    sa.column("opened_at"),
)


def upgrade() -> None:
    op.add_column("case", sa.Column("visits", sa.JSON(), nullable=True))
    op.add_column("agency", sa.Column("calendar_version_id", sa.Uuid(), nullable=True))
    _fill_calendars(op.get_bind())
    _fill_visits(op.get_bind())


def _fill_calendars(bind: sa.Connection) -> None:
    """The agency's own newest version, else the parent's, from the root down."""
    newest: dict[Any, Any] = {}
    for version_id, agency_id in bind.execute(sa.select(_VERSION.c.id, _VERSION.c.agency_id).order_by(_VERSION.c.number)):
        newest[agency_id] = version_id
    in_force: dict[Any, Any] = {}
    tree = sa.select(_AGENCY.c.id, _AGENCY.c.parent_id).order_by(sa.func.length(_AGENCY.c.path))
    for agency_id, parent_id in bind.execute(tree).all():
        in_force[agency_id] = newest.get(agency_id) or in_force.get(parent_id)
        bind.execute(sa.update(_AGENCY).where(_AGENCY.c.id == agency_id).values(calendar_version_id=in_force[agency_id]))


def _fill_visits(bind: sa.Connection) -> None:
    """Of the cases that can still move."""
    moving = sa.select(_CASE.c.id).where(_CASE.c.state.not_in(("completed", "stopped")))
    columns = (_STEP.c.case_id, _STEP.c.element, _STEP.c.visit, _STEP.c.state, _STEP.c.closed_by_id, _STEP.c.assignee_id)
    visits: dict[Any, dict[str, Any]] = {}
    for case_id, element, visit, state, closed_by, assignee in bind.execute(
        sa.select(*columns).where(_STEP.c.case_id.in_(moving)).order_by(_STEP.c.opened_at, _STEP.c.visit)
    ):
        person = closed_by if state in ("completed", "returned") else assignee
        visits.setdefault(case_id, {})[element] = [visit, str(person) if person else None]
    for case_id, known in visits.items():
        bind.execute(sa.update(_CASE).where(_CASE.c.id == case_id).values(visits=known))
