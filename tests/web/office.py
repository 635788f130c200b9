"""A working office behind the pages: procedures, services and forms entered, dossiers taken in and moved on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Flask

from engine.cases import drafts, queries, steps
from engine.cases.models import Case, Step
from engine.dossiers import intake
from engine.dossiers.intake import Intake
from engine.dossiers.models import Dossier
from engine.people import directory
from engine.people.actors import Actor, actor_of
from engine.transaction import session, transaction

#: Giấy xác nhận tình trạng hôn nhân: three working days.
SERVICE = "1.004873"
OWNER = {
    "full_name": "Nguyễn Thị Ánh",
    "id_number": "031185004217",
    "address": "Số 12 đường Lê Lợi",
    "phone": "0912345678",
    "email": "",
}


@dataclass(frozen=True)
class Office:
    """Acts behind the pages, as the engine's services do it."""

    app: Flask

    def open(self, **given: Any) -> str:
        """A dossier taken in by the clerk; its code."""
        with self.app.app_context():
            facts: dict[str, Any] = {"public_service": SERVICE, "owner": OWNER} | given
            with transaction():
                return intake.open_dossier(Intake(**facts), by=self._actor("clerk")).code

    def do(self, code: str, element: str, login: str, **answers: Any) -> None:
        """Complete the open step at ``element``."""
        with self.app.app_context():
            step = self._open_step(code, element)
            with transaction():
                steps.complete(step, answers, version=step.version, by=self._actor(login))

    def to_sign(self, code: str) -> None:
        """Bring a received dossier to the leader's desk."""
        self.do(code, "hand_over", "clerk")
        self.do(code, "assign", "head")
        self.do(code, "process", "officer", decision="submit", result_kind="granted")
        self.do(code, "check", "head", decision="approve")

    def step(self, code: str, element: str) -> tuple[str, int]:
        """Address and version of the open step at ``element``."""
        with self.app.app_context():
            step = self._open_step(code, element)
            return f"/buoc/{step.id}", step.version

    def case_id(self, code: str) -> str:
        """The id of the dossier's case."""
        with self.app.app_context():
            return str(self._dossier(code).case_id)

    def look(self, code: str, *names: str) -> tuple[Any, ...]:
        """Some columns of the dossier as they stand."""
        with self.app.app_context():
            dossier = self._dossier(code)
            return tuple(getattr(dossier, name) for name in names)

    def open_elements(self, code: str) -> list[str]:
        """Where the dossier stands."""
        with self.app.app_context():
            return [step.element for step in queries.open_steps(self._dossier(code).case)]

    def _dossier(self, code: str) -> Dossier:
        session().rollback()
        return session().scalars(sa.select(Dossier).where(Dossier.code == code)).one()

    def _open_step(self, code: str, element: str) -> Step:
        case: Case = self._dossier(code).case
        return next(step for step in queries.open_steps(case) if step.element == element)

    def draft(self, subject: str, login: str) -> Mapping[str, Any]:
        """What this person typed under ``subject`` and has not sent."""
        with self.app.app_context():
            return drafts.get(subject, by=self._actor(login))

    def _actor(self, login: str) -> Actor:
        person = directory.by_login(login)
        assert person is not None, login
        return actor_of(person, address="127.0.0.1")
