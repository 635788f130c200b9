"""The boxes of the decision grid: the grid that people typed, what its buttons do, and the case they try it with."""

from collections.abc import Callable, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from engine.procedures import decision_grid
from engine.procedures.decision_grid import Column, Grid, Row
from engine.procedures.decision_tables import MAX_COLUMNS, MAX_RULES

_ACTS: Mapping[str, Callable[[Grid, int], Grid]] = {
    "add-row": lambda grid, _: decision_grid.with_row(grid),
    "add-input": lambda grid, _: decision_grid.with_input(grid),
    "add-output": lambda grid, _: decision_grid.with_output(grid),
    "up": lambda grid, place: decision_grid.moved_row(grid, place, -1),
    "down": lambda grid, place: decision_grid.moved_row(grid, place, 1),
    "copy": decision_grid.copied_row,
    "remove": decision_grid.without_row,
    "input-left": lambda grid, place: decision_grid.moved_input(grid, place, -1),
    "input-right": lambda grid, place: decision_grid.moved_input(grid, place, 1),
    "input-remove": decision_grid.without_input,
    "output-left": lambda grid, place: decision_grid.moved_output(grid, place, -1),
    "output-right": lambda grid, place: decision_grid.moved_output(grid, place, 1),
    "output-remove": decision_grid.without_output,
}


def typed_grid(decision_id: str, form: MultiDict[str, str]) -> Grid:
    """The grid as it was typed; a cell that did not come is empty."""
    inputs, outputs = _columns(form, "in"), _columns(form, "out")
    policy, _, aggregation = form.get("policy", "UNIQUE").strip().partition(" ")
    if policy != "COLLECT":
        policy, aggregation = f"{policy} {aggregation}".strip(), ""
    keys = [key for key in form.getlist("row") if key.isascii() and key.isdigit()][:MAX_RULES]
    rows = tuple(_row(form, key, len(inputs), len(outputs)) for key in keys)
    return Grid(decision_id, form.get("name", "").strip(), policy, aggregation, inputs, outputs, rows)


def changed(grid: Grid, act: str) -> Grid:
    """The grid after a button such as ``add-row``, ``up:3``, ``input-remove:0``; places count from 0."""
    word, _, place = act.partition(":")
    change = _ACTS.get(word)
    if change is None or not (place or "0").isdigit():
        return grid
    made = change(grid, int(place or 0))
    is_too_large = len(made.rows) > MAX_RULES or len(made.inputs) + len(made.outputs) > MAX_COLUMNS
    return grid if is_too_large or not made.outputs else made


def tried(form: MultiDict[str, str]) -> dict[str, Any]:
    """The case typed below the grid: name → value; numbers, true, false and null as such, everything else as text."""
    return {name.removeprefix("try-"): _value(text) for name, text in form.items() if name.startswith("try-")}


def _columns(form: MultiDict[str, str], side: str) -> tuple[Column, ...]:
    parts = [form.getlist(f"{side}_{part}") for part in ("id", "label", "source", "kind", "allowed", "default")]
    count = min(len(part) for part in parts[:5])
    defaults = parts[5] if len(parts[5]) >= count else [""] * count
    boxes = zip(*(part[:count] for part in parts[:5]), defaults[:count], strict=True)
    return tuple(Column(*(_line(text) for text in column)) for column in boxes)[:MAX_COLUMNS]


def _row(form: MultiDict[str, str], key: str, inputs: int, outputs: int) -> Row:
    cells, results = (
        tuple(_line(text) for text in [*form.getlist(f"{word}-{key}"), *[""] * count][:count])
        for word, count in (("cell", inputs), ("result", outputs))
    )
    return Row(form.get(f"row_id-{key}", ""), cells, results, form.get(f"note-{key}", "").strip())


def _line(text: str) -> str:
    return " ".join(text.split()) if "\n" in text else text.strip()


def _value(text: str) -> Any:
    plain = text.strip()
    words: Mapping[str, Any] = {"": None, "null": None, "true": True, "false": False}
    if plain in words:
        return words[plain]
    for reading in (int, float):
        try:
            number = reading(plain)
        except ValueError:
            continue
        return number if abs(number) <= 10**15 else plain
    return plain.strip('"')
