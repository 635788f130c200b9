"""What publishing says of a decision table: refusals, and remarks that its author should read but may leave."""

from collections.abc import Iterator, Mapping

from engine.errors import Finding
from engine.language.expressions import Expression
from engine.language.operations import equal
from engine.procedures import decision_coverage
from engine.procedures.decision_coverage import Case, Coverage
from engine.procedures.decision_logic import Rule, Table
from engine.procedures.decision_policies import LISTING, Policy
from engine.procedures.decisions import Decision

#: What the findings of ``remarks`` are called.
REMARKS = frozenset({"decision.gap", "decision.unchecked", "decision.unreached"})
#: Examples told of one table.
_MOST = 5


def refusals(decisions: Mapping[str, Decision]) -> Iterator[Finding]:
    """Rules that contradict each other: two that match together under UNIQUE, or with different results under ANY."""
    for decision, table in _tables(decisions):
        found = decision_coverage.of(table) if table.policy in (Policy.UNIQUE, Policy.ANY) else None
        if found is not None:
            yield from _overlaps(decision, table, found)


def remarks(decisions: Mapping[str, Decision]) -> Iterator[Finding]:
    """Cases no rule matches, where no default stands for them; rules never reached; tables that could not be examined."""
    for decision, table in _tables(decisions):
        place = f"{decision.path}: {decision.id}"
        found = decision_coverage.of(table)
        if found is None:
            message = f"Bảng “{decision.name}” so với giá trị khác hoặc quá lớn nên chưa kiểm được có thiếu, có chồng hay không."
            yield Finding(place, "decision.unchecked", message)
            continue
        if not table.has_default and table.policy not in LISTING:
            for case in found.gaps[:_MOST]:
                message = f"Bảng “{decision.name}” không có dòng nào cho trường hợp {_told(table, case)}: kết quả sẽ để trống."
                yield Finding(place, "decision.gap", f"{message} Hãy thêm dòng, hoặc ghi giá trị mặc định.")
        reached = found.leading if table.policy is Policy.FIRST else found.matching
        for rule in table.rules:
            if rule.number not in reached:
                message = f"Bảng “{decision.name}”: dòng {rule.number} không bao giờ được chọn, hãy sửa điều kiện hoặc xoá dòng."
                yield Finding(place, "decision.unreached", message)


def _tables(decisions: Mapping[str, Decision]) -> Iterator[tuple[Decision, Table]]:
    return ((decision, decision.logic) for decision in decisions.values() if isinstance(decision.logic, Table))


def _overlaps(decision: Decision, table: Table, found: Coverage) -> Iterator[Finding]:
    rules = {rule.number: rule for rule in table.rules}
    pairs = {pair: case for pair, case in found.overlaps.items() if not _agree(table, rules[pair[0]], rules[pair[1]])}
    for (first, second), case in list(pairs.items())[:_MOST]:
        both = f"Bảng “{decision.name}”: dòng {first} và dòng {second} cùng đúng khi {_told(table, case)}"
        how = "hãy sửa điều kiện, hoặc đổi cách chọn (hitPolicy) thành FIRST"
        if table.policy is Policy.ANY:
            how = "mà kết quả khác nhau: hãy sửa cho giống nhau"
        yield Finding(f"{decision.path}: {decision.id}", "decision.overlap", f"{both}, {how}.")


def _agree(table: Table, first: Rule, second: Rule) -> bool:
    """Whether two rules may match together: under ANY where their results are or may be the same."""
    if table.policy is not Policy.ANY:
        return False
    return not any(_differ(left, right) for left, right in zip(first.results, second.results, strict=True))


def _differ(left: Expression | None, right: Expression | None) -> bool:
    """Whether two results are surely different; those that depend on values are judged when they are known."""
    if any(result is not None and result.names for result in (left, right)):
        return False
    values = [result.evaluate({}) if result is not None else None for result in (left, right)]
    return not equal(*values)


def _told(table: Table, case: Case) -> str:
    """The case in words; columns after the last one that matters may have any value."""
    told = [f"“{column.label}”: {piece.text}" for column, piece in zip(table.inputs, case, strict=False)]
    return "; ".join(told) or "bất kỳ"
