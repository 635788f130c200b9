"""Plays of drafts."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.create_table(
        "procedure_play",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("acts", sa.JSON(), nullable=False),
        sa.Column("now_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_procedure_play_agency_id")),
        sa.ForeignKeyConstraint(["draft_id"], ["procedure_draft.id"], name=op.f("fk_procedure_play_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_procedure_play_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_play")),
        sa.UniqueConstraint("draft_id", "person_id", name=op.f("uq_procedure_play_draft_id_person_id")),
    )
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        op.execute("ALTER TABLE procedure_play ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE procedure_play FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON procedure_play USING ({condition}) WITH CHECK ({condition})")
