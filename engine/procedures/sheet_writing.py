"""``procedure.yaml`` as plain values and back: what the drawing board changes is written the way people write it by hand."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from yaml.nodes import ScalarNode

from engine.errors import AnswersRejected, Finding, ProcedureRejected
from engine.procedures import yaml_text
from engine.procedures.folder import Folder
from engine.procedures.procedure_sheet import FILE

#: In this order the entries stand in the file; others keep their order behind them.
_ORDER = (
    "code",
    "title",
    "iso_clauses",
    "legal_basis",
    "owner_role",
    "record_class",
    "retention_years",
    "register_columns",
    "public_services",
    "capabilities",
    "start",
    "lanes",
    "steps",
    "waits",
    "messages",
    "ends",
    "slips",
    "statuses",
)
_ENTRY_ORDER = (
    "title",
    "role",
    "of_division",
    "form",
    "roles",
    "term",
    "borrows_from",
    "status",
    "reminder",
    "escalations",
    "is_hand_over",
    "hands_out",
    "help",
    "closed_while",
)
#: Lists that are read line by line; other short lists and mappings stand in one line.
_LINES = frozenset({"iso_clauses", "legal_basis", "register_columns"})
_ENTRIES = frozenset({"lanes", "steps", "messages"})
_ONE_LINE = 110
_INDENT = 2


def read(folder: Folder) -> dict[str, Any]:
    """The sheet of a folder: entry → plain value; empty where there is none. ``ProcedureRejected`` where it cannot be read."""
    found = yaml_text.load(folder.files.get(FILE, b""), FILE)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ProcedureRejected([Finding(FILE, "sheet.shape", "Tệp phải gồm các mục “tên: giá trị”.")])
    return found


def write(sheet: Mapping[str, Any]) -> bytes:
    """The file that says ``sheet``; the same sheet always gives the same bytes. Empty entries of lanes, steps and messages are
    left out. ``AnswersRejected`` where a text cannot be written.
    """
    try:
        json.dumps(sheet, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise AnswersRejected({"sheet": ["Có ký tự không ghi được vào procedure.yaml: hãy xoá rồi gõ lại."]}) from error
    ordered = {key: _trimmed(key, sheet[key]) for key in _sorted(sheet, _ORDER) if sheet[key] is not None}
    return "".join(_entry(key, value, 0) for key, value in ordered.items()).encode()


def changed(folder: Folder, sheet: Mapping[str, Any]) -> dict[str, bytes | None]:
    """The change of files that makes the folder say ``sheet``: none where it says so already (remarks in the file stay then)."""
    try:
        is_same = read(folder) == sheet
    except ProcedureRejected:
        is_same = False
    return {} if is_same else {FILE: write(sheet)}


def _sorted(given: Mapping[str, Any], order: Sequence[str]) -> list[str]:
    known = [key for key in order if key in given]
    return known + [key for key in given if key not in order]


def _trimmed(key: str, value: Any) -> Any:
    if key not in _ENTRIES or not isinstance(value, dict):
        return value
    return {name: _tidy(entry) if isinstance(entry, dict) else entry for name, entry in value.items()}


def _tidy(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in _sorted(entry, _ENTRY_ORDER) if entry[key] not in (None, "")}


def _entry(key: str, value: Any, depth: int) -> str:
    """``key: value`` as lines of the file: in one line where it fits and is no top-level mapping of several."""
    margin = " " * (depth * _INDENT)
    if isinstance(value, dict) and value and (depth == 0 or not _fits(value)):
        return f"{margin}{_scalar(key)}:\n" + "".join(_entry(name, inner, depth + 1) for name, inner in value.items())
    if isinstance(value, list) and value and (key in _LINES or not _fits(value)):
        return f"{margin}{_scalar(key)}:\n" + "".join(f"{margin}{' ' * _INDENT}- {_flow(inner)}\n" for inner in value)
    return f"{margin}{_scalar(key)}: {_flow(value)}\n"


def _fits(value: Any) -> bool:
    return len(_flow(value)) <= _ONE_LINE


def _flow(value: Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10**9)
    return text.removesuffix("\n").removesuffix("\n...").rstrip("\n")


def _scalar(value: str) -> str:
    return _flow(value)


class _Dumper(yaml.SafeDumper):
    """Never writes an alias: the reader refuses them. A text of several lines stands in one, with ``\\n``."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None)


_Dumper.add_representer(str, _Dumper.represent_text)
