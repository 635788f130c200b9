"""Holds what clients were told against what the database and the HTTP API say: every finding is a sentence, none is good.

Reads only. Nothing of the engine's services is used but the reading of a marking's bytes and the command ``journal verify``.
"""

import hashlib
import json
import subprocess
import sys
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from itertools import pairwise
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from engine.cases import opening
from engine.cases.idempotency_models import IdempotencyKey
from engine.cases.models import Case, Incident, Step, Timer
from engine.dossiers.models import Dossier, Slip
from engine.flow import run
from engine.journal.models import JournalEntry, JournalHead
from engine.outbox.models import OutboxMessage
from engine.procedures import definition
from engine.registers.models import NumberSeries, RegisterEntry
from tests.faults.ledger import Told
from web.refusing import ROOT

#: Journal entries after which a case stands at another place: each is one move, and the opening is the first.
_MOVES = ("step.completed", "step.returned", "message.received", "timer.fired")
_FIRINGS = {"reminder": "step.reminded", "overdue": "step.overdue", "flow": "timer.fired"}
_RINGS = ("reminder", "overdue", "escalation_head", "escalation_leader")


@dataclass(frozen=True)
class Entry:
    """One journal entry with its content read."""

    agency_id: uuid.UUID
    number: int
    kind: str
    case_id: uuid.UUID | None
    facts: Mapping[str, Any]


