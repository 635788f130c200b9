"""A procedure that is no dossier, through the API: opened by a person, moved by messages."""

import pytest

from engine.cases import capabilities
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.transaction import transaction
from tests.api.conftest import Office, told
from tests.cases.conftest import LETTER


@pytest.fixture
def registry(office: Office) -> Office:
    """The office, where letters are answered by procedure."""
    with office.app.app_context(), transaction():
        root = agencies.root()
        assert root is not None
        publishing.publish(root.id, folder.read(LETTER), capabilities=capabilities.facts(), basis="QĐ 02/QĐ-UBND", by=None)
    return office


def test_case_is_opened_with_the_answers_of_its_start(registry: Office) -> None:
    body = {"procedure": "letter", "title": "Công văn 12/SKHCN", "answers": {"urgent": True}}
    response = registry("registrar").post("/cases", body, key="c-1")
    case = told(response, 201)
    assert response.headers["Location"] == f"/api/v1/cases/{case['id']}"
    assert (case["procedure"], case["state"], case["values"]["urgent"]) == ("letter", "running", True)
    assert [(step["element"], step["role"], step["dossier_code"]) for step in case["open_steps"]] == [
        ("register", "registrar", None)
    ]
    assert told(registry("registrar").post("/cases", body, key="c-1"), 201) == case
    assert [row["title"] for row in told(registry("head").get("/cases", q="skhcn"))["items"]] == ["Công văn 12/SKHCN"]


def test_only_its_starters_open_a_procedure(registry: Office) -> None:
    told(registry("clerk").post("/cases", {"procedure": "letter", "title": "Công văn"}), 403)


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"procedure": "letter", "title": " "}, 422, "title"),
        ({"procedure": "letter", "title": "Công văn", "answers": {"colour": 1}}, 422, "colour"),
        ({"procedure": "letter", "title": "Công văn", "answers": "x"}, 422, "answers"),
        ({"title": "Công văn"}, 422, "procedure"),
        ({"procedure": "nothing", "title": "Công văn"}, 404, None),
    ],
    ids=["no title", "unknown answer", "answers are words", "no procedure", "unknown procedure"],
)
def test_impossible_cases_are_refused(registry: Office, body: dict[str, object], status: int, field: str | None) -> None:
    problem = told(registry("registrar").post("/cases", body), status)
    assert list(problem.get("errors", {})) == ([field] if field else [])


def test_message_the_case_does_not_wait_for_is_a_conflict(registry: Office) -> None:
    case = told(registry("registrar").post("/cases", {"procedure": "letter", "title": "Công văn"}), 201)
    assert "answer_received" not in case["expected_messages"]
    message = {"name": "answer_received", "answers": {"answer": "Đồng ý"}}
    told(registry("registrar").post(f"/cases/{case['id']}/messages", message), 409)
    assert list(told(registry("registrar").post(f"/cases/{case['id']}/messages", {"name": "x"}), 422)["errors"]) == ["name"]
