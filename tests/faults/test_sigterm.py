"""Told to end in order (SIGTERM), processes finish what they hold; nobody behind a proxy sees an error (R26)."""

import random
import signal
import time
from pathlib import Path
from threading import Event, Thread

import pytest
import sqlalchemy as sa

from engine import db
from engine.outbox.models import OutboxMessage
from tests.faults import installation, mail_sink
from tests.faults.caller import Caller
from tests.faults.installation import Plan
from tests.faults.ledger import Ledger
from tests.faults.load import Client, Desk
from tests.faults.processes import Process, free_port, listens, until

pytestmark = pytest.mark.faults


class Proxied(Caller):
    """As nginx in front of two addresses: a refused connection goes to the other; everything else is the client's to see."""

    def __init__(self, caller: Caller, ports: list[int]) -> None:
        super().__init__(ports, caller.tokens, caller.ledger)
        self.broken: list[int] = []

    def once(self, method: str, login: str, path: str, body: str, key: str, *, port: int = 0) -> tuple[int, bytes]:
        status, answer = super().once(method, login, path, body, key, port=port)
        if status == 0 or status >= 500:
            self.broken.append(status)
        return status, answer


def test_web_processes_replaced_one_after_another_break_no_request(database_url: str, tmp_path: Path) -> None:
    with installation.running(database_url, tmp_path / "there", Plan(web=1, workers=0)) as there:
        port = free_port()
        words = ["web", "serve", "--port", str(port), "--workers", "1"]
        second = Process(words, there.environment, there.folder / "web-2.log")
        second.start()
        try:
            until(lambda: listens(port), "the second address listens")
            ledger = Ledger(there.folder / "ledger.jsonl")
            proxy = Proxied(Caller([], there.tokens, ledger), [there.port, port])
            ends = _work_while(proxy, [(there.web, there.port), (second, port)])
        finally:
            second.kill()
        done = [told for told in ledger.read() if told.is_done]

    assert (proxy.broken, ends) == ([], [0, 0])
    assert len(done) > 20


def test_workers_told_to_end_leave_nothing_in_their_hands(database_url: str, tmp_path: Path) -> None:
    with mail_sink.listening() as sink:
        plan = Plan(web=0, workers=2, writers=1, mail_url=sink.url)
        with installation.planned(database_url, tmp_path / "there", plan) as there:
            for process in there.all()[1:]:
                process.start()
            until(lambda: len(sink.taken) > 5, "mail is sent")
            for worker in there.workers:
                worker.tell(signal.SIGTERM)
            ends = [worker.wait(30) for worker in there.workers]
            engine = db.create_engine(database_url)
            with engine.connect() as connection:
                held = connection.scalar(sa.select(sa.func.count()).where(OutboxMessage.lease_until.is_not(None)))
            engine.dispose()

    assert (ends, held) == ([0, 0], 0)


def _work_while(proxy: Proxied, served: list[tuple[Process, int]]) -> list[int]:
    """Four clients work while each address is told to end and started again; the exit codes."""
    stop, ends = Event(), []
    desks = [Desk(""), Desk("2")]
    clients = [Client(proxy, desks[n % 2], random.Random(f"sigterm/{n}")) for n in range(4)]
    threads = [Thread(target=client.work, args=[stop], daemon=True) for client in clients]
    for thread in threads:
        thread.start()
    try:
        for process, port in served:
            time.sleep(2)
            process.tell(signal.SIGTERM)
            ends.append(process.wait(40))
            process.start()
            until(lambda: listens(port), "it listens again")  # noqa: B023 - asked at once
    finally:
        stop.set()
        for thread in threads:
            thread.join(120)
    assert [fault for client in clients for fault in client.faults] == []
    return ends
