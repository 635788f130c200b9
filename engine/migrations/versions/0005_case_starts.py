"""Cases that speak to each other and cases opened by the clock: messages between cases, timers of start events."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.create_table(
        "case_message",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("correlation", sa.Text(), nullable=True),
        sa.Column("source_case_id", sa.Uuid(), nullable=True),
        sa.Column("element", sa.Text(), nullable=True),
        sa.Column("sent_by_id", sa.Uuid(), nullable=True),
        sa.Column("target_case_id", sa.Uuid(), nullable=True),
        sa.Column("start_revision_id", sa.Uuid(), nullable=True),
        sa.Column("start_element", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_message_agency_id")),
        sa.ForeignKeyConstraint(["source_case_id"], ["case.id"], name=op.f("fk_case_message_source_case_id")),
        sa.ForeignKeyConstraint(["sent_by_id"], ["person.id"], name=op.f("fk_case_message_sent_by_id")),
        sa.ForeignKeyConstraint(["target_case_id"], ["case.id"], name=op.f("fk_case_message_target_case_id")),
        sa.ForeignKeyConstraint(["start_revision_id"], ["procedure_revision.id"], name=op.f("fk_case_message_start_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_message")),
    )
    op.create_index("ix_case_message_source", "case_message", ["source_case_id"])
    op.create_index("ix_case_message_target", "case_message", ["target_case_id"])
    op.create_index("ix_case_message_waiting", "case_message", ["at", "id"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "start_timer",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.Column("element", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_case_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_start_timer_agency_id")),
        sa.ForeignKeyConstraint(["revision_id"], ["procedure_revision.id"], name=op.f("fk_start_timer_revision_id")),
        sa.ForeignKeyConstraint(["last_case_id"], ["case.id"], name=op.f("fk_start_timer_last_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_start_timer")),
        sa.UniqueConstraint("revision_id", "element", name=op.f("uq_start_timer_revision_id_element")),
    )
    op.create_index("ix_start_timer_waiting", "start_timer", ["due_at", "id"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    if op.get_bind().dialect.name == "postgresql":
        for table in ("case_message", "start_timer"):
            _fence(table)


def _fence(table: str) -> None:
    condition = f"{_OPEN} OR {_INSIDE}"
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY agency_fence ON {table} USING ({condition}) WITH CHECK ({condition})")
