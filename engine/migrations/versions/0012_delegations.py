"""Delegations: who acts for whom, when, within what scope, and which steps are done so."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_DELEGATED = sa.text("state = 'open' AND delegation_id IS NOT NULL")
_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"
_PEOPLE = ("giver_id", "delegate_id", "created_by_id", "withdrawn_by_id")
#: The public service of a case opened before: that of its dossier.
_SERVICE = """
UPDATE "case" SET service_code = (
  SELECT public_service.code FROM dossier JOIN public_service ON public_service.id = dossier.service_id
  WHERE dossier.case_id = "case".id)
WHERE EXISTS (SELECT 1 FROM dossier WHERE dossier.case_id = "case".id)
"""


def upgrade() -> None:
    op.create_table(
        "delegation",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("position_id", sa.Uuid(), nullable=False),
        sa.Column("giver_id", sa.Uuid(), nullable=False),
        sa.Column("delegate_id", sa.Uuid(), nullable=False),
        sa.Column("roles", sa.JSON(), nullable=False),
        sa.Column("procedures", sa.JSON(), nullable=False),
        sa.Column("services", sa.JSON(), nullable=False),
        sa.Column("signing", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("basis_number", sa.Text(), nullable=False),
        sa.Column("basis_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by_id", sa.Uuid(), nullable=True),
        sa.Column("withdraw_reason", sa.Text(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_delegation_agency_id")),
        sa.ForeignKeyConstraint(["position_id"], ["position.id"], name=op.f("fk_delegation_position_id")),
        *(sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_delegation_{name}")) for name in _PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    for name, first in (("delegate", "delegate_id"), ("giver", "giver_id"), ("agency", "agency_id")):
        op.create_index(f"ix_delegation_{name}", "delegation", [first, "starts_at", "id"])
    op.add_column("position", sa.Column("collective", sa.Text(), nullable=True))
    op.add_column("case", sa.Column("service_code", sa.Text(), nullable=True))
    op.add_column("step", sa.Column("delegation_id", sa.Uuid(), nullable=True))
    op.create_index("ix_step_delegation", "step", ["delegation_id"], sqlite_where=_DELEGATED, postgresql_where=_DELEGATED)
    op.execute(_SERVICE)
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        op.execute("ALTER TABLE delegation ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE delegation FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON delegation USING ({condition}) WITH CHECK ({condition})")
