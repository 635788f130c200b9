"""What an installation begins with: the carried procedures, forms and public services, entered once."""

import uuid
from pathlib import Path

import sqlalchemy as sa

from engine.cases import capabilities
from engine.dossiers import seeding
from engine.people import agencies
from engine.procedures import drafts, folder, publishing
from engine.procedures.models import Procedure
from engine.settings import ROOT
from engine.transaction import session, transaction

PROCESSES = ROOT / "processes"
_BASIS = "Bộ quy trình kèm theo phần mềm; cơ quan phê duyệt trước khi dùng thật"


def enter() -> list[str]:
    """Enter what is not there yet for the top agency; answers what was published. Nothing where there is no agency.

    A procedure that was ever published is left alone: a newer carried folder goes through approval like any other change.
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
    known = sa.select(Procedure.id).where(Procedure.agency_id == agency_id, Procedure.code == drafts.named(content)[0])
    if session().scalar(known):
        return False
    publishing.publish(agency_id, content, capabilities=capabilities.facts(), basis=_BASIS, by=None)
    return True
