"""One client process of the scaling measure: completes steps of cases of its own, when told to, and says how it went."""

import json
import sys
import time
import uuid

from engine import assembly, db, transaction
from engine.cases import starting, steps
from engine.people import directory
from engine.people.actors import Actor, actor_of
from engine.procedures.models import ProcedureRevision
from engine.transaction import session
from tests.bench import model

WARM_UP = 20


class Client:
    """Works as the registrar on the database ``url``, with a pool of connections of its own."""

    def __init__(self, url: str, revision_id: str) -> None:
        self._engine = db.create_engine(url)
        transaction.use_engine(self._engine)
        assembly.assemble()
        self._revision_id = uuid.UUID(revision_id)
        self._by = _registrar()
        self._waiting: list[tuple[uuid.UUID, int]] = []

    def run(self, count: int) -> dict[str, float]:
        """Complete ``count`` steps; how many were acknowledged, how many failed, in how many seconds."""
        started, done, failed = time.perf_counter(), 0, 0
        for _ in range(count):
            try:
                self._step()
                done += 1
            except Exception:  # any failure counts against the product
                failed += 1
                self._waiting.clear()
        return {"done": done, "failed": failed, "seconds": time.perf_counter() - started}

    def _step(self) -> None:
        if not self._waiting:
            with transaction.transaction():
                revision = session().get_one(ProcedureRevision, self._revision_id)
                case = starting.create(revision, agency_id=self._by.agency_id, title="Công việc", values=model.DATA, by=self._by)
                opened = starting.begin(case, by=self._by)
            self._waiting = [(step.id, step.version) for step in opened]
        step_id, version = self._waiting.pop(0)
        with transaction.transaction():
            step = steps.get(step_id, for_=self._by)
            opened = steps.complete(step, {"again": False}, version=version, by=self._by)
        self._waiting += [(step.id, step.version) for step in opened]


def _registrar() -> Actor:
    person = directory.by_login("registrar")
    if person is None:
        raise RuntimeError("the demo office has no registrar")
    return actor_of(person, address="127.0.0.1")


def main(url: str, revision_id: str) -> None:
    """Warm up, say so, then for each number that comes on a line complete that many steps and answer in JSON."""
    client = Client(url, revision_id)
    print(json.dumps(client.run(WARM_UP)), flush=True)
    for line in sys.stdin:
        print(json.dumps(client.run(int(line))), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:3])
