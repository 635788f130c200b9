"""What the drawing board offers to choose from: names a condition may read, forms, decision tables, status words."""

from collections.abc import Mapping
from typing import Any

from engine.errors import Finding
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.procedures import assembling
from engine.procedures.assembling import Sheets
from engine.procedures.fields import LIST_TYPES, Field
from engine.procedures.folder import Folder
from engine.procedures.parts import PORTAL_STATUSES


def offered(folder: Folder) -> dict[str, Any]:
    """Lists for the pickers of a draft, faults of its sheets passed over (checking names them).

    ``names``: [{name, label, words: [[value, label]]}] in the order of the forms, those conditions may read; ``answers``:
    {name: label} of every field, what parameters may read besides; ``fields``: {form: its fields, as names};
    ``lists``, ``moments``: the names that hold several values, or a day; ``forms``: {name: title}; ``decisions``: {id: name};
    ``portal_statuses``: {word: Vietnamese name} of a procedure that declares none.
    """
    findings: list[Finding] = []
    sheets = assembling.read_sheets(folder, findings)
    fields = [field for form in sheets.forms.values() for field in form.fields]
    routing = {field.name: field for field in fields if field.routes}
    return {
        "names": names(sheets),
        "answers": {field.name: field.label for field in fields},
        "fields": {form.name: [_named(field) for field in form.fields] for form in sheets.forms.values()},
        "lists": [_named(field) for field in routing.values() if field.type in LIST_TYPES and field.type != "file"],
        "moments": [_named(field) for field in routing.values() if field.type in ("date", "datetime")],
        "forms": {form.name: form.title for form in sheets.forms.values()},
        "decisions": {decision.id: decision.name for decision in sheets.decisions.values()},
        "portal_statuses": dict(PORTAL_STATUSES),
    }


def names(sheets: Sheets) -> list[dict[str, Any]]:
    """What conditions may read: answers that route, values the start declares, columns that decision tables answer."""
    found: dict[str, dict[str, Any]] = {}
    for form in sheets.forms.values():
        for field in form.fields:
            if field.routes:
                entry = found.setdefault(field.name, _named(field) | {"words": []})
                entry["words"] += [word for word in _words(field) if word not in entry["words"]]
    for name, value in sheets.sheet.start.values.items():
        words = [["true", "true"], ["false", "false"]] if isinstance(value, bool) else []
        found.setdefault(name, {"name": name, "label": "", "words": words})
    for decision in sheets.decisions.values():
        found.setdefault(decision.variable, {"name": decision.variable, "label": decision.name, "words": []})
    return list(found.values())


def trouble(source: str, known: Mapping[str, Any] | frozenset[str]) -> str | None:
    """Why an expression cannot be used, in one sentence; None where it can. ``known``: the names it may read."""
    try:
        expression = compile_expression(source)
    except ExpressionError as error:
        return str(error)
    unknown = sorted(expression.names - set(known))
    return f"Chưa biểu mẫu nào cho giá trị “{unknown[0]}”: chọn tên trong danh sách." if unknown else None


def _named(field: Field) -> dict[str, Any]:
    return {"name": field.name, "label": field.label, "words": _words(field)}


def _words(field: Field) -> list[list[str]]:
    if field.type == "boolean":
        return [["true", "true"], ["false", "false"]]
    return [[f'"{choice.value}"', choice.label] for choice in field.choices] if field.type == "choice" else []
