"""Who may call what: every operation, every role, own and foreign agency, against the published table."""

import csv
import io
import re
import uuid
from typing import Any

import pytest

from tests.api.conftest import Office, told
from tests.api.test_document import document, operations
from tests.api.test_operator import an_incident

#: Role → somebody who holds it, in the dossier's own agency, and their twin in the other commune (the same person where the
#: role oversees the whole province).
HOLDERS = {
    "clerk": ("clerk", "clerk2"),
    "officer": ("officer", "officer2"),
    "head": ("head", "head2"),
    "leader": ("leader", "leader2"),
    "deputy": ("deputy", "deputy2"),
    "registrar": ("registrar", "registrar2"),
    "secretary": ("secretary", "secretary2"),
    "archivist": ("archivist", "archivist2"),
    "accountant": ("accountant", "accountant2"),
    "inspector": ("inspector", "inspector"),
    "admin": ("admin", "admin"),
}
#: Paths that hold a row of one agency.
ROWS = ("{code}", "{case_id}", "{step_id}", "{slip_id}", "{file_id}", "{incident_id}", "{timer_id}")
SHARED = ("/api/v1/procedures/", "/api/v1/public-services/")
#: Acts that also ask for the step's own group, the message's own roles, the procedure's starters.
ASKED_INSIDE = {
    "step.claim",
    "step.release",
    "step.complete",
    "step.return",
    "step.reassign",
    "message.send",
    "case.open",
}
#: End of a path → a body that its schema accepts.
BODIES: dict[str, dict[str, Any]] = {
    "/claim": {},
    "/release": {},
    "/complete": {"answers": {}, "version": 1},
    "/return": {"to": "hand_over", "reason": "Sai", "version": 1},
    "/reassign": {"to": "00000000-0000-7000-8000-000000000000", "reason": "Bận"},
    "/messages": {"name": "withdrawal_requested", "answers": {"reason": "Thôi"}},
    "/comments": {"text": "Đã xem."},
    "/reissue": {"reason": "In sai"},
    "/remove": {"reason": "Nhầm"},
    "/suspend": {"reason": "Thử", "version": 999},
    "/resume": {"reason": "Thử", "version": 999},
    "/cancel": {"reason": "Thử", "version": 999},
    "/skip": {"reason": "Thử", "version": 999, "token": 1},
    "/move-token": {"reason": "Thử", "version": 999, "token": 1, "to": "sign"},
    "/values": {"reason": "Thử", "version": 999, "values": {"a": 1}},
    "/cases": {"procedure": "dossier", "title": "Hồ sơ"},
    "/signals": {"name": "flood"},
}


@pytest.fixture
def table(office: Office) -> dict[str, dict[str, bool]]:
    """Permission → role → whether it has it, as published."""
    rows = csv.DictReader(io.StringIO(office("clerk").get("/permissions.csv").text))
    return {row["permission"]: {role: row[role] == "yes" for role in HOLDERS} for row in rows}


def test_every_operation_opens_to_exactly_the_roles_of_the_table(office: Office, table: dict[str, dict[str, bool]]) -> None:
    places = _places(office)
    wrong = []
    for path, method, what in operations(document(office)):
        permission = what["x-permission"]
        for role, (own, _) in HOLDERS.items():
            status = _call(office, own, path, method, places)
            is_right = status != 403 or permission in ASKED_INSIDE if table[permission][role] else status == 403
            if not is_right:
                wrong.append((method, path, role, status))
    assert wrong == []


def test_rows_of_another_agency_are_not_found_except_by_oversight(office: Office, table: dict[str, dict[str, bool]]) -> None:
    places = _places(office)
    answers = {}
    for path, method, what in operations(document(office)):
        if any(row in path for row in ROWS) and not path.startswith(SHARED):
            for role, (own, foreign) in HOLDERS.items():
                if own != foreign and table[what["x-permission"]][role]:
                    answers[method, path, role] = _call(office, foreign, path, method, places)
    assert len(answers) > 150
    assert {place: status for place, status in answers.items() if status != 404} == {}


def test_nobody_passes_without_a_token(office: Office) -> None:
    places = _places(office)
    passed = [
        (method, path) for path, method, _ in operations(document(office)) if _call(office, "", path, method, places) != 401
    ]
    assert passed == []


def _call(office: Office, login: str, path: str, method: str, places: dict[str, Any]) -> int:
    for name, value in places.items():
        path = path.replace(f"{{{name}}}", str(value))
    if path.startswith(("/api/v1/procedures/", "/api/v1/public-services/")):
        path = path.replace(str(places["code"]), "dossier" if "procedures" in path else "1.004873")
    if "/export/" in path:
        path = path.replace(f"/{places['name']}.", "/cases.")
    path = re.sub(r"\{\w+_id\}", str(uuid.UUID(int=7)), path)  # of a row that is not there
    address = path.removeprefix("/api/v1")
    body = next((body for end, body in BODIES.items() if address.endswith(end)), {})
    response = office(login).get(address) if method == "get" else office(login).post(address, body)
    assert response.status_code < 500, (method, path, login, response.text)
    response.close()
    return response.status_code


def _places(office: Office) -> dict[str, Any]:
    opened = office.open()
    form = {"case_id": opened["case_id"], "file": (io.BytesIO(b"%PDF-1.7\n%%EOF\n"), "a.pdf")}
    file = told(office("clerk").upload("/files", **form), 201)
    return {
        "code": opened["code"],
        "case_id": opened["case_id"],
        "step_id": opened["open_steps"][0]["id"],
        "slip_id": opened["slips"][0]["id"],
        "file_id": file["id"],
        "incident_id": an_incident(office, opened["case_id"]),
        "timer_id": told(office("admin").get("/timers"))["items"][0]["id"],
        "name": "dossiers",
        "number": 1,
    }
