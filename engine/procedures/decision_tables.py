"""Read one decision table: columns, rules and cells compiled, each mistake told with its row and column."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, TypeVar

from engine.language.errors import ExpressionError
from engine.language.expressions import Expression, compile_expression
from engine.language.operations import equal, storable
from engine.language.unary import ANYTHING, UnaryTests, compile_unary
from engine.language.unary_tests import Compared
from engine.language.words import cut
from engine.procedures import decision_kinds, decision_xml
from engine.procedures.decision_kinds import Kind
from engine.procedures.decision_logic import Input, Output, Rule, Table
from engine.procedures.decision_policies import Aggregation, Policy
from engine.procedures.decision_xml import Declared, Kinds, Place

#: Rules of one table, and columns of conditions and results together.
MAX_RULES, MAX_COLUMNS = 500, 40
_Read = TypeVar("_Read")


def read(node: Any, declared: Kinds, fallback: str, place: Place) -> Table | None:
    """The table in ``node``; ``fallback`` names a single output without a name. None, with findings, where it cannot be read."""
    before = len(place.findings)
    policy, aggregation = _policy(node, place)
    heads, results = list(decision_xml.children(node, "input")), list(decision_xml.children(node, "output"))
    rows = list(decision_xml.children(node, "rule"))
    if not results or len(heads) + len(results) > MAX_COLUMNS or len(rows) > MAX_RULES:
        place.note("size", f"Bảng phải có ít nhất một cột kết quả, tối đa {MAX_COLUMNS} cột và {MAX_RULES} dòng: hãy tách bảng.")
        return None
    inputs = [_input(head, number, declared, place) for number, head in enumerate(heads, 1)]
    outputs = [_output(head, fallback if len(results) == 1 else "", declared, place) for head in results]
    if len(place.findings) > before:
        return None
    table = Table(policy, aggregation, tuple(_labelled(inputs)), tuple(outputs), ())
    rules = tuple(_rule(row, number, table, place) for number, row in enumerate(rows, 1))
    _check_shape(table, place)
    return Table(policy, aggregation, table.inputs, table.outputs, rules) if len(place.findings) == before else None


def is_name(text: str) -> bool:
    """Whether expressions can speak of a value by this name."""
    try:
        words = cut(text)
    except ExpressionError:
        return False
    return len(words) == 2 and words[0].kind == "name" and words[0].value == text


def _policy(node: Any, place: Place) -> tuple[Policy, Aggregation]:
    word, how = (node.get("hitPolicy") or "UNIQUE").upper(), (node.get("aggregation") or "").upper()
    try:
        policy, aggregation = Policy(word), Aggregation(how)
    except ValueError:
        place.note("policy", f"Không có cách chọn “{word} {how}”: hãy dùng {', '.join(known.value for known in Policy)}.")
        return Policy.UNIQUE, Aggregation.LIST
    if policy is not Policy.COLLECT and aggregation is not Aggregation.LIST:
        place.note("policy", f"Cách gộp {how} chỉ đi với COLLECT: hãy đổi cách chọn (hitPolicy) hoặc bỏ cách gộp.")
    return policy, aggregation


def _input(node: Any, number: int, declared: Kinds, place: Place) -> Input:
    written = decision_xml.child(node, "inputExpression")
    source = decision_xml.text(written)
    label = node.get("label") or source or f"cột {number}"
    expression = _compiled(compile_expression, source, f"cột “{label}”", place) if source else None
    if expression is None:
        if not source:
            place.note("input", f"Cột “{label}” chưa ghi lấy giá trị nào: hãy ghi tên giá trị hoặc biểu thức.")
        expression = compile_expression("null")
    kind = decision_xml.kind_of(written, declared, place, f"cột “{label}”")
    return Input(label, expression, kind.kind, _allowed(node, "inputValues", kind, f"cột “{label}”", place))


def _output(node: Any, fallback: str, declared: Kinds, place: Place) -> Output:
    name = node.get("name") or fallback
    label = node.get("label") or name
    if not is_name(name):
        place.note("output", f"Cột kết quả “{label}” cần một tên (name) gồm chữ, số và gạch dưới, không bắt đầu bằng số.")
    kind = decision_xml.kind_of(node, declared, place, f"cột “{label}”")
    allowed = _allowed(node, "outputValues", kind, f"cột “{label}”", place)
    listed = [test.end.value for test in allowed.tests if isinstance(test, Compared) and test.sign == "==" and test.end.is_fixed]
    column = Output(name, label, kind.kind, allowed, tuple(storable(value) for value in listed))
    default = decision_xml.child(node, "defaultOutputEntry")
    return Output(name, label, kind.kind, allowed, column.priority, _result(default, column, "giá trị mặc định", place))


def _labelled(inputs: list[Input]) -> Iterator[Input]:
    """The columns, each under a label of its own."""
    seen: dict[str, int] = {}
    for column in inputs:
        count = seen[column.label] = seen.get(column.label, 0) + 1
        label = column.label if count == 1 else f"{column.label} ({count})"
        yield Input(label, column.expression, column.kind, column.allowed)


def _allowed(node: Any, word: str, kind: Declared, where: str, place: Place) -> UnaryTests:
    source = decision_xml.text(decision_xml.child(node, word)) or kind.allowed
    tests = _compiled(compile_unary, source, f"{where}, các giá trị được phép", place) or ANYTHING
    if tests.names:
        place.note("allowed", f"{where}: các giá trị được phép phải ghi rõ, chữ đặt trong ngoặc kép.")
    return _converted(tests, kind.kind, f"{where}, các giá trị được phép", place)


def _rule(node: Any, number: int, table: Table, place: Place) -> Rule:
    cells, results = list(decision_xml.children(node, "inputEntry")), list(decision_xml.children(node, "outputEntry"))
    if len(cells) != len(table.inputs) or len(results) != len(table.outputs):
        place.note("row", f"Dòng {number} không có đủ ô: cần {len(table.inputs)} ô điều kiện, {len(table.outputs)} ô kết quả.")
        return Rule(number, (), ())
    return Rule(
        number,
        tuple(_cell(cell, column, number, place) for cell, column in zip(cells, table.inputs, strict=True)),
        tuple(_result(cell, column, f"dòng {number}", place) for cell, column in zip(results, table.outputs, strict=True)),
    )


def _cell(node: Any, column: Input, number: int, place: Place) -> UnaryTests:
    where = f"dòng {number}, cột “{column.label}”"
    _require_feel(node, where, place)
    tests = _compiled(compile_unary, decision_xml.text(node), where, place) or ANYTHING
    if column.kind is Kind.ANY and any(isinstance(end.value, date) for end in tests.ends):
        place.note("cell", f"{where}: muốn so với ngày, hãy khai kiểu của cột là date hoặc dateTime.")
    return _converted(tests, column.kind, where, place)


def _converted(tests: UnaryTests, kind: Kind, where: str, place: Place) -> UnaryTests:
    """``tests`` with values of the column's kind; a limit of whole numbers may lie between two."""
    kind = Kind.NUMBER if kind is Kind.WHOLE else kind
    try:
        return tests.converted(lambda value: decision_kinds.read(kind, value))
    except ExpressionError as error:
        place.note("cell", f"{where}: {error}.")
        return tests


