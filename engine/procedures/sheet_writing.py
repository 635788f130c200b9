"""``procedure.yaml`` as plain values and back: what the drawing board changes is written the way people write it by hand."""

import json
from collections.abc import Mapping, Sequence, Set
from typing import Any

import yaml
from yaml.nodes import ScalarNode

from engine.errors import AnswersRejected, Finding, ProcedureRejected
from engine.procedures import yaml_comments, yaml_text
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
    "separate",
    "waits",
    "messages",
    "ends",
    "slips",
    "coverage",
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
    "signs",
    "is_personal",
    "given_to",
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


def write(sheet: Mapping[str, Any], former: bytes = b"") -> bytes:
    """The file that says ``sheet``; the same sheet always gives the same bytes. Empty entries of lanes, steps and messages are
    left out. ``former``: the file it replaces, whose order, remarks and lists line by line stay. ``AnswersRejected`` where a
    text cannot be written.
    """
    try:
        json.dumps(sheet, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise AnswersRejected({"sheet": ["Có ký tự không ghi được vào procedure.yaml: hãy xoá rồi gõ lại."]}) from error
    ordered = {key: _trimmed(key, sheet[key]) for key in _placed(sheet, former) if sheet[key] is not None}
    lines = yaml_comments.in_lines(former)
    return yaml_comments.kept(former, "".join(_entry((key,), value, lines) for key, value in ordered.items()).encode())


def changed(folder: Folder, sheet: Mapping[str, Any]) -> dict[str, bytes | None]:
    """The change of files that makes the folder say ``sheet``: none where it says so already."""
    try:
        is_same = read(folder) == sheet
    except ProcedureRejected:
        is_same = False
    return {} if is_same else {FILE: write(sheet, folder.files.get(FILE, b""))}


def _placed(sheet: Mapping[str, Any], former: bytes) -> list[str]:
    """Entries in the order of the former file; a new one before the first that usually follows it."""
    ranks = {key: rank for rank, key in enumerate(_ORDER)}
    try:
        known = list(yaml_text.load(former, FILE) or {})
    except ProcedureRejected:
        known = []
    placed = [key for key in known if key in sheet]
    for key in (key for key in _sorted(sheet, _ORDER) if key not in known):
        rank = ranks.get(key, len(_ORDER))
        at = next((place for place, other in enumerate(placed) if ranks.get(other, len(_ORDER)) > rank), len(placed))
        placed.insert(at, key)
    return placed


def _sorted(given: Mapping[str, Any], order: Sequence[str]) -> list[str]:
    known = [key for key in order if key in given]
    return known + [key for key in given if key not in order]


def _trimmed(key: str, value: Any) -> Any:
    if key not in _ENTRIES or not isinstance(value, dict):
        return value
    return {name: _tidy(entry) if isinstance(entry, dict) else entry for name, entry in value.items()}


def _tidy(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {key: entry[key] for key in _sorted(entry, _ENTRY_ORDER) if entry[key] not in (None, "")}


def _entry(path: tuple[str, ...], value: Any, lines: Set[tuple[str, ...]]) -> str:
    """``key: value`` as lines of the file: in one line where it fits, was no several lines before and is no top-level mapping."""
    key, margin = path[-1], " " * ((len(path) - 1) * _INDENT)
    is_long = path in lines or not _fits(value)
    if isinstance(value, dict) and value and (len(path) == 1 or is_long):
        inner = "".join(_entry((*path, str(name)), given, lines) for name, given in value.items())
        return f"{margin}{_scalar(key)}:\n{inner}"
    if isinstance(value, list) and value and (key in _LINES or is_long):
        return f"{margin}{_scalar(key)}:\n" + "".join(f"{margin}{' ' * _INDENT}- {_flow(item)}\n" for item in value)
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
