"""The rows of the form designer: what a sheet shows in its boxes, and the sheet that boxes typed by people make.

A row is a question or the heading of a section; questions above the first heading stand outside every section. Each row has a
``key`` that only this page knows; its boxes are called ``<attribute>-<key>``.
"""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.procedures.fields import TYPES
from engine.procedures.form_conditions import COMPARISONS, WITHOUT_VALUE, Picked, picked, written
from engine.text import clean

Row = dict[str, Any]

_TEXTS = ("name", "type", "label", "help", "unit", "pattern", "role", "assigns", "display", "min", "max")
_COUNTS = ("min_length", "max_length", "decimals")
_FLAGS = ("required", "routes")
CONDITIONS = ("visible_when", "required_when")
_NUMERIC = ("number", "money")
_DAYS = ("date", "datetime")
#: Attributes that only some kinds of questions have; others are offered where the sheet already says something.
OFFERED: Mapping[str, tuple[str, ...]] = {
    "choices": ("choice", "choices"),
    "display": ("choice",),
    "min": (*_NUMERIC, *_DAYS),
    "max": (*_NUMERIC, *_DAYS),
    "decimals": ("number",),
    "unit": ("number",),
    "min_length": ("text", "textarea"),
    "max_length": ("text", "textarea"),
    "pattern": ("text",),
    "default": ("text", "textarea", "number", "money", "choice", "choices", "id_number", "phone", "email"),
    "role": ("person", "people"),
    "assigns": ("person",),
}
#: Rows of one form, and choices of one question: more than any form has.
MOST_ROWS, MOST_CHOICES = 200, 100


def rows_of(sheet: Mapping[str, Any]) -> list[Row]:
    """The rows of a sheet, numbered from 1."""
    rows = [_field_row(field) for field in sheet.get("fields") or []]
    for section in sheet.get("sections") or []:
        rows.append({"kind": "section", "label": _shown(section.get("title")), "help": _shown(section.get("help"))})
        rows += [_field_row(field) for field in section.get("fields") or []]
    return [row | {"key": str(number)} for number, row in enumerate(rows, 1)]


def typed_rows(form: MultiDict[str, str]) -> list[Row]:
    """The rows as they were typed, nothing judged."""
    keys = list(dict.fromkeys(key for key in form.getlist("row") if key.isascii() and key.isdigit()))[:MOST_ROWS]
    return [_typed_row(form, key) for key in keys]


def sheet_of(title: str, help_text: str, rows: list[Row]) -> dict[str, Any]:
    """The sheet these rows make; what is not said is left out by its writer."""
    kinds = {row["name"]: row["type"] for row in rows if row["kind"] == "field"}
    outside: list[dict[str, Any]] = []
    sections: list[dict[str, Any]] = []
    for row in rows:
        if row["kind"] == "section":
            sections.append({"title": row["label"], "help": row["help"], "fields": []})
        else:
            (sections[-1]["fields"] if sections else outside).append(_field(row, kinds))
    return {"title": clean(title), "help": help_text.strip(), "fields": outside, "sections": sections}


def changed_rows(rows: list[Row], act: str) -> list[Row]:
    """The rows after a button: ``up:<key>``, ``down:<key>``, ``remove:<key>``, ``copy:<key>``, ``add-field``, ``add-section``."""
    word, _, key = act.partition(":")
    free = str(max((int(row["key"]) for row in rows), default=0) + 1)
    if word == "add-field":
        return [*rows, new_field(free)]
    if word == "add-section":
        return [*rows, {"kind": "section", "key": free, "label": "", "help": ""}]
    at = next((place for place, row in enumerate(rows) if row["key"] == key), None)
    if at is None:
        return rows
    if word == "remove":
        return rows[:at] + rows[at + 1 :]
    if word == "copy":
        return [*rows[: at + 1], rows[at] | {"key": free}, *rows[at + 1 :]]
    to = at + {"up": -1, "down": 1}.get(word, 0)
    if 0 <= to < len(rows):
        rows = list(rows)
        rows.insert(to, rows.pop(at))
    return rows


def new_field(key: str) -> Row:
    """An empty question."""
    return _field_row({"type": "text"}) | {"key": key}