@dataclass
class Books:
    """Everything the database holds, read in one transaction, and what clients were told. ``now`` is the installation's time."""

    connection: Connection
    told: list[Told]
    now: datetime
    found: list[str] = field(default_factory=list)

    @cached_property
    def entries(self) -> list[Entry]:
        """The journal, chain by chain."""
        rows = self.rows(JournalEntry, JournalEntry.agency_id, JournalEntry.number)
        return [Entry(row.agency_id, row.number, row.kind, row.case_id, json.loads(row.content)) for row in rows]

    @cached_property
    def entries_of_case(self) -> Mapping[uuid.UUID | None, list[Entry]]:
        """Case → its entries."""
        found: dict[uuid.UUID | None, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            found[entry.case_id].append(entry)
        return found

    @cached_property
    def steps(self) -> list[Any]:
        """Every step."""
        return self.rows(Step, Step.opened_at, Step.id)

    @cached_property
    def timers(self) -> list[Any]:
        """Every timer."""
        return self.rows(Timer, Timer.due_at, Timer.id)

    @cached_property
    def cases(self) -> dict[uuid.UUID, Any]:
        """Every case."""
        return {row.id: row for row in self.rows(Case, Case.opened_at, Case.id)}

    def rows(self, model: Any, *order: Any) -> list[Any]:
        """Every row of a table."""
        return list(self.connection.execute(sa.select(model.__table__).order_by(*order)))

    def done(self, *acts: str) -> list[Told]:
        """What clients were promised."""
        return [told for told in self.told if told.act in acts and told.is_done]

    def require(self, is_so: bool, sentence: str) -> None:
        """Note ``sentence`` unless it is so."""
        if not is_so:
            self.found.append(sentence)


def acknowledged_acts_are_there_once(books: Books) -> None:
    """What was promised happened exactly once, and nothing happened that nobody was promised."""
    for act, kind, state in (("complete", "step.completed", "completed"), ("return", "step.returned", "returned")):
        promised = Counter(told.json()["id"] for told in {told.key: told for told in books.done(act)}.values())
        written = Counter(entry.facts["step_id"] for entry in books.entries if entry.kind == kind)
        books.require(promised == written, f"{kind}: promised {_apart(promised, written)}")
        kept = Counter(str(step.id) for step in books.steps if step.state == state)
        books.require(written == kept, f"{kind}: rows and journal differ: {_apart(written, kept)}")
    messages = len({told.key for told in books.done("message")})
    books.require(messages == sum(entry.kind == "message.received" for entry in books.entries), f"messages: promised {messages}")
    held = {str(step.id) for step in books.steps if step.claimed_at is not None}
    books.require({told.json()["id"] for told in books.done("claim")} <= held, "a promised claim is not there")


def acknowledged_intakes_are_there_once(books: Books) -> None:
    """Each promised dossier with its case, its code and each of its slips; none besides."""
    promised = {told.key: told.json() for told in books.done("intake")}
    dossiers = {row.code: row for row in books.rows(Dossier, Dossier.code)}
    codes = Counter(answer["code"] for answer in promised.values())
    books.require(codes == Counter(dossiers.keys()), f"intake: {_apart(codes, Counter(dossiers.keys()))}")
    slips = {str(row.id): row for row in books.rows(Slip, Slip.id)}
    for answer in promised.values():
        row = dossiers.get(answer["code"])
        books.require(row is not None and str(row.case_id) == answer["case_id"], f"{answer['code']}: another case")
        issued = [slip["id"] for slip in answer["slips"]]
        books.require(len(issued) == 2 and all(known in slips for known in issued), f"{answer['code']}: slips {issued}")
        opened = [entry for entry in books.entries_of_case[uuid.UUID(answer["case_id"])] if entry.kind == "case.opened"]
        books.require(len(opened) == 1, f"{answer['code']}: opened {len(opened)} times")


def keys_are_kept_with_what_they_did(books: Books) -> None:
    """Success and its key are one: a key in the table for each promise, none for a refusal."""
    promised = Counter({told.key: 1 for told in books.told if told.is_done})
    kept = Counter(row.key for row in books.rows(IdempotencyKey, IdempotencyKey.key))
    books.require(promised == kept, f"keys: {_apart(promised, kept)}")


def no_case_stands_half_way(books: Books) -> None:
    """Marking, open steps, waiting events, version and journal of a case tell the same story."""
    steps, timers = _by_case(books.steps), _by_case(books.timers)
    for case in books.cases.values():
        moved = 1 + sum(entry.kind in _MOVES for entry in books.entries_of_case[case.id])
        books.require(case.version == moved, f"{case.code}: version {case.version}, moved {moved} times")
        waits = run.waiting(definition.of_id(case.revision_id).model, case.marking) if case.state == "running" else ()
        tasks = sorted((wait.token, wait.element) for wait in waits if wait.kind in opening.STEP_KINDS)
        shown = sorted((step.token, step.element) for step in steps[case.id] if step.state == "open")
        books.require(tasks == shown, f"{case.code}: stands at {tasks}, shows {shown}")
        events = sorted(wait.token for wait in waits if wait.kind == "timer")
        rows = sorted(timer.token for timer in timers[case.id] if timer.kind == "flow" and timer.state == "waiting")
        books.require(events == rows, f"{case.code}: waits for time at {events}, has timers {rows}")
        books.require(case.state in ("running", "completed", "stopped"), f"{case.code}: {case.state}")
    incidents = [row.message for row in books.rows(Incident, Incident.id)]
    books.require(not incidents, f"incidents: {incidents[:3]}")


def timers_fired_once(books: Books) -> None:
    """A fired row for each entry and an entry for each fired row; no kind twice for a step."""
    written = Counter(entry.facts["timer_id"] for entry in books.entries if "timer_id" in entry.facts)
    kinds = {entry.facts["timer_id"]: entry.kind for entry in books.entries if "timer_id" in entry.facts}
    fired = {str(timer.id): timer for timer in books.timers if timer.state == "fired"}
    books.require(written == Counter(fired.keys()), f"timers: {_apart(written, Counter(fired.keys()))}")
    for timer_id, timer in fired.items():
        expected = _FIRINGS.get(timer.kind, "step.escalated")
        books.require(kinds.get(timer_id) == expected, f"timer {timer_id}: {timer.kind} journalled as {kinds.get(timer_id)}")
        books.require(timer.detected_at >= timer.due_at, f"timer {timer_id} before its time")
    rung = Counter((timer.step_id, timer.kind) for timer in fired.values() if timer.step_id)
    books.require(max(rung.values(), default=1) == 1, f"rung twice: {[key for key, count in rung.items() if count > 1][:3]}")


def no_timer_is_lost(books: Books) -> None:
    """Once the workers have caught up nothing due still waits, and each open step that has rings left has one waiting."""
    running = {case.id for case in books.cases.values() if case.state == "running"}
    late = [
        timer for timer in books.timers if timer.state == "waiting" and timer.due_at <= books.now and timer.case_id in running
    ]
    books.require(not late, f"due and not fired: {[(timer.kind, timer.due_at, timer.attempts) for timer in late[:3]]}")
    dead = [timer for timer in books.timers if timer.state in ("waiting", "paused") and timer.case_id not in running]
    books.require(not dead, f"timers of ended cases: {len(dead)}")
    of_step: dict[uuid.UUID, set[tuple[str, str]]] = defaultdict(set)
    for timer in books.timers:
        if timer.step_id:
            of_step[timer.step_id].add((timer.kind, timer.state))
    for step in books.steps:
        if step.state == "open" and step.due_at is not None:
            _judge_rings(books, step, of_step[step.id])


def _judge_rings(books: Books, step: Any, timers: set[tuple[str, str]]) -> None:
    rings = _RINGS if step.term_minutes else ("overdue",)
    is_over = (rings[-1], "fired") in timers
    waits = any(state == "waiting" for _, state in timers)
    books.require(is_over or waits, f"step {step.id} ({step.element}) rings no more: {sorted(timers)}")
    books.require(step.due_at > books.now or ("overdue", "fired") in timers, f"step {step.id} is late and nobody was told")


def numbers_have_no_hole(books: Books) -> None:
    """Each series runs 1, 2, 3 … to its last number, and each number stands in its book once."""
    used: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for row in books.rows(RegisterEntry, RegisterEntry.id):
        used[str(row.agency_id), row.register, str(row.year)].append(row.number)
    for row in books.rows(Slip, Slip.id):
        used[str(row.agency_id), f"slip:{row.series}", str(row.year)].append(row.number)
    for row in books.rows(Dossier, Dossier.code):
        _, day, ordinal = row.code.rsplit("-", 2)
        used[str(row.agency_id), "dossier_code", day].append(int(ordinal))
    series = books.rows(NumberSeries, NumberSeries.series)
    last = {(str(row.agency_id), row.series, row.period): row.last_number for row in series}
    books.require(set(used) == set(last), f"series without book or book without series: {set(used) ^ set(last)}")
    for name, numbers in used.items():
        books.require(
            sorted(numbers) == list(range(1, last.get(name, 0) + 1)), f"{name}: {sorted(numbers)[-5:]}, {last.get(name)}"
        )


def chains_are_whole(books: Books) -> None:
    """Every chain is numbered without a hole, links each entry to the one before, and ends at its head."""
    chains: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in books.rows(JournalEntry, JournalEntry.agency_id, JournalEntry.number):
        chains[row.agency_id].append(row)
    heads = {row.agency_id: (row.number, row.hash) for row in books.rows(JournalHead, JournalHead.agency_id)}
    for agency_id, chain in chains.items():
        books.require([row.number for row in chain] == list(range(1, len(chain) + 1)), f"chain {agency_id} has a hole")
        linked = all(after.previous_hash == before.hash for before, after in pairwise(chain))
        books.require(linked, f"chain {agency_id} is cut")
        books.require(heads.get(agency_id) == (chain[-1].number, chain[-1].hash), f"chain {agency_id} does not end at its head")


def mail_arrived(books: Books, acknowledged: Iterable[str], taken: Mapping[str, int]) -> None:
    """Each mail decided on is sent and arrived, at least once, under the one id that follows from its key."""
    rows = {row.key: row for row in books.rows(OutboxMessage, OutboxMessage.key) if row.kind == "mail"}
    books.require(set(acknowledged) <= set(rows), "a promised mail is not there")
    ids = {hashlib.sha256(key.encode()).hexdigest()[:40]: key for key in rows}
    arrived = {message_id.strip("<>").partition("@")[0] for message_id in taken}
    books.require(
        arrived == set(ids), f"mail lost: {[ids[one] for one in set(ids) - arrived][:3]}, unknown: {len(arrived - set(ids))}"
    )
    unsent = [(row.key, row.state, row.attempts) for row in rows.values() if row.state != "sent"]
    books.require(not unsent, f"mail not sent: {unsent[:3]}")


CHECKS: tuple[Callable[[Books], None], ...] = (
    acknowledged_acts_are_there_once,
    acknowledged_intakes_are_there_once,
    keys_are_kept_with_what_they_did,
    no_case_stands_half_way,
    timers_fired_once,
    no_timer_is_lost,
    numbers_have_no_hole,
    chains_are_whole,
)


def journal_verifies(environment: Mapping[str, str]) -> list[str]:
    """What the command ``journal verify`` finds."""
    command = [sys.executable, "-m", "web", "journal", "verify"]
    done = subprocess.run(command, cwd=ROOT, env=dict(environment), capture_output=True, text=True, check=False)
    return [] if done.returncode == 0 else [f"journal verify: {done.stderr[-500:]}"]


def _by_case(rows: Iterable[Any]) -> Mapping[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[row.case_id].append(row)
    return found


def _apart(promised: Counter[str], there: Counter[str]) -> str:
    missing, more = promised - there, there - promised
    return f"missing {sorted(missing)[:3]} ({missing.total()}), besides {sorted(more)[:3]} ({more.total()})"
