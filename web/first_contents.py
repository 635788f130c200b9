"""What an installation begins with: the carried procedures, forms and public services, entered once."""

import uuid
from pathlib import Path

import sqlalchemy as sa

from engine.cases import capabilities
from engine.dossiers import seeding
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.procedures.models import ProcedureRevision
from engine.settings import ROOT
from engine.transaction import session, transaction

PROCESSES = ROOT / "processes"
_BASIS = "Bộ quy trình kèm theo phần mềm; cơ quan phê duyệt trước khi dùng thật"


def enter() -> list[str]:
    """Enter what is not there yet for the top agency; answers what was published. Nothing where there is no agency.

    A folder that was ever published is left alone, so an office's own newer revision stays in force.
    """
    with transaction():
        top = agencies.root()
        if top is None:
            return []
        published = [path.name for path in folders() if _publish(path, top.id)]
        seeding.seed(top.id)
    return published


def folders() -> list[Path]:
    """The carried procedures, by code; a folder whose name begins with ``_`` is there to be copied, not to run."""
    found = PROCESSES.iterdir() if PROCESSES.is_dir() else ()
    return sorted(path for path in found if (path / "procedure.yaml").is_file() and not path.name.startswith("_"))


def _publish(path: Path, agency_id: uuid.UUID) -> bool:
    content = folder.read(path)
    if session().scalar(sa.select(ProcedureRevision.id).where(ProcedureRevision.sha256 == content.sha256)):
        return False
    publishing.publish(agency_id, content, capabilities=capabilities.facts(), basis=_BASIS, by=None)
    return True
