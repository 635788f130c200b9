"""What a decision says: a table of rules or a formula, as frozen values compiled once per revision (DMN 1.5, 8.2)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from engine.language import effort
from engine.language.errors import ExpressionError
from engine.language.expressions import Expression
from engine.language.operations import storable
from engine.language.unary import ANYTHING, UnaryTests
from engine.procedures import decision_kinds, decision_policies
from engine.procedures.decision_kinds import Kind
from engine.procedures.decision_policies import LISTING, Aggregation, DecisionFailed, Policy, Row

#: The values a decision may read.
Scope = Mapping[str, Any]


@dataclass(frozen=True)
class Input:
    """A column of conditions: what it looks at, its kind, and the only values that may occur (no test: any)."""

    label: str
    expression: Expression
    kind: Kind = Kind.ANY
    allowed: UnaryTests = ANYTHING


@dataclass(frozen=True)
class Output:
    """A column of results. ``priority``: the values it may have, most important first; ``default`` where no rule matches."""

    name: str
    label: str
    kind: Kind = Kind.ANY
    allowed: UnaryTests = ANYTHING
    priority: tuple[Any, ...] = ()
    default: Expression | None = None


@dataclass(frozen=True)
class Rule:
    """A row; ``number`` counts from 1. An empty result is null."""

    number: int
    tests: tuple[UnaryTests, ...]
    results: tuple[Expression | None, ...]


@dataclass(frozen=True)
class Answer:
    """What one decision said: ``value`` as a whole, ``outputs`` by their names; from which ``inputs``, by which rules."""

    value: Any
    outputs: Mapping[str, Any]
    inputs: Mapping[str, Any] = field(default_factory=dict)
    matched: tuple[int, ...] = ()


@dataclass(frozen=True)
class Table:
    """A decision table."""

    policy: Policy
    aggregation: Aggregation
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every value it may read."""
        written = [column.expression for column in self.inputs] + [column.default for column in self.outputs]
        written += [result for rule in self.rules for result in rule.results]
        cells = [test.names for rule in self.rules for test in rule.tests]
        return frozenset[str]().union(*cells, *(text.names for text in written if text is not None))

    def answer(self, scope: Scope, name: str) -> Answer:
        """Its answer; a list of results is called ``name``. ``DecisionFailed`` with the place in the table."""
        subjects = [_subject(column, scope) for column in self.inputs]
        inputs = {column.label: storable(value) for column, value in zip(self.inputs, subjects, strict=True)}
        rows = self._matching(subjects, scope)
        matched = tuple(number for number, _ in rows)
        value = self._settled(rows) if rows or self._counts_nothing else self._by_default(scope)
        if self.is_list:
            return Answer(value, {name: value}, inputs, matched)
        whole = value[self.outputs[0].name] if len(self.outputs) == 1 else value
        return Answer(whole, value, inputs, matched)

    def _matching(self, subjects: list[Any], scope: Scope) -> list[Row]:
        rows: list[Row] = []
        for rule in self.rules:
            before = effort.begin()
            try:
                if all(self._holds(rule, position, subject, scope) for position, subject in enumerate(subjects)):
                    rows.append((rule.number, self._results(rule, scope)))
            finally:
                effort.end(before)
            if rows and self.policy is Policy.FIRST:
                break
        return rows

    def _holds(self, rule: Rule, position: int, subject: Any, scope: Scope) -> bool:
        try:
            return rule.tests[position].holds(subject, scope)
        except ExpressionError as error:
            raise _failed(f"dòng {rule.number}, cột “{self.inputs[position].label}”", error) from error

    def _results(self, rule: Rule, scope: Scope) -> dict[str, Any]:
        return {
            column.name: _result(column, result, scope, f"dòng {rule.number}, cột “{column.label}”")
            for column, result in zip(self.outputs, rule.results, strict=True)
        }

    @property
    def is_list(self) -> bool:
        """Whether its answer is a list."""
        return self.policy in LISTING and self.aggregation is Aggregation.LIST

    @property
    def has_default(self) -> bool:
        """Whether it says something where no rule matches."""
        return any(column.default is not None for column in self.outputs)

    @property
    def _counts_nothing(self) -> bool:
        """Whether no matching rule is an answer like another: an empty list, a count of 0."""
        return self.policy in LISTING and not self.has_default

    def _by_default(self, scope: Scope) -> Any:
        """What stands where no rule matches."""
        row = {
            column.name: _result(column, column.default, scope, f"giá trị mặc định của cột “{column.label}”")
            for column in self.outputs
        }
        if not self.is_list:
            return row
        return [row[self.outputs[0].name] if len(self.outputs) == 1 else row]

    def _settled(self, rows: list[Row]) -> Any:
        priorities = {column.name: column.priority for column in self.outputs}
        if self.policy not in LISTING:
            return decision_policies.one(self.policy, rows, priorities)
        found = decision_policies.several(self.policy, rows, priorities)
        if self.aggregation is Aggregation.LIST:
            return [row[self.outputs[0].name] for row in found] if len(self.outputs) == 1 else found
        name = self.outputs[0].name
        return {name: decision_policies.aggregate(self.aggregation, [row[name] for row in found])}


@dataclass(frozen=True)
class Formula:
    """A decision that is one expression (a literal expression of DMN)."""

    expression: Expression
    kind: Kind = Kind.ANY

    @property
    def names(self) -> frozenset[str]:
        """Every value it may read."""
        return self.expression.names

    def answer(self, scope: Scope, name: str) -> Answer:
        """Its value, called ``name``. ``DecisionFailed`` where it cannot be computed."""
        try:
            value = storable(decision_kinds.read(self.kind, self.expression.evaluate(scope)))
        except ExpressionError as error:
            raise _failed("biểu thức", error) from error
        return Answer(value, {name: value}, {read: storable(scope.get(read)) for read in sorted(self.names)})


def _subject(column: Input, scope: Scope) -> Any:
    try:
        value = decision_kinds.read(column.kind, column.expression.evaluate(scope))
        is_allowed = value is None or column.allowed.holds(value, scope)
    except ExpressionError as error:
        raise _failed(f"cột “{column.label}”", error) from error
    if not is_allowed:
        raise DecisionFailed(f"cột “{column.label}”: {decision_kinds.shown(value)} không thuộc các giá trị được phép")
    return value


def _result(column: Output, result: Expression | None, scope: Scope, place: str) -> Any:
    if result is None:
        return None
    try:
        value = decision_kinds.read(column.kind, result.evaluate(scope))
        is_allowed = value is None or column.allowed.holds(value, scope)
        kept = storable(value)
    except ExpressionError as error:
        raise _failed(place, error) from error
    if not is_allowed:
        raise DecisionFailed(f"{place}: {decision_kinds.shown(value)} không thuộc các giá trị được phép")
    return kept


def _failed(place: str, error: ExpressionError) -> DecisionFailed:
    return DecisionFailed(f"{place}: {str(error).removesuffix('.')}")
