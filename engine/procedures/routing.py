"""Do the model's conditions speak of values that the forms really give? A mistyped name or word is found before publishing."""

from collections.abc import Iterator, Mapping

from engine.errors import Finding
from engine.language.errors import ExpressionError
from engine.language.expressions import Expression, compile_expression
from engine.procedures.definition import Definition
from engine.procedures.fields import condition_of

#: What the flow itself provides inside a repeated activity.
_LOOP_NAMES = frozenset({"loopCounter", "numberOfInstances", "numberOfCompletedInstances", "numberOfActiveInstances"})


def check(definition: Definition) -> Iterator[Finding]:
    """Names and words in conditions and parameters that nothing sets."""
    decided = {name for use in definition.asks.values() for name in use.assigned}
    routed = {**routed_words(definition), **dict.fromkeys(decided)}
    answered = {field.name for form in definition.forms.values() for field in form.fields}
    scripted = {name for script in definition.model.vocabulary.scripts.values() for name in script.assigned}
    known = set(routed) | set(definition.start.values) | scripted | _LOOP_NAMES
    for flow in definition.facts.flows:
        if flow.condition is None:
            continue
        expression = _compiled(flow.condition)
        if expression is None:
            continue  # the flow's own check has named it
        for name in sorted(expression.names - known):
            yield Finding(flow.id, "condition.name", _unknown_name(name, name in answered))
        yield from _words(flow.id, expression, routed)
    for element, asked in definition.asks.items():
        for name in sorted(asked.decision.names - known - _loop_items(definition)):
            yield Finding(element, "decision.name", f"Bảng “{asked.decision.name}”: {_unknown_name(name, name in answered)}")
    for element, use in definition.calls.items():
        read = {name for parameter in use.parameters.values() if isinstance(parameter, Expression) for name in parameter.names}
        for name in sorted(read - known - answered):
            yield Finding(element, "capability.parameter", _unknown_name(name, is_field=False))


def routed_words(definition: Definition) -> dict[str, set[str] | None]:
    """Each value the forms give to conditions → the words it may be; None where it is not a choice."""
    routed: dict[str, set[str] | None] = {}
    for form in definition.forms.values():
        for field in form.fields:
            if field.routes:
                words = {choice.value for choice in field.choices} if field.type == "choice" else None
                former = routed.get(field.name, set())
                routed[field.name] = None if words is None or former is None else former | words
    return routed


def _loop_items(definition: Definition) -> set[str]:
    """The names under which repeated activities see their own element of the list."""
    specs = [spec for process in definition.model.processes.values() for spec in process.task_specs.values()]
    items = [item for spec in specs if (item := getattr(spec, "input_item", None)) is not None]
    return {item.bpmn_name or item.bpmn_id for item in items}


def _words(place: str, expression: Expression, routed: Mapping[str, set[str] | None]) -> Iterator[Finding]:
    condition = condition_of(expression)
    words = routed.get(condition.field or "")
    for value in condition.values if words else ():
        if isinstance(value, str) and value not in (words or ()):
            message = f"“{condition.field}” không bao giờ là “{value}”: chọn trong {', '.join(sorted(words or ()))}."
            yield Finding(place, "condition.word", message)


def _compiled(source: str) -> Expression | None:
    try:
        return compile_expression(source)
    except ExpressionError:
        return None


def _unknown_name(name: str, is_field: bool) -> str:
    if is_field:
        return f"Điều kiện đọc “{name}”: hãy thêm “routes: true” vào mục này của biểu mẫu."
    return f"Không biểu mẫu nào cho giá trị “{name}”: hãy sửa tên, hoặc khai giá trị ban đầu ở procedure.yaml, mục start.values."