def offers(row: Row, attribute: str) -> bool:
    """Whether the designer shows this attribute for this row."""
    return row["type"] in OFFERED[attribute] or bool(row[attribute])


def _field_row(field: Mapping[str, Any]) -> Row:
    row: Row = {"kind": "field"} | {name: _shown(field.get(name)) for name in (*_TEXTS, *_COUNTS)}
    row |= {name: field.get(name) is True for name in _FLAGS}
    default = field.get("default")
    row["default"] = ", ".join(map(_shown, default)) if isinstance(default, list) else _shown(default)
    row["choices"] = _choice_rows(field.get("choices"))
    for name in CONDITIONS:
        row |= _condition_row(name, _shown(field.get(name)))
    return row


def _choice_rows(choices: Any) -> list[tuple[str, str, str]]:
    pairs = choices.items() if isinstance(choices, dict) else ()
    return [
        (value, _shown(said.get("label")), _shown(said.get("help"))) if isinstance(said, dict) else (value, _shown(said), "")
        for value, said in pairs
    ]


def _condition_row(name: str, source: str) -> Row:
    found = picked(source) if source else None
    return {
        f"{name}_field": found.field if found else "",
        f"{name}_is": found.comparison if found else "is",
        f"{name}_value": found.value if found else "",
        f"{name}_text": "" if found else source,
    }


def _typed_row(form: MultiDict[str, str], key: str) -> Row:
    def typed(name: str) -> str:
        return form.get(f"{name}-{key}", "").replace("\r\n", "\n").strip()

    row: Row = {"key": key, "kind": "section" if typed("kind") == "section" else "field"}
    row |= {"label": typed("label"), "help": typed("help")}
    if row["kind"] == "section":
        return row
    row |= {name: typed(name) for name in (*_TEXTS, *_COUNTS, "default")}
    row["type"] = row["type"] if row["type"] in TYPES else "text"
    row |= {name: f"{name}-{key}" in form for name in _FLAGS}
    parts = (form.getlist(f"choice_{part}-{key}") for part in ("value", "label", "help"))
    choices = [tuple(part.strip() for part in choice) for choice in zip(*parts, strict=False)]
    row["choices"] = [choice for choice in choices if any(choice)][:MOST_CHOICES]
    for name in CONDITIONS:
        row |= {f"{name}_{part}": typed(f"{name}_{part}") for part in ("field", "is", "value", "text")}
        row[f"{name}_is"] = row[f"{name}_is"] if row[f"{name}_is"] in COMPARISONS else "is"
    return row


def _field(row: Row, kinds: Mapping[str, str]) -> dict[str, Any]:
    field: dict[str, Any] = {name: row[name] for name in _TEXTS if name not in OFFERED or offers(row, name)}
    field |= {name: row[name] for name in _FLAGS}
    field |= {name: _number(row[name]) for name in _COUNTS}
    if row["type"] not in _DAYS:
        field |= {name: _number(row[name]) for name in ("min", "max")}
    field["choices"] = {
        value: {"label": label, "help": help_text} if help_text else label for value, label, help_text in row["choices"]
    }
    field["default"] = _default(row)
    return field | {name: _condition(row, name, kinds) for name in CONDITIONS}


def _default(row: Row) -> Any:
    if row["type"] in _NUMERIC:
        return _number(row["default"])
    if row["type"] == "choices":
        return [part.strip() for part in row["default"].split(",") if part.strip()]
    return row["default"]


def _condition(row: Row, name: str, kinds: Mapping[str, str]) -> str:
    """The advanced text where there is one, else what the pickers say."""
    text, field, word, value = (str(row[f"{name}_{part}"]) for part in ("text", "field", "is", "value"))
    if text or not field or (not value and word not in WITHOUT_VALUE):
        return text
    return written(Picked(field, word, value), is_text=kinds.get(field) not in (*_NUMERIC, "boolean"))


def _number(text: str) -> Any:
    """A number as YAML keeps it; what is none stays text, for the check to say so."""
    plain = text.replace(",", ".")
    for reading in (int, float):
        try:
            return reading(plain)
        except ValueError:
            continue
    return text


def _shown(value: Any) -> str:
    return "" if value is None else str(value).strip()
