"""A form as JSON Schema 2020-12: what the API and OpenAPI say a step asks for."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from engine.procedures import answers, typed_text
from engine.procedures.fields import Condition, Field

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(title: str, help_text: str, fields: Sequence[Field]) -> dict[str, Any]:
    """The schema of a form's answers, titles and descriptions in Vietnamese.

    A condition as simple as "field is one of values" becomes ``if``/``then``; another is told in the description, and
    the server still checks it.
    """
    schema: dict[str, Any] = {
        "$schema": DIALECT,
        "type": "object",
        "title": title,
        "properties": {field.name: _property(field) for field in fields},
        "required": [field.name for field in fields if _is_always_owed(field)],
        "additionalProperties": False,
    }
    if help_text:
        schema["description"] = help_text
    defaults = {field.name: field.default for field in fields}
    rules = [rule for field in fields if (rule := _rule(field, defaults)) is not None]
    if rules:
        schema["allOf"] = rules
    return schema


def _is_always_owed(field: Field) -> bool:
    return field.is_required and field.visible_when is None and field.default is None


def _property(field: Field) -> dict[str, Any]:
    described = {"title": field.label, **_shape(field)}
    told = [field.help, _told("Chỉ trả lời khi", field.visible_when), _told("Bắt buộc khi", field.required_when)]
    if any(told):
        described["description"] = " ".join(text for text in told if text)
    if field.default is not None:
        described["default"] = field.default
    return described


def _told(words: str, condition: Condition | None) -> str:
    return f"{words}: {condition.expression.source}." if condition is not None else ""


def _rule(field: Field, defaults: Mapping[str, Any]) -> dict[str, Any] | None:
    conditions = [field.visible_when, None if field.is_required else field.required_when]
    if field.default is not None or not (field.is_required or field.required_when is not None):
        return None
    wanted = [condition for condition in conditions if condition is not None]
    if not wanted or any(condition.field is None for condition in wanted):
        return None
    tests = [_test(condition, defaults) for condition in wanted]
    return {"if": tests[0] if len(tests) == 1 else {"allOf": tests}, "then": {"required": [field.name]}}


def _test(condition: Condition, defaults: Mapping[str, Any]) -> dict[str, Any]:
    """Whether the condition holds; a field left out holds it where its default does."""
    name = condition.field or ""
    held: dict[str, Any] = {"properties": {name: {"enum": list(condition.values)}}}
    return held if defaults.get(name) in condition.values else {**held, "required": [name]}


def _text(field: Field) -> dict[str, Any]:
    longest = typed_text.MAX_LINE if field.type == "text" else typed_text.MAX_PARAGRAPHS
    shape: dict[str, Any] = {"type": "string", "maxLength": field.max_length or longest, "minLength": field.min_length or 1}
    if field.pattern:
        shape["pattern"] = f"^(?:{typed_text.PATTERNS[field.pattern][0]})$"
    return shape


def _number(field: Field) -> dict[str, Any]:
    shape: dict[str, Any] = {"type": "number" if field.decimals else "integer"}
    if field.minimum is not None:
        shape["minimum"] = field.minimum
    if field.maximum is not None:
        shape["maximum"] = field.maximum
    return shape


def _money(field: Field) -> dict[str, Any]:
    return {"minimum": 0, **_number(field), "x-unit": "VND"}


def _choice(field: Field) -> dict[str, Any]:
    return {"type": "string", "oneOf": [{"const": choice.value, "title": choice.label} for choice in field.choices]}


def _list(elements: dict[str, Any], field: Field) -> dict[str, Any]:
    return {
        "type": "array",
        "items": elements,
        "uniqueItems": True,
        "minItems": field.min_length or (1 if field.is_required else 0),
        "maxItems": field.max_length or answers.MAX_ELEMENTS,
    }


_SHAPES: Mapping[str, Callable[[Field], dict[str, Any]]] = MappingProxyType(
    {
        "text": _text,
        "textarea": _text,
        "number": _number,
        "money": _money,
        "date": lambda field: {"type": "string", "format": "date"},
        "datetime": lambda field: {"type": "string", "format": "date-time"},
        "choice": _choice,
        "choices": lambda field: _list(_choice(field), field),
        "boolean": lambda field: {"type": "boolean", **({"const": True} if field.is_required else {})},
        "person": lambda field: {"type": "string", "format": "uuid", "x-role": field.role},
        "people": lambda field: _list({"type": "string", "format": "uuid", "x-role": field.role}, field),
        "file": lambda field: _list({"type": "string", "format": "uuid"}, field),
        "id_number": lambda field: {"type": "string", "pattern": "^[0-9]{12}$"},
        "phone": lambda field: {"type": "string", "pattern": "^[+0][0-9 .()-]{8,20}$"},
        "email": lambda field: {"type": "string", "format": "email", "maxLength": 254},
    }
)


def _shape(field: Field) -> dict[str, Any]:
    return _SHAPES[field.type](field)
