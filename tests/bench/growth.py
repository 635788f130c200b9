"""Does a step get dearer as its case gets older: round 500 of a rework loop against round 1, on SQLite."""

import statistics
import time
import uuid
from pathlib import Path

from engine.cases import queries, starting, steps
from engine.cases.models import Case
from engine.procedures.models import ProcedureRevision
from engine.transaction import session, transaction
from tests.bench import model, places
from tests.bench.ours import Ours

#: Steps in the rework loop of the benchmark model: its first two.
LOOP = 2
LAST = 500
#: Steps timed around round 1 and around round ``LAST``.
TIMED = 40


def measure(place: Path, rounds: int) -> dict[str, float]:
    """Median time of a step late in an old case to that of one early in a new case; both take turns, ``rounds`` times."""
    with places.database("sqlite", place, "growth") as url:
        ours = Ours(url, place)
        _walk(ours, _opened(ours), TIMED)  # what is compiled and remembered once is no part of it
        old = _opened(ours)
        _walk(ours, old, LAST * LOOP - TIMED // 2)
        late, early = [], []
        for _ in range(rounds):
            early += _walk(ours, _opened(ours), TIMED)
            late += _walk(ours, old, TIMED // rounds + 1)
        state = len(session().get_one(Case, old).marking)
        ours.close()
    return {"growth.ratio": statistics.median(late) / statistics.median(early), "growth.state_bytes": state}


def _opened(ours: Ours) -> uuid.UUID:
    with transaction():
        revision = session().get_one(ProcedureRevision, ours.revision_id)
        case = starting.create(revision, agency_id=ours.by.agency_id, title="Công việc", values=model.DATA, by=ours.by)
        starting.begin(case, by=ours.by)
    return case.id


def _walk(ours: Ours, case_id: uuid.UUID, count: int) -> list[float]:
    """Go ``count`` steps round and round the loop; the seconds of each."""
    times: list[float] = []
    step_id, version = _waiting(case_id)
    for _ in range(count):
        started = time.perf_counter()
        with transaction():
            step = steps.get(step_id, for_=ours.by)
            [opened] = steps.complete(step, {"again": True}, version=version, by=ours.by)
        times.append(time.perf_counter() - started)
        step_id, version = opened.id, opened.version
    return times


def _waiting(case_id: uuid.UUID) -> tuple[uuid.UUID, int]:
    """The one open step and its version; the session then forgets what it has read, as it does between two requests."""
    [step] = queries.open_steps(session().get_one(Case, case_id))
    found = step.id, step.version
    session().rollback()
    session().expunge_all()
    return found
