"""Decision tables for tests, written short: the XML of a DMN file from plain texts."""

from collections.abc import Sequence
from html import escape
from typing import Any

from engine.errors import Finding
from engine.procedures import decision_files
from engine.procedures.decision_logic import Table
from engine.procedures.decisions import Decision

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
#: A column: what it looks at (or is called), its kind, and the values it allows.
Column = tuple[str, str] | tuple[str, str, str]
#: A rule: its cells, first the conditions, then the results.
Rule = Sequence[str]


def definitions(*decisions: str, namespace: str = NAMESPACE, attributes: str = "") -> bytes:
    """A DMN file."""
    return f'<definitions xmlns="{namespace}" id="d" name="d" namespace="http://x" {attributes}>{"".join(decisions)}</definitions>'.encode()


def table(
    inputs: Sequence[Column],
    outputs: Sequence[Column],
    rules: Sequence[Rule],
    *,
    policy: str = "UNIQUE",
    defaults: Sequence[str] = (),
) -> str:
    """A decision table; ``policy`` may end in an aggregation (``COLLECT SUM``), ``defaults`` stand beside the outputs."""
    word, _, how = policy.rpartition(" ") if policy.startswith("COLLECT ") else (policy, "", "")
    heads = "".join(_input(column) for column in inputs)
    results = "".join(
        _output(column, default) for column, default in zip(outputs, [*defaults, *[""] * len(outputs)], strict=False)
    )
    rows = "".join(_rule(rule, len(inputs)) for rule in rules)
    return f'<decisionTable hitPolicy="{word}" aggregation="{how}">{heads}{results}{rows}</decisionTable>'


def decision(logic: str, id_: str = "t", *, requires: Sequence[str] = ()) -> str:
    """A decision with this logic."""
    needed = "".join(
        f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>' for other in requires
    )
    return f'<decision id="{id_}" name="Bảng {id_}">{needed}{logic}</decision>'


def formula(source: str) -> str:
    """A decision that is an expression."""
    return f"<literalExpression><text>{escape(source)}</text></literalExpression>"


def findings(content: bytes) -> list[tuple[str, str]]:
    """(code, message) of everything wrong in a file."""
    found: list[Finding] = []
    decision_files.read("rules/t.dmn", content, found)
    return [(finding.code, finding.message) for finding in found]


def read(*decisions: str) -> dict[str, Decision]:
    """The decisions of a file that is right, by id."""
    found: list[Finding] = []
    made = decision_files.read("rules/t.dmn", definitions(*decisions), found)
    assert found == []
    return {decision.id: decision for decision in made}


def only(logic: str) -> Decision:
    """The one decision with this logic."""
    return read(decision(logic))["t"]


def read_table(logic: str) -> Table:
    """The table in ``logic``."""
    found = only(logic).logic
    assert isinstance(found, Table)
    return found


def answer(logic: str, **values: Any) -> Any:
    """What the one decision with this logic says."""
    return only(logic).answers(values)["t"].value


def _input(column: Column) -> str:
    source, kind, *allowed = column
    values = f"<inputValues><text>{escape(allowed[0])}</text></inputValues>" if allowed else ""
    expression = f'<inputExpression typeRef="{kind}"><text>{escape(source)}</text></inputExpression>'
    return f'<input label="{escape(source)}">{expression}{values}</input>'


def _output(column: Column, default: str) -> str:
    name, kind, *allowed = column
    values = f"<outputValues><text>{escape(allowed[0])}</text></outputValues>" if allowed else ""
    standing = f"<defaultOutputEntry><text>{escape(default)}</text></defaultOutputEntry>" if default else ""
    return f'<output name="{name}" typeRef="{kind}">{values}{standing}</output>'


def _rule(rule: Rule, count: int) -> str:
    tags = ["inputEntry"] * count + ["outputEntry"] * (len(rule) - count)
    cells = "".join(f"<{tag}><text>{escape(cell)}</text></{tag}>" for tag, cell in zip(tags, rule, strict=True))
    return f"<rule>{cells}</rule>"
