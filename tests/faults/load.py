"""Clerks, officers and leaders at work over the API: dossiers come in and are handled, claimed, returned, sent twice, raced for."""

import random
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from tests.faults.caller import Caller
from tests.faults.clockwork import Clockwork
from tests.faults.ledger import Told

#: Giấy xác nhận tình trạng hôn nhân: three working days.
_SERVICE = "1.004873"
_WEDNESDAY = 2
_ANSWERS: dict[str, dict[str, Any]] = {
    "hand_over": {},
    "assign": {},
    "process": {"decision": "submit", "result_kind": "granted"},
    "check": {"decision": "approve"},
    "sign": {"decision": "sign"},
    "number_seal": {},
    "receive_result": {},
    "return_result": {"return_channel": "counter", "received_by_name": "Nguyễn Thị Ánh"},
    "file_record": {},
}
_SUPPLEMENT = {"decision": "supplement", "content": "Bản sao", "reason": "Thiếu"}
_BACK = {"decision": "return", "reason": "Sai căn cứ"}


def intake() -> dict[str, Any]:
    """What a clerk sends to open a dossier at the counter."""
    owner = {"full_name": "Nguyễn Thị Ánh", "id_number": "031185004217", "address": "Số 12", "phone": "0912345678", "email": ""}
    return {"public_service": _SERVICE, "owner": owner, "channel": "counter"}


def later(due_at: str) -> date:
    """The first Wednesday two weeks or more after the date promised: an office works on it, and no clock has jumped past it."""
    day = datetime.fromisoformat(due_at).date() + timedelta(weeks=2)
    return day + timedelta(days=(_WEDNESDAY - day.weekday()) % 7)


@dataclass
class Desk:
    """What the clients of one commune know: the codes of dossiers that came in. ``suffix`` ends its logins."""

    suffix: str
    codes: list[str] = field(default_factory=list)
    most: int = 40
    lock: Lock = field(default_factory=Lock)


class Client:
    """One client with dice of its own; what goes wrong stands in ``faults``."""

    def __init__(self, caller: Caller, desk: Desk, dice: random.Random) -> None:
        self.caller, self.desk, self.dice = caller, desk, dice
        self.faults: list[str] = []

    def work(self, stop: Event) -> None:
        """Act until told to stop; an act that is begun is carried to its answer."""
        while not stop.is_set():
            try:
                self.act()
            except Exception as error:
                self.faults.append(f"{type(error).__name__}: {error}")
                return

    def act(self) -> None:
        """One act: take in a dossier, or go on with one."""
        with self.desk.lock:
            codes = list(self.desk.codes)
        if not codes or (len(codes) < self.desk.most and self.dice.random() < 0.3):
            self._take_in()
        else:
            self._go_on(self.dice.choice(codes))

    def _take_in(self) -> None:
        told = self._send("intake", self._login("clerk"), "/dossiers", intake())
        if told.is_done:
            with self.desk.lock:
                self.desk.codes.append(told.json()["code"])

    def _go_on(self, code: str) -> None:
        dossier = self.caller.get(self._login("clerk"), f"/dossiers/{code}")
        if dossier["open_steps"]:
            self._do_step(self.dice.choice(dossier["open_steps"]), dossier)
        elif "supplement_received" in dossier["expected_messages"]:
            body = {"name": "supplement_received", "answers": {"received_papers": "Bản sao"}}
            self._send("message", self._login("clerk"), f"/dossiers/{code}/messages", body)
        else:
            with self.desk.lock:
                self.desk.codes = [other for other in self.desk.codes if other != code]

    def _do_step(self, step: dict[str, Any], dossier: dict[str, Any]) -> None:
        login, path, chance = self._login(step["role"]), f"/steps/{step['id']}", self.dice.random()
        if chance < 0.1:
            self._send("claim", login, f"{path}/claim", {"version": step["version"]})
        elif chance < 0.17 and step["element"] in ("check", "sign"):
            body = {"to": "process", "reason": "Xem lại", "version": step["version"]}
            self._send("return", login, f"{path}/return", body)
        else:
            body = {"answers": self._answers(step["element"], dossier), "version": step["version"]}
            self._complete(login, f"{path}/complete", body)

    def _complete(self, login: str, path: str, body: dict[str, Any]) -> None:
        """Mostly once; sometimes the same request twice at the same time, sometimes two rivals: one of them may win."""
        chance = self.dice.random()
        if chance < 0.8:
            self._send("complete", login, path, body)
            return
        key = str(uuid.uuid4()) if chance < 0.9 else ""
        with ThreadPoolExecutor(2) as twins:
            ends = list(twins.map(lambda _: self._send("complete", login, path, body, key=key), range(2)))
        if key and (ends[0].status, ends[0].answer) != (ends[1].status, ends[1].answer) and any(end.is_done for end in ends):
            self.faults.append(f"two answers under one key: {path} {ends[0].status} {ends[1].status}")
        if not key and all(end.is_done for end in ends):
            self.faults.append(f"two winners: {path}")

    def _answers(self, element: str, dossier: dict[str, Any]) -> dict[str, Any]:
        if element == "apologise":
            return {"reason": "Chờ xác minh", "new_due_on": later(dossier["due_at"]).isoformat()}
        if element == "process" and self.dice.random() < 0.06:
            return _SUPPLEMENT
        if element in ("check", "sign") and self.dice.random() < 0.06:
            return _BACK
        return _ANSWERS[element]

    def _send(self, act: str, login: str, path: str, body: dict[str, Any], *, key: str = "") -> Told:
        told = self.caller.act(act, login, path, body, key=key)
        if told.status >= 500 or told.status in (401, 403, 404, 428):
            self.faults.append(f"{act} {path}: {told.status} {told.bytes()[:200].decode(errors='replace')}")
        return told

    def _login(self, role: str) -> str:
        return f"{role}{self.desk.suffix}"


class Load:
    """Clients of both communes. ``clients`` in all."""

    def __init__(self, caller: Caller, seed: int, clients: int = 4) -> None:
        desks = [Desk(""), Desk("2")]
        self.clients = [Client(caller, desks[n % 2], random.Random(f"{seed}/client/{n}")) for n in range(clients)]

    def faults(self) -> list[str]:
        """What the clients were told that nobody should be told."""
        return [fault for client in self.clients for fault in client.faults]

    @contextmanager
    def running(self) -> Iterator[None]:
        """The clients work meanwhile; leaving waits for the answers still owed."""
        stop = Event()
        threads = [Thread(target=client.work, args=[stop], daemon=True) for client in self.clients]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join(180)


@contextmanager
def passing_time(clock: Clockwork, dice: random.Random, every: float = 0.5) -> Iterator[None]:
    """Office hours pass quickly meanwhile: 5 to 30 minutes at each half second, so that timers of the steps fall due."""
    stop = Event()
    thread = Thread(target=_pass, args=[clock, dice, every, stop.wait], daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(10)


def _pass(clock: Clockwork, dice: random.Random, every: float, wait: Callable[[float], bool]) -> None:
    while not wait(every):
        clock.work_on(timedelta(minutes=dice.uniform(5, 30)))
