"""What people sign: who, in which meaning, under which exact content."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_STANDING = sa.text("voided_at IS NULL")
_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.create_table(
        "signature",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("meaning", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_signature_agency_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signature_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
    )
    op.create_index(op.f("ix_signature_person_id"), "signature", ["person_id"])
    op.create_index(
        "uq_signature_standing",
        "signature",
        ["subject_id", "person_id"],
        unique=True,
        sqlite_where=_STANDING,
        postgresql_where=_STANDING,
    )
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        op.execute("ALTER TABLE signature ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE signature FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON signature USING ({condition}) WITH CHECK ({condition})")
