"""Row-level security: the database hides the rows of agencies that the asker does not reach (PostgreSQL; SQLite has none).

An empty or absent setting reaches everything: workers, commands, migrations, sign-in. ``FORCE`` binds the tables' owner too;
only a superuser or a role with BYPASSRLS passes, which ``quytrinh doctor`` reports.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

FENCED = (
    "attachment",
    "calendar_version",
    "case",
    "clock_period",
    "comment",
    "division",
    "dossier",
    "draft",
    "incident",
    "journal_entry",
    "journal_head",
    "notice",
    "number_series",
    "outbox_message",
    "procedure",
    "public_service",
    "register_entry",
    "slip",
    "step",
    "stored_file",
    "timer",
)
# Plain expressions: a subquery in a policy would cost every statement of every worker a plan of its own. An id is 36 letters and
# the setting holds ids between commas, so finding one inside is finding it whole.
_OPEN = "coalesce(current_setting('quytrinh.agencies', true), '') = ''"
_INSIDE = "strpos(current_setting('quytrinh.agencies', true), {}::text) > 0"


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    own = f"{_OPEN} OR {_INSIDE.format('agency_id')}"
    for table in FENCED:
        _fence(table, own)
    # Who holds which position is an office's sign at the door: administration must see all positions of a person before it
    # changes anything of them. Writing is fenced.
    _fence("position", own)
    op.execute("CREATE POLICY position_read ON position FOR SELECT USING (true)")
    # A person belongs to the agency of their account and to those they hold a position in.
    held = f"held.person_id = person.id AND {_INSIDE.format('held.agency_id')}"
    holds = "EXISTS (SELECT 1 FROM position AS held WHERE " + held + ")"  # noqa: S608 - constants of this file
    _fence("person", f"{own} OR {holds}")


def _fence(table: str, condition: str) -> None:
    op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
    op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
    op.execute(f'CREATE POLICY agency_fence ON "{table}" USING ({condition}) WITH CHECK ({condition})')
