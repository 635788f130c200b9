"""Eight clients against one on PostgreSQL: steps a second, errors, and updates that were acknowledged and are not there."""

import json
import statistics
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import sqlalchemy as sa

from engine.cases.models import Case, Step
from engine.transaction import session
from tests.bench import client, places
from tests.bench.ours import Ours
from web.refusing import ROOT

CLIENTS = 8
#: Steps of one turn of one client alone, and of each of eight.
ALONE, EACH = 240, 60
Process = subprocess.Popen[str]


def measure(place: Path, rounds: int) -> dict[str, float]:
    """Ratio of the median rates, taking turns; every client works on cases of its own in the same office."""
    with places.database("postgresql", place, "scaling") as url, ExitStack() as stack:
        ours = Ours(url, place)
        session().rollback()  # nothing is read meanwhile
        clients = [stack.enter_context(_client(url, str(ours.revision_id))) for _ in range(CLIENTS)]
        answers = [_answer(process) for process in clients]
        one, many = [], []
        for _ in range(rounds):
            one.append(_rate(clients[:1], ALONE, answers))
            many.append(_rate(clients, EACH, answers))
        done, failed = (int(sum(answer[name] for answer in answers)) for name in ("done", "failed"))
        found = {
            "steps.postgresql.per_s_1": statistics.median(one),
            "steps.postgresql.per_s_8": statistics.median(many),
            "steps.postgresql.scaling_8": statistics.median(many) / statistics.median(one),
            "steps.postgresql.scaling_errors": failed,
            "steps.postgresql.scaling_lost": _lost(done),
        }
        ours.close()
    return found


@contextmanager
def _client(url: str, revision_id: str) -> Iterator[Process]:
    line = [sys.executable, "-m", client.__name__, url, revision_id]
    with subprocess.Popen(line, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        if process.stdin is not None:
            process.stdin.close()


def _rate(clients: Sequence[Process], count: int, answers: list[dict[str, float]]) -> float:
    """Acknowledged steps a second while all of ``clients`` work at the same time; the slowest one ends the turn."""
    for process in clients:
        if process.stdin is not None:
            print(count, file=process.stdin, flush=True)
    turn = [_answer(process) for process in clients]
    answers += turn
    return sum(answer["done"] for answer in turn) / max(answer["seconds"] for answer in turn)


def _answer(process: Process) -> dict[str, float]:
    line = process.stdout.readline() if process.stdout is not None else ""
    if not line:
        raise RuntimeError("a client ended before it answered")
    found: dict[str, float] = json.loads(line)
    return found


def _lost(acknowledged: int) -> int:
    """Steps missing among those acknowledged, and moves of cases that do not show in their version."""
    session().rollback()
    completed = sa.func.count().filter(Step.state == "completed")
    counted = sa.select(Case.version, completed).join(Step, Step.case_id == Case.id).group_by(Case.id)
    rows = session().execute(counted).all()
    return abs(acknowledged - sum(count for _, count in rows)) + sum(abs(version - 1 - count) for version, count in rows)
