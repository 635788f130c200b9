"""The demo province with the real dossier procedure, its services and forms, at a stopped clock."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine import assembly
from engine.cases import messages, queries, steps
from engine.cases.models import Step
from engine.dossiers import intake, slips
from engine.dossiers.intake import Intake
from engine.dossiers.models import Dossier
from engine.people import directory
from engine.people.actors import Actor, actor_of
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.contents import MORNING

#: Giấy xác nhận tình trạng hôn nhân: three working days, 24 hours of steps.
SERVICE = "1.004873"


def make_owner(**given: Any) -> dict[str, Any]:
    """An invented citizen."""
    return {
        "full_name": "Nguyễn Thị Ánh",
        "id_number": "031185004217",
        "address": "Số 12 đường Lê Lợi, phường Đằng Lâm",
        "phone": "0912345678",
        "email": "anh@example.vn",
    } | given


@dataclass(frozen=True)
class Counter:
    """The one-stop shop of the demo ward: opens dossiers and moves them as the person who must."""

    clock: StoppedClock

    def actor(self, login: str) -> Actor:
        """The person with this login, today."""
        person = directory.by_login(login)
        assert person is not None, login
        return actor_of(person, address="127.0.0.1")

    def open(self, **given: Any) -> Dossier:
        """A dossier taken in by the clerk."""
        facts = {"public_service": SERVICE, "owner": make_owner()} | given
        with transaction():
            return intake.open_dossier(Intake(**facts), by=self.actor("clerk"))

    def step(self, dossier: Dossier, element: str) -> Step:
        """The open step at this element."""
        session().rollback()
        return next(step for step in queries.open_steps(dossier.case) if step.element == element)

    def do(self, dossier: Dossier, element: str, login: str, **answers: Any) -> list[str]:
        """Complete a step; the elements that open."""
        step = self.step(dossier, element)
        with transaction():
            opened = steps.complete(step, answers, version=step.version, by=self.actor(login))
            return [step.element for step in opened]

    def send(self, dossier: Dossier, name: str, answers: Mapping[str, Any], login: str = "clerk") -> None:
        """Report that something happened to the dossier."""
        with transaction():
            messages.send(dossier.case, name, answers, by=self.actor(login))

    def to_sign(self, dossier: Dossier) -> None:
        """Bring a received dossier to the leader."""
        self.do(dossier, "hand_over", "clerk")
        self.do(dossier, "assign", "head")
        self.do(dossier, "process", "officer", decision="submit", result_kind="granted")
        self.do(dossier, "check", "head", decision="approve")

    def finish(self, dossier: Dossier) -> None:
        """From the leader's desk to the archive."""
        self.do(dossier, "sign", "leader", decision="sign")
        self.do(dossier, "number_seal", "registrar")
        self.do(dossier, "receive_result", "clerk")
        self.do(dossier, "return_result", "clerk", return_channel="counter", received_by_name="Nguyễn Thị Ánh")
        self.do(dossier, "file_record", "archivist")

    def numbers(self, dossier: Dossier) -> list[tuple[str, str, bool]]:
        """Kind, number and validity of every slip, in order of issue."""
        session().rollback()
        return [(slip.kind, slips.number_of(slip), slip.voided_at is None) for slip in slips.of_case(dossier.case_id)]


@pytest.fixture
def database_content() -> str:
    """The whole office."""
    return "office"


@pytest.fixture
def counter(db: Engine, stopped_clock: StoppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """The ward's counter on a fresh database, Wednesday 18 November 2026, 08:00."""
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path / "var"))
    stopped_clock.freeze(MORNING)
    assembly.assemble()
    return Counter(stopped_clock)
