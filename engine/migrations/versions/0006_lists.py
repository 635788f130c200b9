"""What lists walk along at a million rows: the dossiers of an office, newest first."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_dossier_agency_registered", "dossier", ["agency_id", "registered_at", "case_id"], unique=False)
