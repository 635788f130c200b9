"""A province with any number of cases, a million in minutes: cases, dossiers, words, steps and timers copied from one real dossier.

The cases are two years old at most, spread evenly over the offices; most have ended. They have no journal of their own and their
dossiers no derivation of the deadline: lists read neither, and ``tests.bench.journal_rows`` measures the journal.
"""

import random
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from engine import assembly, clock, db, transaction
from engine.cases import searching
from engine.cases.models import Case, Step, Timer
from engine.cases.search_models import CaseSearch
from engine.dossiers import intake as desk
from engine.dossiers.models import Dossier, PublicService
from engine.people import directory
from engine.people.actors import actor_of
from engine.text import fold
from engine.transaction import session
from tests.bench import intake, offices, places, words
from tests.bench.lines import NOTHING, Pattern, load
from tests.bench.offices import Citizen, Office

AT_ONCE = 10_000
SPAN = timedelta(days=730)


@dataclass(frozen=True)
class Plan:
    """How many cases; one of ``open_every`` still runs; the first ``mine`` open ones of the first office are its clerk's."""

    cases: int
    offices: int
    open_every: int = 20
    mine: int = 200


class _Service(NamedTuple):
    id: str
    name: str
    folded: str


class Filling:
    """Made inside a transaction of the office (``tests.contents``); ``run`` then writes on a connection no fence binds."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.offices = offices.add(plan.offices)
        self.patterns = _patterns(_one_dossier())
        self._citizens = offices.citizens(seed=1)
        self._services = [_Service(s.id.hex, s.name, fold(s.name)) for s in session().scalars(sa.select(PublicService).limit(50))]
        self._now = clock.now().replace(tzinfo=None)
        self._later = _text(self._now + timedelta(days=30))
        self._mine = count(1)
        self._chance = random.Random(2)
        self._is_sqlite = session().get_bind().dialect.name == "sqlite"

    def run(self, engine: Engine) -> None:
        """Write everything, a commit for each ``AT_ONCE`` cases; then have the database count its rows for its plans."""
        with words.unindexed(engine):
            for start in range(0, self.plan.cases, AT_ONCE):
                with engine.begin() as connection:
                    trust(connection)
                    self._write(connection, range(start, min(start + AT_ONCE, self.plan.cases)))
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE" if connection.dialect.name == "sqlite" else "VACUUM ANALYZE")

    def _write(self, connection: Connection, numbers: Sequence[int]) -> None:
        lines: dict[str, list[str]] = {name: [] for name in self.patterns}
        for number in numbers:
            for name, line in self._case(number):
                lines[name].append(line)
        for name, pattern in self.patterns.items():
            load(connection, pattern, lines[name])

    def _case(self, number: int) -> Iterator[tuple[str, str]]:
        office = self.offices[number % len(self.offices)]
        is_open = number // len(self.offices) % self.plan.open_every == 0
        citizen = self._citizens[number * 7 % len(self._citizens)]
        service = self._services[number * 11 % len(self._services)]
        opened = self._now - (SPAN / 18 if is_open else SPAN) * (1 - number / self.plan.cases)
        due = self._now + timedelta(minutes=self._chance.randrange(-4_000, 20_000)) if is_open else opened + timedelta(days=12)
        later = _text(opened + timedelta(hours=8))
        code = f"{office.code}-{opened:%y%m%d}-{number + 10_000_000}"
        stretch = searching.stretch_of(opened.replace(tzinfo=UTC))
        given = _Given(
            number, identifier(number, 0), code, office, citizen, service, _text(opened), later, _text(due), is_open, stretch
        )
        yield "case", self._case_line(given)
        yield "dossier", self._dossier_line(given)
        yield "case_search", self._words_line(given)
        yield from self._step_lines(given)

    def _case_line(self, given: "_Given") -> str:
        text = f"{given.code.lower()} {given.service.folded} – {given.citizen.folded} {given.citizen.id_number}"
        return self.patterns["case"].line(
            id=given.case_id,
            agency_id=given.office.agency,
            code=given.code,
            title=f"{given.service.name} – {given.citizen.name}",
            search_text=text,
            state="running" if given.is_open else "completed",
            opened_at=given.opened,
            due_at=given.due,
            closed_at=NOTHING if given.is_open else given.due,
        )

    def _words_line(self, given: "_Given") -> str:
        said = (given.service.name, given.citizen.name, given.citizen.id_number)
        return self.patterns["case_search"].line(
            number=str(given.number + 2 if self._is_sqlite else (given.stretch << 40) + given.number + 2),
            case_id=given.case_id,
            words=words.line(uuid.UUID(given.office.agency), given.code, said, given.stretch),
        )

    def _dossier_line(self, given: "_Given") -> str:
        ended = NOTHING if given.is_open else given.due
        owner = f'{{"full_name": "{given.citizen.name}", "id_number": "{given.citizen.id_number}", "address": "Số 12"}}'
        return self.patterns["dossier"].line(
            case_id=given.case_id,
            agency_id=given.office.agency,
            code=given.code,
            service_id=given.service.id,
            status="processing" if given.is_open else "returned",
            owner=owner,
            owner_id_number=given.citizen.id_number,
            registered_at=given.opened,
            received_at=given.opened,
            due_at=given.due,
            original_due_at=given.due,
            register_number=str(given.number),
            finished_at=ended,
            returned_at=ended,
            status_token=f"bench-{given.number}",
        )

    def _step_lines(self, given: "_Given") -> Iterator[tuple[str, str]]:
        """Two steps of a case that ended; of a running one the first ended and the second, or the first itself, is open."""
        roles = ("clerk", "officer") if not given.is_open or given.number % 5 else ("clerk",)
        for place, role in enumerate(roles):
            is_last = given.is_open and place == len(roles) - 1
            step_id = identifier(given.number, place + 1)
            holder = self._holder(given.office, role, given.number) if is_last else given.office.people[role]
            yield (
                "step",
                self.patterns["step"].line(
                    id=step_id,
                    agency_id=given.office.agency,
                    case_id=given.case_id,
                    element="process" if role == "officer" else "hand_over",
                    name="Xử lý hồ sơ" if role == "officer" else "Chuyển hồ sơ",
                    role=role,
                    state="open" if is_last else "completed",
                    assignee_id=holder,
                    claimed_at=NOTHING if holder == NOTHING else given.opened,
                    opened_at=given.opened,
                    due_at=given.due if is_last else given.later,
                    closed_at=NOTHING if is_last else given.later,
                ),
            )
            yield "timer", self._timer_line(given, step_id, "waiting" if is_last else "cancelled")

    def _holder(self, office: Office, role: str, number: int) -> str:
        """Every second open step waits for its group; the first office's clerk holds as many as planned, and no more."""
        if role == "clerk" and office is self.offices[0]:
            return office.people[role] if next(self._mine) <= self.plan.mine else NOTHING
        return office.people[role] if number % 2 else NOTHING

    def _timer_line(self, given: "_Given", step_id: str, state: str) -> str:
        return self.patterns["timer"].line(
            id=identifier(given.number, int(step_id[-1], 16) + 8),
            agency_id=given.office.agency,
            case_id=given.case_id,
            step_id=step_id,
            due_at=given.due if state == "cancelled" else self._later,
            state=state,
        )


