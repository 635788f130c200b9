"""Several processes in one file: those that nobody calls would never run."""

import pytest

from engine.procedures import definition, folder, lint
from tests.bench.model import Process
from tests.cases.drawn import files_of
from tests.flow.walker import linear


def make_main(called: str) -> Process:
    process = Process("payment").element("startEvent", "s").element("callActivity", "call", calledElement=called)
    return process.element("endEvent", "e").chain("s", "call", "e")


@pytest.mark.parametrize(
    ("others", "found"),
    [([], []), ([linear("b", id_="left")], [("left", "process.not_called")])],
    ids=["all are called", "one is not"],
)
def test_a_process_nobody_calls_is_refused(others: list[Process], found: list[tuple[str, str]]) -> None:
    made = folder.of(files_of(make_main("part"), linear("a", id_="part"), *others, sheet={}).items())
    findings = lint.check(made, definition.read(made), {})
    assert [(finding.place, finding.code) for finding in findings if finding.code.startswith("process")] == found
