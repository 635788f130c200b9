"""The operator desk: what an incident is about and how it was settled, outages of the workers, lists of what stands still."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OPEN = sa.text("state = 'open'")
_PAUSED = sa.text("state = 'paused'")
_FIRED = sa.text("state = 'fired'")
_SUSPENDED = sa.text("state = 'suspended'")
#: Column → what incidents of before get; the default does not stay.
_FILLED = {
    "reference": (sa.Text(), "''"),
    "cause": (sa.Text(), "'model'"),
    "input": (sa.JSON(), "'{}'"),
    "attempts": (sa.Integer(), "1"),
    "last_at": (sa.DateTime(timezone=True), "'2000-01-01 00:00:00.000000'"),
    "resolution": (sa.Text(), "''"),
    "reason": (sa.Text(), "''"),
}


def upgrade() -> None:
    _widen_incidents()
    op.create_table(
        "worker_outage",
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_outage")),
    )
    op.create_index(op.f("ix_worker_outage_ended_at"), "worker_outage", ["ended_at"])
    op.add_column("worker", sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_timer_paused", "timer", ["due_at", "id"], sqlite_where=_PAUSED, postgresql_where=_PAUSED)
    op.create_index("ix_timer_fired", "timer", ["fired_at", "id"], sqlite_where=_FIRED, postgresql_where=_FIRED)
    op.create_index("ix_case_suspended", "case", ["agency_id", "id"], sqlite_where=_SUSPENDED, postgresql_where=_SUSPENDED)


def _widen_incidents() -> None:
    with op.batch_alter_table("incident") as batch:
        for name, (kind, filled) in _FILLED.items():
            batch.add_column(sa.Column(name, kind, nullable=False, server_default=sa.text(filled)))
        batch.add_column(sa.Column("procedure_code", sa.Text(), nullable=True))
        batch.add_column(sa.Column("next_retry_at", sa.DateTime(timezone=True), nullable=True))
        for name in ("person_id", "resolved_by_id"):
            batch.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch.create_foreign_key(batch.f(f"fk_incident_{name}"), "person", [name], ["id"])
    with op.batch_alter_table("incident") as batch:
        for name, (kind, _) in _FILLED.items():
            batch.alter_column(name, existing_type=kind, existing_nullable=False, server_default=None)
    op.execute("UPDATE incident SET last_at = at, reference = upper(substr(replace(CAST(id AS TEXT), '-', ''), 25, 8))")
    op.execute('UPDATE incident SET procedure_code = (SELECT procedure_code FROM "case" WHERE "case".id = incident.case_id)')
    op.create_index("ix_incident_open", "incident", ["agency_id", "reference"], sqlite_where=_OPEN, postgresql_where=_OPEN)
