"""Cases brought to another revision: the recorded acts, and each case with how it stood before."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.create_table(
        "migration_act",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("to_revision_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_migration_act_agency_id")),
        sa.ForeignKeyConstraint(["to_revision_id"], ["procedure_revision.id"], name=op.f("fk_migration_act_to_revision_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_migration_act_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migration_act")),
        sa.UniqueConstraint("agency_id", "year", "number", name=op.f("uq_migration_act_agency_id_year_number")),
    )
    op.create_index(op.f("ix_migration_act_to_revision_id"), "migration_act", ["to_revision_id"])
    op.create_table(
        "migrated_case",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("act_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("from_revision_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_migrated_case_agency_id")),
        sa.ForeignKeyConstraint(["act_id"], ["migration_act.id"], name=op.f("fk_migrated_case_act_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_migrated_case_case_id")),
        sa.ForeignKeyConstraint(["from_revision_id"], ["procedure_revision.id"], name=op.f("fk_migrated_case_from_revision_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_migrated_case")),
        sa.UniqueConstraint("act_id", "case_id", name=op.f("uq_migrated_case_act_id_case_id")),
    )
    op.create_index("ix_migrated_case_case", "migrated_case", ["case_id"])
    op.create_index("ix_migrated_case_waiting", "migrated_case", ["id"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        for table in ("migration_act", "migrated_case"):
            op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
            op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            op.execute(f"CREATE POLICY agency_fence ON {table} USING ({condition}) WITH CHECK ({condition})")
