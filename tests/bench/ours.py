"""The product: the same model through ``engine.cases``, with steps, timers, journal and hand-overs, one transaction a step."""

import uuid
from pathlib import Path

import sqlalchemy as sa

from engine import db, migrate, transaction
from engine.cases import capabilities, starting, steps
from engine.cases.models import Case, Step, Timer
from engine.journal.models import JournalEntry
from engine.people import agencies, demo, directory
from engine.people.actors import Actor, actor_of
from engine.procedures import folder, publishing
from engine.transaction import session
from tests.bench import model

ELEMENTS = (*(f"t{number}" for number in range(1, 9)), "c1", "ap")
_LANE = '<bpmn:laneSet id="lanes_{process}"><bpmn:lane id="lane_{process}" name="Văn thư">{refs}</bpmn:lane></bpmn:laneSet>'
_FORM = "title: Bước\nhelp: Đo tốc độ.\nfields:\n  - {name: again, type: boolean, label: Làm lại, routes: true}\n"
_SHEET = """\
code: benchmark
title: Quy trình đo tốc độ
iso_clauses: [ISO 9001:2015 8.5.1]
legal_basis: [QĐ 01/QĐ-UBND]
owner_role: secretary
record_class: Hồ sơ thử
retention_years: 1
register_columns: [Mã]
public_services: []
capabilities: []
start: {roles: [registrar], values: {again: false, approvers: null, approver: null}}
lanes: {Văn thư: {role: registrar}}
"""


class Ours:
    """A migrated database with the demo office; ``run(steps)`` completes that many user tasks, each in its own transaction."""

    def __init__(self, url: str, workplace: Path) -> None:
        self.engine = db.create_engine(url)
        migrate.upgrade(self.engine)
        self._sessions = transaction.use_engine(self.engine)
        with transaction.transaction():
            demo.seed()
            root = agencies.root()
            assert root is not None
            published = folder.read(write_folder(workplace))
            self._revision = publishing.publish(
                root.id, published, capabilities=capabilities.facts(), basis="QĐ 01/QĐ-UBND", by=None
            )
            self.revision_id = self._revision.id
            session().refresh(self._revision, ["procedure"])
        session().expunge_all()  # the revision is not read again for each case
        self.by = self._registrar()
        self._waiting: list[tuple[uuid.UUID, int]] = []
        self.case_id: uuid.UUID | None = None

    def run(self, steps_wanted: int) -> int:
        """Complete ``steps_wanted`` user tasks, opening cases as needed; returns how many."""
        transaction.use(self._sessions)
        for _ in range(steps_wanted):
            if not self._waiting:
                self._open()
            self._complete(*self._waiting.pop(0))
        return steps_wanted

    def sizes(self) -> tuple[int, int]:
        """Bytes of the marking of a case at its first step, and of all its rows (case, steps, timers, journal) once it has ended."""
        self._waiting.clear()
        self._open()
        session().rollback()
        case_id = self.case_id
        marking = len(session().get_one(Case, case_id).marking)
        while self._waiting:
            self._complete(*self._waiting.pop(0))
        tables = ((Case, Case.id), (Step, Step.case_id), (Timer, Timer.case_id), (JournalEntry, JournalEntry.case_id))
        rows = (row for table, key in tables for row in session().execute(sa.select(table.__table__).where(key == case_id)))
        return marking, sum(_size(value) for row in rows for value in row)

    def close(self) -> None:
        """Let the database go."""
        self._sessions.remove()
        self.engine.dispose()

    def _registrar(self) -> Actor:
        person = directory.by_login("registrar")
        assert person is not None
        return actor_of(person, address="127.0.0.1")

    def _open(self) -> None:
        transaction.use(self._sessions)
        with transaction.transaction():
            case = starting.create(self._revision, agency_id=self.by.agency_id, title="Công việc", values=model.DATA, by=self.by)
            self._keep(starting.begin(case, by=self.by))
            self.case_id = case.id

    def _complete(self, step_id: uuid.UUID, version: int) -> None:
        with transaction.transaction():
            step = steps.get(step_id, for_=self.by)
            self._keep(steps.complete(step, {"again": False}, version=version, by=self.by))

    def _keep(self, opened: list[Step]) -> None:
        self._waiting += [(step.id, step.version) for step in opened]


def _size(value: object) -> int:
    """Bytes one column takes, near enough: text and bytes as long as they are, anything else eight."""
    if isinstance(value, str | bytes):
        return len(value.encode() if isinstance(value, str) else value)
    return 0 if value is None else len(str(value)) if isinstance(value, dict | list) else 8


def write_folder(workplace: Path) -> Path:
    """Write the benchmark model as a procedure folder."""
    place = workplace / "benchmark"
    (place / "forms").mkdir(parents=True, exist_ok=True)
    steps_sheet = "steps:\n" + "".join(f"  {element}: {{term: 16h, help: Đo tốc độ.}}\n" for element in ELEMENTS)
    ends = ["e", "se", *(f"e_t{number}" for number in range(1, 9))]
    ends_sheet = "ends:\n" + "".join(f"  {end}: {'done' if end == 'e' else 'none'}\n" for end in ends)
    (place / "procedure.yaml").write_text(_SHEET + steps_sheet + ends_sheet, encoding="utf-8")
    (place / "README.md").write_text("# Quy trình đo tốc độ\n", encoding="utf-8")
    for element in ELEMENTS:
        (place / "forms" / f"{element}.yaml").write_text(_FORM, encoding="utf-8")
    (place / "benchmark.bpmn").write_bytes(_with_lanes(model.benchmark()))
    return place


def _with_lanes(xml: bytes) -> bytes:
    text = xml.decode()
    for process, elements in (("main", [e for e in ELEMENTS if e != "c1"]), ("sub", ["c1"])):
        refs = "".join(f"<bpmn:flowNodeRef>{element}</bpmn:flowNodeRef>" for element in elements)
        opening = f'<bpmn:process id="{process}" isExecutable="true">'
        text = text.replace(opening, opening + _LANE.format(process=process, refs=refs))
    return text.encode()
