"""Decision tables as parts to compare, and which row of one state is which of another."""

from collections.abc import Mapping
from difflib import SequenceMatcher

from engine.language.expressions import Expression
from engine.procedures.decision_logic import Rule, Table
from engine.procedures.decision_policies import Aggregation, Policy
from engine.procedures.decisions import Decision
from engine.procedures.definition import Definition
from engine.procedures.difference_parts import Part, Parts

#: Ways of choosing rows under which their order counts.
_ORDERED = (Policy.FIRST, Policy.COLLECT, Policy.RULE_ORDER, Policy.OUTPUT_ORDER)


def decisions(rule: Definition) -> Parts:
    """Every decision and every row of its table."""
    found: Parts = {}
    for decision in rule.decisions.values():
        users = tuple(element for element, use in rule.asks.items() if decision in (use.decision, *use.decision.order))
        key = f"{decision.path}#{decision.id}"
        rows = _rules(decision, decision.logic, users) if isinstance(decision.logic, Table) else {}
        found[key] = Part(key, "decision", decision.name, _decision(decision), users, order=_row_order(decision, rows))
        found |= rows
    return found


def aligned(before: Parts, after: Parts) -> tuple[Parts, Parts]:
    """Both sides with one key for each row that stands in both.

    Rows that test the same are the same; so are rows in the place of one another, whose tests were changed.
    """
    names: dict[str, str] = {}
    for table in dict.fromkeys(part.place for part in before.values() if part.kind == "rule"):
        names |= _pairs(_keys(before, table), _keys(after, table))
    return {names.get(key, key): _renamed(part, names) for key, part in before.items()}, after


def _keys(parts: Parts, table: str) -> list[str]:
    return [key for key, part in parts.items() if part.kind == "rule" and part.place == table]


def _pairs(old: list[str], new: list[str]) -> dict[str, str]:
    """Between two rows that stand on both sides: as many gone as came are the same rows, changed."""
    found: dict[str, str] = {}
    known = set(old) & set(new)
    for word, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone = [key for key in old[first:last] if key not in known]
        came = [key for key in new[start:end] if key not in known]
        if word == "replace" and len(gone) == len(came):
            found |= dict(zip(gone, came, strict=True))
    return found


def _renamed(part: Part, names: Mapping[str, str]) -> Part:
    if part.kind != "decision" or not part.order:
        return part
    order = tuple((names.get(key, key), word) for key, word in part.order)
    return Part(part.place, part.kind, part.name, part.aspects, part.elements, part.summary, order)


def _decision(decision: Decision) -> dict[str, str]:
    logic = decision.logic
    aspects = {"name": decision.name, "variable": decision.variable, "requires": ", ".join(decision.requires)}
    if not isinstance(logic, Table):
        return {**aspects, "formula": f"{logic.expression.source} ({logic.kind.value})"}
    inputs = "; ".join(
        f"{column.label}: {column.expression.source} ({column.kind.value}) {column.allowed.source}".rstrip()
        for column in logic.inputs
    )
    outputs = "; ".join(
        f"{column.name} “{column.label}” ({column.kind.value}) {column.allowed.source} {_expression(column.default)}".rstrip()
        for column in logic.outputs
    )
    policy = f"{logic.policy.value} {logic.aggregation.value}".strip()
    return {**aspects, "policy": policy, "inputs": inputs, "outputs": outputs}


def _rules(decision: Decision, table: Table, users: tuple[str, ...]) -> Parts:
    """Each row by what it tests (twins numbered), so that a row put in the middle is one row more, not all changed."""
    found: Parts = {}
    for row in table.rules:
        tests = " · ".join(test.source or "-" for test in row.tests)
        count = sum(part.aspects["tests"] == tests for part in found.values())
        key = f"{decision.path}#{decision.id} | {tests}{f' #{count}' if count else ''}"
        aspects, own = {"tests": tests, "results": _results(row)}, f"{decision.path}#{decision.id}"
        found[key] = Part(own, "rule", decision.name, aspects, users, f"{tests} → {_results(row)}", owner=own)
    return found


def _row_order(decision: Decision, rows: Parts) -> tuple[tuple[str, str], ...]:
    """The rows, where the answer depends on their order."""
    logic = decision.logic
    if not isinstance(logic, Table) or logic.policy not in _ORDERED or logic.aggregation is not Aggregation.LIST:
        return ()
    return tuple((key, part.aspects["tests"]) for key, part in rows.items())


def _results(row: Rule) -> str:
    return " · ".join(_expression(result) or "null" for result in row.results)


def _expression(expression: Expression | None) -> str:
    return expression.source if expression else ""
