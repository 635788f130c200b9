"""The OpenAPI document: true to its own standard, to the routes and to what the API really answers."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from schemathesis.specs.openapi.definitions import OPENAPI_31_VALIDATOR

from engine.people import policy
from tests.api.conftest import Office, told
from web import guard

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
#: Who is asked with: between them they hold every permission.
LOGINS = ("clerk", "leader", "secretary", "admin")


def document(office: Office) -> dict[str, Any]:
    """The document as anybody reads it."""
    found: dict[str, Any] = told(office("").get("/openapi.json"))
    return found


def operations(found: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and description of every operation."""
    for path, methods in found["paths"].items():
        for method in set(methods) & {"get", "post", "put", "patch", "delete"}:
            yield path, method, methods[method]


def test_document_keeps_to_openapi_3_1(office: Office) -> None:
    found = document(office)
    assert found["openapi"] == "3.1.0"
    assert [error.message for error in OPENAPI_31_VALIDATOR.iter_errors(found)] == []


def test_every_route_is_in_the_document_with_its_permission(office: Office) -> None:
    described = {(path, method): operation["x-permission"] for path, method, operation in operations(document(office))}
    assert set(described.values()) <= set(policy.PERMISSIONS)
    needed = guard.declared(office.app)
    routes = {
        (_template(str(rule)), method.lower()): needed[rule.endpoint, method]
        for rule in office.app.url_map.iter_rules()
        if str(rule).startswith("/api/v1/") and rule.endpoint != "api-docs.openapi_json"
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert described == routes


def test_every_act_takes_a_key(office: Office) -> None:
    key = {"$ref": "#/components/parameters/IdempotencyKey"}
    without = [path for path, method, what in operations(document(office)) if method != "get" and key not in what["parameters"]]
    assert without == []


def test_every_operation_says_what_it_is_for(office: Office) -> None:
    assert [path for path, _, what in operations(document(office)) if not what.get("summary")] == []


@pytest.mark.slow
def test_no_question_breaks_the_api_and_every_answer_is_as_described(office: Office) -> None:
    opened = office.open()
    office.to_sign(opened["code"])
    known = {
        "code": opened["code"],
        "case_id": opened["case_id"],
        "step_id": office.dossier(opened["code"])["open_steps"][0]["id"],
        "slip_id": opened["slips"][0]["id"],
        "name": "dossiers",
        "number": 1,
    }
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", office.app)
    headers = [{"Authorization": f"Bearer {office.token_of(login)}"} for login in LOGINS]
    asked = 0
    for found in schema.get_all_operations():
        operation = found.ok()  # type: ignore[union-attr]  # a document that cannot be read fails here, as it should

        @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(case=operation.as_strategy())
        def ask(case: Any) -> None:
            nonlocal asked
            for places in (case.path_parameters, {**case.path_parameters, **_known_in(case, known)}):
                case.path_parameters = places
                for header in headers:
                    case.validate_response(case.call(headers=header), checks=CHECKS)
                    asked += 1

        ask()
    assert asked > 1000


def _known_in(case: Any, known: dict[str, Any]) -> dict[str, Any]:
    names = {name: known[name] for name in case.path_parameters if name in known}
    if "/procedures/" in case.operation.path and "code" in names:
        names["code"] = "dossier"
    if "/public-services/" in case.operation.path and "code" in names:
        names["code"] = "1.004873"
    if "/export/" in case.operation.path:
        names["name"] = "journal"
    return names


def _template(rule: str) -> str:
    return rule.replace("<uuid:", "{").replace("<int:", "{").replace("<", "{").replace(">", "}")
