"""Approvals of procedure drafts and controlled documents: what a case decides on, in which step a signature was given."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.create_table(
        "case_subject",
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("bound_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_case_subject_case_id")),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_case_subject_agency_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_subject")),
    )
    op.create_index("ix_case_subject_kind_subject_id", "case_subject", ["kind", "subject_id", "bound_at"])
    op.create_index("ix_procedure_revision_approval_case_id", "procedure_revision", ["approval_case_id"])
    for name in ("case_id", "step_id", "on_behalf_of_id"):
        op.add_column("signature", sa.Column(name, sa.Uuid(), nullable=True))
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        op.execute("ALTER TABLE case_subject ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE case_subject FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON case_subject USING ({condition}) WITH CHECK ({condition})")
