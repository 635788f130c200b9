"""What leaves the machine: systems that are told, whom a message is for, and times in which nothing leaves."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), agency_id::text) > 0"


def upgrade() -> None:
    op.create_table(
        "webhook",
        sa.Column("agency_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("receiver", sa.Text(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("key_number", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("told_number", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["agency_id"], ["agency.id"], name=op.f("fk_webhook_agency_id")),
        sa.ForeignKeyConstraint(["created_by_id"], ["person.id"], name=op.f("fk_webhook_created_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    with op.batch_alter_table("webhook") as batch_op:
        batch_op.create_index(batch_op.f("ix_webhook_agency_id"), ["agency_id"], unique=False)
    op.create_table(
        "outbox_pause",
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("began_by_id", sa.Uuid(), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["began_by_id"], ["person.id"], name=op.f("fk_outbox_pause_began_by_id")),
        sa.ForeignKeyConstraint(["ended_by_id"], ["person.id"], name=op.f("fk_outbox_pause_ended_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_pause")),
    )
    _change_messages()
    if op.get_bind().dialect.name == "postgresql":
        condition = f"{_OPEN} OR {_INSIDE}"
        op.execute("ALTER TABLE webhook ENABLE ROW LEVEL SECURITY")
        op.execute("ALTER TABLE webhook FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY agency_fence ON webhook USING ({condition}) WITH CHECK ({condition})")


def _change_messages() -> None:
    with op.batch_alter_table("outbox_message") as batch_op:
        batch_op.add_column(sa.Column("webhook_id", sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f("fk_outbox_message_webhook_id"), "webhook", ["webhook_id"], ["id"])
        batch_op.create_index("ix_outbox_message_list", ["agency_id", "state", "id"], unique=False)
        batch_op.create_index(
            "ix_outbox_message_dead",
            ["id"],
            unique=False,
            sqlite_where=sa.text("state = 'dead'"),
            postgresql_where=sa.text("state = 'dead'"),
        )
