"""Cases that ask decision tables: what is set, what is journalled, and what a table without an answer leads to."""

import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.cases import history, starting
from engine.cases.models import Case, Incident
from engine.cases.troubles import ActFailed
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.procedures.models import ProcedureRevision
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.decisions import DECISION

PERMIT = Path(__file__).parent / "permit"


@pytest.fixture
def revision(office: Office) -> ProcedureRevision:
    """The permit procedure in force."""
    with transaction():
        root = agencies.root()
        assert root is not None
        return publishing.publish(root.id, folder.read(PERMIT), capabilities={}, basis=DECISION, by=None)


def _open(office: Office, **answers: Any) -> uuid.UUID:
    with transaction():
        return starting.open_case("permit", "Giấy phép", answers, by=office.actor("registrar")).id


def _case(case_id: uuid.UUID) -> Case:
    session().rollback()
    return session().get_one(Case, case_id)


@pytest.mark.usefixtures("revision")
@pytest.mark.parametrize(
    ("answers", "step", "expected"),
    [
        pytest.param(
            {"amount": 60_000_000, "kind": "new", "parts": ["house", "fence"]},
            "sign",
            {"level": "leader", "days": 10, "fee_due": 110_000, "part_fees": [75_000, 10_000]},
            id="large",
        ),
        pytest.param(
            {"amount": 5_000_000, "kind": "again", "parts": ["fence"]},
            "check",
            {"level": "officer", "days": 3, "fee_due": 20_000, "part_fees": [10_000]},
            id="small",
        ),
    ],
)
def test_case_goes_where_the_table_says(office: Office, answers: dict[str, Any], step: str, expected: dict[str, Any]) -> None:
    case = _case(_open(office, **answers))
    assert (office.open_elements(case), {name: case.values[name] for name in expected}) == ([step], expected)
    assert "size" not in case.values


@pytest.mark.usefixtures("revision")
def test_every_table_asked_is_journalled(office: Office) -> None:
    case = _case(_open(office, amount=60_000_000, kind="new", parts=["fence"]))
    made = [event.facts for event in history.of(case) if event.kind == "decision.made"]
    assert [
        {name: facts[name] for name in ("element", "decision", "inputs", "rules", "outputs")} for facts in made
    ] == [
        {"element": "assess_task", "decision": "size", "inputs": {"Giá trị": 60_000_000}, "rules": [2], "outputs": {"size": "large"}},
        {"element": "assess_task", "decision": "assess", "inputs": {"Quy mô": "large", "Loại": "new"}, "rules": [3], "outputs": {"level": "leader", "days": 10}},
        {"element": "fee_task", "decision": "fee", "inputs": {"Loại": "new", "Giá trị": 60_000_000}, "rules": [1, 2, 3], "outputs": {"fee": 110_000}},
        {"element": "part_task", "decision": "part_fee", "inputs": {"Hạng mục": "fence"}, "rules": [2], "outputs": {"part_fee": 10_000}},
    ]  # fmt: skip


@pytest.mark.usefixtures("revision")
def test_table_without_an_answer_is_an_incident_at_the_task(office: Office) -> None:
    with pytest.raises(ActFailed):
        _open(office, amount=2_000_000_000, kind="new", parts=["fence"])
    session().rollback()
    [incident] = session().scalars(sa.select(Incident))
    message = "Bảng quyết định “Quy mô” (rules/assess.dmn): cột “Giá trị”: 2000000000 không thuộc các giá trị được phép."
    assert (incident.element, incident.message) == ("assess_task", message)
    assert session().scalars(sa.select(Case)).all() == []


def test_remarks_are_kept_with_the_revision(office: Office) -> None:
    files = dict(folder.read(PERMIT).files)
    files["rules/assess.dmn"] = files["rules/assess.dmn"].replace(b"&gt;= 50000000", b"&gt; 50000000")
    with transaction():
        published = publishing.publish(office.agency_id, folder.of(files.items()), capabilities={}, basis=DECISION, by=None)
        codes = [change["code"] for change in published.changes]
    assert codes == ["decision_named", "decision_named", "decision.gap"]