def _result(node: Any, column: Output, where: str, place: Place) -> Expression | None:
    source = decision_xml.text(node)
    if not source:
        return None
    where = f"{where}, cột “{column.label}”"
    _require_feel(node, where, place)
    expression = _compiled(compile_expression, source, where, place)
    if expression is not None and not expression.names:
        try:
            value = decision_kinds.read(column.kind, expression.evaluate({}))
            if value is not None and not column.allowed.holds(value, {}):
                place.note("cell", f"{where}: {decision_kinds.shown(value)} không thuộc các giá trị được phép.")
        except ExpressionError as error:
            place.note("cell", f"{where}: {error}.")
    return expression


def _check_shape(table: Table, place: Place) -> None:
    names = [column.name for column in table.outputs]
    if len(set(names)) < len(names):
        place.note("output", "Hai cột kết quả trùng tên: hãy đặt tên khác nhau.")
    if table.aggregation is not Aggregation.LIST and len(names) > 1:
        place.note("policy", f"Cách gộp {table.aggregation.value} chỉ dùng cho bảng có một cột kết quả.")
    if table.policy in (Policy.PRIORITY, Policy.OUTPUT_ORDER) and not any(column.priority for column in table.outputs):
        place.note("policy", f"Cách chọn {table.policy.value} cần danh sách giá trị kết quả theo thứ tự ưu tiên (outputValues).")
    for column in table.outputs:
        if any(equal(value, other) for i, value in enumerate(column.priority) for other in column.priority[:i]):
            place.note("allowed", f"Cột “{column.label}”: các giá trị được phép có giá trị ghi hai lần.")


def _compiled(compiler: Callable[[str], _Read], source: str, where: str, place: Place) -> _Read | None:
    try:
        return compiler(source)
    except ExpressionError as error:
        place.note("cell", f"{where}: {str(error).removesuffix('.')}.")
        return None


def _require_feel(node: Any, where: str, place: Place) -> None:
    if not decision_xml.is_feel(node):
        place.note("language", f"{where}: chỉ dùng được ngôn ngữ FEEL, không dùng “{node.get('expressionLanguage')}”.")
