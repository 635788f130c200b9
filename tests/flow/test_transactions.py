"""Transactions end well, are cancelled from inside, or fail; business errors of what the engine does are caught in the model."""

import pytest

from engine.errors import Conflict
from engine.flow import run
from engine.flow.errors import FlowFailed
from tests.bench.model import Process, each, timer
from tests.flow.walker import Walk, handler, make_model

CANCEL = "<bpmn:cancelEventDefinition/>"
ERROR = '<bpmn:errorEventDefinition errorRef="x"/>'
EXTRA = '<bpmn:error id="x" name="thiếu" errorCode="X"/>'


def make_transaction(loop: str = "") -> Process:
    """Two steps at once; the second decides whether all is cancelled."""
    inner = Process("pay").element("startEvent", "ps").element("parallelGateway", "pp").chain("ps", "pp")
    inner.element("userTask", "a").element("userTask", "b").element("exclusiveGateway", "x", default="d").element(
        "endEvent", "undo", CANCEL
    )
    inner.element("endEvent", "done").flow("pp", "a").flow("pp", "b").flow("a", "done").flow("b", "x").flow(
        "x", "undo", "again"
    ).flow("x", "done", id_="d")
    process = (
        Process().element("startEvent", "s").element("userTask", "after").element("userTask", "tidy").chain("s", "pay", "after")
    )
    process.parts.append(f'<bpmn:transaction id="pay">{loop}{"".join(inner.parts)}</bpmn:transaction>')
    return process.element("boundaryEvent", "undone", CANCEL, attachedToRef="pay").flow("undone", "tidy")


def test_a_transaction_that_is_cancelled_goes_on_at_its_border() -> None:
    found = Walk(make_model(make_transaction())).complete("b", again=True)
    assert (found.open, found.move.closed, found.move.cancelled) == (["tidy"], (1, 2), (1,))


def test_a_transaction_that_ends_well_goes_on_behind_it() -> None:
    found = Walk(make_model(make_transaction())).complete("b", again=False)
    assert found.open == ["a"]
    assert found.complete("a").open == ["after"]


def test_one_cancelled_transaction_of_several_ends_them_all() -> None:
    found = Walk(make_model(make_transaction(each("people", "person"))), {"people": [1, 2]}).complete("b", again=True)
    assert found.open == ["tidy"]


def make_service(*, inside: bool = False) -> Process:
    process = Process("inside" if inside else "main")
    process.element("startEvent", "is" if inside else "s").element("serviceTask", "work", **{"qt:capability": "any"})
    process.element("userTask", "after").chain("is" if inside else "s", "work", "after")
    return process


def caught_by(process: Process, element: str, definition: str, host: str) -> Process:
    return (
        process.element("boundaryEvent", element, definition, attachedToRef=host)
        .element("userTask", f"{element}_step")
        .flow(element, f"{element}_step")
    )


def fail(found: Walk, code: str) -> Walk:
    found.move = run.fail(found.model, found.move.marking, found.find("work").token, code, found.values)
    return found


@pytest.mark.parametrize(("code", "opened"), [("X", ["own_step"]), ("Y", ["any_step"])], ids=["by its code", "by any"])
def test_an_error_of_a_service_is_caught_on_its_border(code: str, opened: list[str]) -> None:
    process = caught_by(caught_by(make_service(), "any", "<bpmn:errorEventDefinition/>", "work"), "own", ERROR, "work")
    process.element("boundaryEvent", "late", timer("P1D"), attachedToRef="work")
    found = fail(Walk(make_model(process, extra=EXTRA)), code)
    assert (found.open, found.move.closed, found.move.cancelled) == (opened, (1, 2), (1, 2))


def test_an_error_of_a_service_is_caught_by_the_event_sub_process_around_it() -> None:
    found = fail(Walk(make_model(handler(make_service(), "mend", ERROR, "repair"), extra=EXTRA)), "X")
    assert found.open == ["repair"]


def test_an_error_of_a_service_climbs_to_the_border_of_the_scope() -> None:
    process = Process().element("startEvent", "s").add(make_service(inside=True), each("people", "person")).chain("s", "inside")
    found = Walk(make_model(caught_by(process, "own", ERROR, "inside"), extra=EXTRA), {"people": [1, 2]})
    assert fail(found, "X").open == ["own_step"]


def test_an_error_nobody_catches_fails_by_name() -> None:
    found = Walk(make_model(caught_by(make_service(), "own", ERROR, "work"), extra=EXTRA))
    with pytest.raises(FlowFailed) as failure:
        fail(found, "Y")
    assert (failure.value.element, found.open) == ("work", ["work"])
    with pytest.raises(Conflict):
        run.fail(found.model, found.move.marking, 99, "X", {})
