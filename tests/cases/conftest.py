"""The demo province with a small procedure of its own: a letter that is registered, drafted, signed, sent and filed."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases import capabilities, history, queries, starting, steps
from engine.cases.capabilities import Capability, CapabilityCall
from engine.cases.models import Case, Step
from engine.people import agencies, directory
from engine.people.actors import Actor, actor_of
from engine.people.models import Division, Person, Position
from engine.procedures import folder, publishing
from engine.procedures.models import ProcedureRevision
from engine.registers import numbers
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.contents import MORNING

LETTER = Path(__file__).parent / "letter"
#: Half an hour later: a due moment that a capability may give the case.
HURRY = "2026-11-18T08:30:00+07:00"


def number(call: CapabilityCall) -> Mapping[str, Any]:
    """Take a number of the series: shows what is rolled back with an act."""
    return {"number": numbers.next_number(call.case.agency_id, str(call.parameters["series"]), "2026")}


def note(call: CapabilityCall) -> Mapping[str, Any]:
    """Keep the text as a routing value; "hỏng" makes it break, "hạn …" gives the case that due moment."""
    text = call.parameters.get("text") or ""
    if text == "hỏng":
        raise RuntimeError("broken on purpose")
    if text.startswith("hạn "):
        call.case.due_at = datetime.fromisoformat(text.removeprefix("hạn "))
    return {"noted": text}


capabilities.register(Capability("test_number", "Cấp số thử", ("series",), number))
capabilities.register(Capability("test_note", "Ghi chú thử", ("text",), note))


@dataclass(frozen=True)
class Office:
    """The commune of the tests, its people by login, the published procedure and the clock."""

    agency_id: uuid.UUID
    division_id: uuid.UUID
    revision: ProcedureRevision
    clock: StoppedClock

    def actor(self, login: str) -> Actor:
        """The person with this login, today."""
        person = directory.by_login(login)
        assert person is not None, login
        return actor_of(person, address="127.0.0.1")

    def open_letter(self, **given: Any) -> Case:
        """A letter opened by the registrar, at its first step."""
        with transaction():
            return self.begin_letter(**given)

    def begin_letter(self, **given: Any) -> Case:
        """Like ``open_letter``, inside the caller's transaction."""
        registrar = self.actor("registrar")
        title, division = "Công văn số 12 về việc báo cáo", self.division_id
        case = starting.create(
            self.revision, agency_id=self.agency_id, title=title, values={}, by=registrar, division_id=division, **given
        )
        starting.begin(case, by=registrar)
        return case

    @property
    def division_name(self) -> str:
        """The division of the letters."""
        return session().get_one(Division, self.division_id).name

    def local(self, instant: datetime) -> str:
        """The instant on the office's wall clock."""
        return clock.local(instant).strftime("%Y-%m-%d %H:%M")

    def to_draft(self, officer: str | None = "officer", **given: Any) -> Case:
        """A letter registered and waiting to be drafted, by ``officer`` or by nobody yet."""
        case = self.open_letter(**given)
        answers = {"officer": str(self.actor(officer).person_id)} if officer else {}
        self.complete(case, "register", "registrar", **answers)
        return case

    def to_sign(self, **given: Any) -> Case:
        """A letter drafted and waiting for the leader."""
        case = self.to_draft(**given)
        self.complete(case, "draft", "officer", decision="submit")
        return case

    def kinds(self, case: Case, *prefixes: str) -> list[str]:
        """The kinds of the case's journal entries that begin so, in order."""
        session().rollback()
        return [event.kind for event in history.of(case) if event.kind.startswith(prefixes or "")]

    def step(self, case: Case, element: str) -> Step:
        """The open step of the case at this element."""
        session().rollback()
        return next(step for step in queries.open_steps(case) if step.element == element)

    def step_now(self, case: Case, element: str) -> Step:
        """Like ``step``, inside a transaction."""
        return next(step for step in queries.open_steps(case) if step.element == element)

    def make_colleague(self, login: str, role: str, *, division: str = "same") -> Actor:
        """Another person of the commune in this role: in the division of the letters, or in another one."""
        with transaction():
            divisions = [held.id for held in agencies.divisions(self.agency_id)]
            other = next(held for held in divisions if held != self.division_id)
            person = Person(agency_id=self.agency_id, login=login, full_name=f"Người {login}")
            place = self.division_id if division == "same" else other
            position = Position(agency_id=self.agency_id, division_id=place, title="Công chức", roles=[role])
            position.valid_from = clock.today()
            person.positions.append(position)
            session().add(person)
        return self.actor(login)

    def complete(self, case: Case, element: str, login: str, **answers: Any) -> list[str]:
        """Complete the open step as this person; the elements opened by it."""
        step = self.step(case, element)
        version = step.version
        with transaction():
            return [opened.element for opened in steps.complete(step, answers, version=version, by=self.actor(login))]

    def open_elements(self, case: Case) -> list[str]:
        """What the case waits for people to do."""
        session().rollback()
        return sorted(step.element for step in queries.open_steps(case))


@pytest.fixture
def database_content() -> str:
    """The demo province."""
    return "province"


@pytest.fixture
def office(db: Engine, stopped_clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Office:
    """The demo commune with the letter procedure in force, the clock stopped on a working morning."""
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    stopped_clock.freeze(MORNING)
    with transaction():
        officer = directory.by_login("officer")
        assert officer is not None
        root = agencies.root()
        assert root is not None
        revision = publishing.publish(
            root.id, folder.read(LETTER), capabilities=capabilities.facts(), basis="QĐ 01/QĐ-UBND", by=None
        )
        division_id = next(position.division_id for position in officer.positions if position.division_id)
        return Office(officer.agency_id, division_id, revision, stopped_clock)