class _Given(NamedTuple):
    """What the lines of one case are made of, as text where a line holds it."""

    number: int
    case_id: str
    code: str
    office: Office
    citizen: Citizen
    service: _Service
    opened: str
    later: str
    due: str
    is_open: bool
    stretch: int


def fill(url: str, plan: Plan) -> None:
    """Fill the database ``url`` of the demo office (``tests.contents``)."""
    assembly.assemble()
    engine = db.create_engine(url)
    administrator = engine if url.startswith("sqlite") else sa.create_engine(places.as_administrator(url))
    transaction.use_engine(engine)
    with transaction.transaction():
        made = Filling(plan)
    made.run(administrator)
    session().rollback()
    engine.dispose()
    administrator.dispose()


def identifier(number: int, place: int) -> str:
    """The id, hex, of the row in ``place`` (0 to 15) of case ``number``: in the order of numbers, as ids made by the product are."""
    return f"0190{number:08x}70008000{place:012x}"


def _text(at: datetime) -> str:
    return at.isoformat(" ", "microseconds")


def trust(connection: Connection) -> None:
    """Let the administrator's transaction write without asking for what its rows point to: they are all there at its end."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL session_replication_role = replica")
        connection.exec_driver_sql("SET LOCAL timezone = 'UTC'")


def _one_dossier() -> uuid.UUID:
    clerk = directory.by_login("clerk")
    if clerk is None:
        raise RuntimeError("the demo office has no clerk")
    return desk.open_dossier(desk.Intake(**intake.DOSSIER), by=actor_of(clerk)).case_id


def _patterns(case_id: uuid.UUID) -> dict[str, Pattern]:
    """The lines of each table after the rows of a real dossier, in the order in which they may be written."""
    session().flush()
    return {
        "case": _pattern(
            Case.__table__, Case.id == case_id, "id agency_id code title search_text state opened_at due_at closed_at"
        ),
        "dossier": _pattern(
            Dossier.__table__,
            Dossier.case_id == case_id,
            "case_id agency_id code service_id status owner owner_id_number registered_at received_at due_at original_due_at"
            " register_number finished_at returned_at status_token",
            deadline=None,
        ),
        "case_search": _pattern(CaseSearch.__table__, CaseSearch.case_id == case_id, "number case_id words"),
        "step": _pattern(
            Step.__table__,
            Step.case_id == case_id,
            "id agency_id case_id element name role state assignee_id claimed_at opened_at due_at closed_at",
            division_id=None,
        ),
        "timer": _pattern(Timer.__table__, Timer.case_id == case_id, "id agency_id case_id step_id due_at state"),
    }


def _pattern(table: Any, condition: sa.ColumnElement[bool], varied: str, **fixed: Any) -> Pattern:
    row = session().execute(sa.select(table).where(condition).limit(1)).mappings().one()
    return Pattern(table, {**row, **fixed}, varied.split())
