"""What moves or stops the legal clock: extensions, opinions asked, payments owed, decisions on a changed calendar."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_UNFINISHED = sa.text("finished_at IS NULL AND due_at IS NOT NULL")
_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"
_TABLES = ("dossier_extension", "dossier_consultation", "dossier_payment", "dossier_calendar_decision")


def upgrade() -> None:
    op.create_table(
        "dossier_extension",
        *_of_case("dossier_extension"),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("from_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("slip_id", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["slip_id"], ["slip.id"], name=op.f("fk_dossier_extension_slip_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_dossier_extension_decided_by_id")),
        sa.UniqueConstraint("case_id", "number", name=op.f("uq_dossier_extension_case_id_number")),
    )
    op.create_table(
        "dossier_consultation",
        *_of_case("dossier_consultation"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_silence_agreement", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["asked_by_id"], ["person.id"], name=op.f("fk_dossier_consultation_asked_by_id")),
    )
    op.create_index("ix_dossier_consultation_case", "dossier_consultation", ["case_id", "asked_at"])
    op.create_table(
        "dossier_payment",
        *_of_case("dossier_payment"),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("slip_id", sa.Uuid(), nullable=False),
        sa.Column("notified_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("paid_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["slip_id"], ["slip.id"], name=op.f("fk_dossier_payment_slip_id")),
    )
    op.create_index("ix_dossier_payment_case", "dossier_payment", ["case_id", "notified_at"])
    op.create_table(
        "dossier_calendar_decision",
        *_of_case("dossier_calendar_decision"),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.Column("before_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["calendar_version.id"], name=op.f("fk_dossier_calendar_decision_version_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_dossier_calendar_decision_decided_by_id")),
        sa.UniqueConstraint("case_id", "version_id", name=op.f("uq_dossier_calendar_decision_case_id_version_id")),
    )
    unfinished = {"sqlite_where": _UNFINISHED, "postgresql_where": _UNFINISHED}
    op.create_index("ix_dossier_unfinished", "dossier", ["agency_id", "due_at", "case_id"], **unfinished)
    if op.get_bind().dialect.name == "postgresql":
        _fence()


def _of_case(table: str) -> list[sa.schema.SchemaItem]:
    """The columns every one of these tables has."""
    return [
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("case_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f(f"fk_{table}_agency_id")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f(f"fk_{table}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _fence() -> None:
    condition = f"{_OPEN} OR {_INSIDE}"
    for table in _TABLES:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON {table} USING ({condition}) WITH CHECK ({condition})")
