"""What a fresh test database holds: made once for a run, then copied."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Engine

from engine import assembly, transaction
from engine.cases import capabilities
from engine.dossiers import seeding
from engine.people import agencies, demo
from engine.procedures import folder, publishing
from tests.clocks import StoppedClock

PROCEDURE = Path(__file__).parents[1] / "processes" / "dossier"
#: A Wednesday morning; the demo agencies work 07:30-11:30 and 13:00-17:00.
MORNING = "2026-11-18T08:00"


def nothing_more(_engine: Engine, _folder: Path) -> None:
    """Tables only."""


def province(engine: Engine, place: Path) -> None:
    """The demo province on ``MORNING``: agencies, people, calendar."""
    with _settings(place):
        sessions = transaction.use_engine(engine)
        with transaction.transaction():
            demo.seed()
        sessions.remove()


def office(engine: Engine, place: Path) -> None:
    """The demo province on ``MORNING`` with its services, forms and the dossier procedure in force."""
    with _settings(place):
        sessions = transaction.use_engine(engine)
        assembly.assemble()
        with transaction.transaction():
            demo.seed()
            root = agencies.root()
            assert root is not None
            seeding.seed(root.id)
            published = folder.read(PROCEDURE)
            publishing.publish(root.id, published, capabilities=capabilities.facts(), basis="QĐ 01/QĐ-UBND", by=None)
        sessions.remove()


@contextmanager
def _settings(place: Path) -> Iterator[None]:
    clock = StoppedClock(place / "template-clock.txt")
    clock.freeze(MORNING)
    held = {"QUYTRINH_TESTING": "1", "QUYTRINH_TEST_CLOCK": str(clock.file), "QUYTRINH_TEST_CHEAP_PASSWORDS": "1"}
    before = {name: os.environ.get(name) for name in held}
    os.environ |= held
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


FILLERS: Mapping[str, Callable[[Engine, Path], None]] = {"tables": nothing_more, "province": province, "office": office}
