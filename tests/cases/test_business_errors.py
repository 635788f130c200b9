"""A capability says that something cannot be done: the model's error event goes on from there."""

from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine.cases import capabilities, history, starting
from engine.cases.capabilities import BusinessError, Capability, CapabilityCall
from engine.cases.models import Case, Incident
from engine.cases.troubles import ActFailed
from engine.transaction import session, transaction
from tests.bench.model import Process
from tests.cases.conftest import Office
from tests.cases.drawn import publish

ERRORS = '<bpmn:error id="x" name="thiếu" errorCode="short"/>'


def pay(call: CapabilityCall) -> Mapping[str, Any]:
    """Pays up to a hundred."""
    amount = int(call.parameters["amount"])
    if amount > 100:
        raise BusinessError("short", "Tài khoản không đủ tiền.", {"missing": amount - 100})
    return {"paid": amount}


capabilities.register(Capability("test_pay", "Trả tiền thử", ("amount",), pay))


def make_payment(code: str) -> Process:
    parameter = '<bpmn:extensionElements><qt:parameter name="amount" value="=answer"/></bpmn:extensionElements>'
    process = (
        Process("payment")
        .element("startEvent", "s")
        .element("userTask", "a")
        .element("serviceTask", "pay", parameter, **{"qt:capability": "test_pay"})
    )
    process.element("userTask", "b").element("endEvent", "e").chain("s", "a", "pay", "b", "e")
    process.element("boundaryEvent", "failed", f'<bpmn:errorEventDefinition errorRef="{code}"/>', attachedToRef="pay")
    return process.element("userTask", "call").element("endEvent", "e2").chain("failed", "call", "e2")


def begin(office: Office, errors: str = ERRORS) -> Case:
    revision = publish(office.agency_id, make_payment("x"), extra=errors)
    with transaction():
        case = starting.create(revision, agency_id=office.agency_id, title="Trả", values={}, by=office.actor("registrar"))
        starting.begin(case, by=office.actor("registrar"))
    return case


@pytest.mark.parametrize(
    ("amount", "opened", "values"),
    [("100", ["b"], {"paid": 100}), ("130", ["call"], {"missing": 30})],
    ids=["done", "cannot be done"],
)
def test_a_business_error_goes_on_at_its_event(office: Office, amount: str, opened: list[str], values: dict[str, int]) -> None:
    case = begin(office)
    assert office.complete(case, "a", "registrar", answer=amount) == opened
    session().rollback()
    assert {name: session().get_one(Case, case.id).values.get(name) for name in values} == values
    thrown = [event.facts for event in history.of(case) if event.kind == "event.thrown"]
    said = {"event": "error", "name": "short", "element": "pay", "is_caught": True}
    assert [{name: facts[name] for name in said} for facts in thrown] == ([said] if "missing" in values else [])


def test_a_business_error_nobody_catches_is_an_incident_with_its_own_words(office: Office) -> None:
    case = begin(office, ERRORS.replace("short", "other"))
    with pytest.raises(ActFailed):
        office.complete(case, "a", "registrar", answer="130")
    assert office.open_elements(case) == ["a"]
    [incident] = session().scalars(sa.select(Incident)).all()
    assert (incident.element, incident.message) == ("pay", "Tài khoản không đủ tiền.")
