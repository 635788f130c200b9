"""Scenarios reach what a signal starts, where a business error is caught, and what begins at another start event."""

import pytest

from engine.errors import Finding
from engine.procedures import definition, folder, playing, scenarios
from engine.procedures.definition import Definition
from tests.bench.model import Process
from tests.cases.drawn import files_of
from tests.flow.walker import handler

EXTRA = '<bpmn:signal id="g" name="flood"/><bpmn:message id="m" name="ask"/><bpmn:error id="x" name="thiếu" errorCode="short"/>'


@pytest.fixture(scope="module")
def payment() -> Definition:
    """A payment that may fail, be asked for by a message, and be stopped by a signal."""
    process = Process("payment").element("startEvent", "s").element("userTask", "a").element("userTask", "b")
    process.element("serviceTask", "pay", **{"qt:capability": "any"}).element("endEvent", "e").chain("s", "a", "pay", "b", "e")
    process.element("boundaryEvent", "failed", '<bpmn:errorEventDefinition errorRef="x"/>', attachedToRef="pay")
    process.element("userTask", "call").element("endEvent", "e2").chain("failed", "call", "e2")
    process.element("startEvent", "asked", '<bpmn:messageEventDefinition messageRef="m"/>').element("userTask", "look")
    process.element("endEvent", "e3").chain("asked", "look", "e3")
    handler(process, "stop", '<bpmn:signalEventDefinition signalRef="g"/>', "rescue")
    return definition.read(folder.of(files_of(process, extra=EXTRA, sheet={"capabilities": ["any"]}).items()))


@pytest.mark.parametrize(
    ("acts", "visited", "ended_at"),
    [
        ("  - start: {}\n  - complete: a\n  - complete: b\n    expect: {end: e}", {"a", "pay", "b", "stop_start"}, "e"),
        (
            "  - start: {}\n  - complete: a\n    fails: {pay: short}\n    expect: {open: [call], ran: [any]}\n  - complete: call",
            {"a", "pay", "call", "stop_start"},
            "e2",
        ),
        ("  - start: {}\n    at: asked\n    expect: {open: [look]}\n  - complete: look", {"look", "stop_start"}, "e3"),
        (
            "  - start: {}\n  - signal: flood\n    answers: {level: 3}\n    expect: {open: [rescue]}\n  - complete: rescue",
            {"a", "stop_start", "rescue"},
            "stop_end",
        ),
    ],
    ids=["done", "business error", "begun by a message", "stopped by a signal"],
)
def test_a_story_goes_where_events_lead(payment: Definition, acts: str, visited: set[str], ended_at: str) -> None:
    findings: list[Finding] = []
    story = scenarios.read("scenarios/test.yaml", f"title: Thử\nacts:\n{acts}\n".encode(), findings)
    played = playing.play(payment, story)
    assert (findings, played.findings, played.visited, played.ended_at) == ([], (), frozenset(visited), ended_at)


@pytest.mark.parametrize(
    ("acts", "message"),
    [
        ("  - start: {}\n  - signal: fire", "Hồ sơ hiện không chờ tín hiệu “fire”."),
        ("  - start: {}\n  - complete: a\n    fails: {pay: long}", "“pay” báo lỗi “long” mà mô hình không bắt."),
    ],
    ids=["signal nobody waits for", "error nobody catches"],
)
def test_a_story_that_cannot_go_so_is_told(payment: Definition, acts: str, message: str) -> None:
    story = scenarios.read("scenarios/test.yaml", f"title: Thử\nacts:\n{acts}\n".encode(), [])
    assert [finding.message for finding in playing.play(payment, story).findings] == [message]
