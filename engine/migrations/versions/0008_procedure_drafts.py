"""Drafts of procedures; revisions that wait for their date; procedures that take no new cases."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.add_column("procedure", sa.Column("state", sa.Text(), nullable=False, server_default="open"))
    op.add_column("procedure_revision", sa.Column("effective_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("procedure_revision", sa.Column("approval_case_id", sa.Uuid(), nullable=True))
    op.create_table(
        "procedure_draft",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("base_revision_id", sa.Uuid(), nullable=True),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by_id", sa.Uuid(), nullable=True),
        sa.Column("editor_id", sa.Uuid(), nullable=True),
        sa.Column("editor_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approval_case_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_procedure_draft_agency_id")),
        sa.ForeignKeyConstraint(
            ["base_revision_id"], ["procedure_revision.id"], name=op.f("fk_procedure_draft_base_revision_id")
        ),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_procedure_draft_changed_by_id")),
        sa.ForeignKeyConstraint(["editor_id"], ["person.id"], name=op.f("fk_procedure_draft_editor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_procedure_draft")),
    )
    op.create_index("ix_procedure_draft_agency_id", "procedure_draft", ["agency_id", "state", "changed_at"])
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        op.execute("ALTER TABLE procedure_draft ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE procedure_draft FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON procedure_draft USING ({condition}) WITH CHECK ({condition})")
