"""Indexes of the inbox: the holder's steps, the unclaimed ones of a group, all of a group, with what counts ask of them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_HOLDER = ["assignee_id", "due_at", "id", "agency_id", "delegation_id"]
_GROUP = ["agency_id", "role", "due_at", "id", "division_id"]
_FREE = ["agency_id", "role", "assignee_id", "due_at", "id", "division_id"]
_HELD = sa.text("state = 'open' AND assignee_id IS NOT NULL")
_UNCLAIMED = sa.text("state = 'open' AND assignee_id IS NULL")
_OPEN = sa.text("state = 'open'")
#: The setting is read once for a statement instead of once for each row that a list or a report looks at.
_SETTING = "current_setting('quytrinh.agencies', true)"
_OWN = f"(SELECT coalesce({_SETTING}, '') = '') OR agency_id = ANY ((SELECT string_to_array({_SETTING}, ',')::uuid[])::uuid[])"
#: Tables whose fence is the agency and nothing more.
_PLAIN = """
    SELECT tablename FROM pg_policies WHERE policyname = 'agency_fence' AND schemaname = current_schema()
    AND qual = (SELECT qual FROM pg_policies WHERE policyname = 'agency_fence' AND tablename = 'step'
                AND schemaname = current_schema())
"""


def upgrade() -> None:
    op.drop_index("ix_step_assignee", "step")
    op.drop_index("ix_step_group", "step")
    op.create_index("ix_step_assignee", "step", _HOLDER, sqlite_where=_HELD, postgresql_where=_HELD)
    op.create_index("ix_step_unclaimed", "step", _FREE, sqlite_where=_UNCLAIMED, postgresql_where=_UNCLAIMED)
    op.create_index("ix_step_group", "step", _GROUP, sqlite_where=_OPEN, postgresql_where=_OPEN)
    if op.get_bind().dialect.name == "postgresql":
        for table in op.get_bind().scalars(sa.text(_PLAIN)).all():
            op.execute(f'ALTER POLICY agency_fence ON "{table}" USING ({_OWN}) WITH CHECK ({_OWN})')
