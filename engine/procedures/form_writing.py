"""``forms/<name>.yaml`` as its designer holds it: plain values read, changed and written back in a shape people can read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from engine.errors import Finding, ProcedureRejected
from engine.procedures import form_sheets, yaml_comments, yaml_text

#: Attributes of a field in the order in which a sheet writes them.
ATTRIBUTES = (
    "name", "type", "label", "help", "required", "required_when", "visible_when", "routes", "choices", "display", "min", "max",
    "min_length", "max_length", "pattern", "decimals", "unit", "default", "role", "assigns",
)  # fmt: skip
_WIDTH = 120
_PLACE = re.compile(r"(?:sections\[(\d+)\]\.)?(?:fields\[(\d+)\])?\.?(.*)")


class _Writer(yaml.SafeDumper):
    """No aliases, lists indented, long texts as blocks."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _text(writer: yaml.SafeDumper, value: str) -> yaml.ScalarNode:
    return writer.represent_scalar("tag:yaml.org,2002:str", value, style="|" if "\n" in value else None)


_Writer.add_representer(str, _text)


@dataclass(frozen=True)
class Located:
    """A finding at a part of a form: ``section`` and ``field`` count from 1 (0: none), ``attribute`` may be empty."""

    section: int
    field: int
    attribute: str
    message: str


def read(content: bytes, path: str = "forms") -> dict[str, Any]:
    """The sheet as plain values. ``ProcedureRejected`` where it is no mapping, or holds what a designer cannot show."""
    sheet = yaml_text.load(content, path)
    if not isinstance(sheet, dict):
        raise _refused(path, "Tệp phải gồm các mục “tên: giá trị”.")
    for rows in (sheet.get("fields"), sheet.get("sections")):
        if rows is not None and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            raise _refused(path, "Mục “fields” và “sections” phải là danh sách: hãy sửa tệp rồi nạp lại.")
    for section in sheet.get("sections") or []:
        rows = section.get("fields")
        if rows is not None and not (isinstance(rows, list) and all(isinstance(row, dict) for row in rows)):
            raise _refused(path, "Các mục của một nhóm phải là danh sách: hãy sửa tệp rồi nạp lại.")
    return sheet


def write(sheet: Mapping[str, Any], former: bytes = b"") -> bytes:
    """The sheet as YAML: known attributes in their order, nothing empty, every letter as it is typed. ``former``: the file it
    replaces, whose remarks (``# …``) stay with the questions they speak of.
    """
    written: dict[str, Any] = {name: sheet[name] for name in ("title", "help") if _is_said(sheet.get(name))}
    if sheet.get("fields"):
        written["fields"] = [_field(row) for row in sheet["fields"]]
    if sheet.get("sections"):
        written["sections"] = [_section(part) for part in sheet["sections"]]
    written |= {name: value for name, value in sheet.items() if name not in written and _is_said(value)}
    made = yaml.dump(written, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=_WIDTH).encode()
    return yaml_comments.kept(former, made)


def check(path: str, content: bytes) -> tuple[list[Finding], list[Located]]:
    """What is wrong with a form alone, and where in it each finding stands."""
    findings: list[Finding] = []
    form = form_sheets.read(path, content, findings)
    positions = {
        field.name: (section, number)
        for section, part in enumerate(form.sections, 0 if not _starts_with_section(content, path) else 1)
        for number, field in enumerate(part.fields, 1)
    }
    return findings, [_located(finding, path, positions) for finding in findings]


def _starts_with_section(content: bytes, path: str) -> bool:
    try:
        sheet = yaml_text.load(content, path)
    except ProcedureRejected:
        return False
    return isinstance(sheet, dict) and sheet.get("fields") is None


def _located(finding: Finding, path: str, positions: Mapping[str, tuple[int, int]]) -> Located:
    within = finding.place.removeprefix(path).removeprefix(":").strip()
    if within in positions:
        attribute = {"field.twice": "name", "field.condition": "visible_when"}.get(finding.code, "")
        return Located(*positions[within], attribute, finding.message)
    found = _PLACE.fullmatch(within)
    section, number, attribute = found.groups() if found else (None, None, "")
    return Located(int(section or 0), int(number or 0), attribute, finding.message)


def _section(part: Mapping[str, Any]) -> dict[str, Any]:
    head = {name: value for name, value in part.items() if name != "fields" and _is_said(value)}
    return {**head, "fields": [_field(row) for row in part.get("fields") or []]}


def _field(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in _ordered(row) if _is_said(row[name])}


def _ordered(row: Mapping[str, Any]) -> Iterator[str]:
    yield from (name for name in ATTRIBUTES if name in row)
    yield from (name for name in row if name not in ATTRIBUTES)


def _is_said(value: Any) -> bool:
    """Whether a value says more than its absence does; ``0`` does."""
    empties: Sequence[Any] = (None, "", [], {}, False)
    return not any(value is empty or (value == empty and not isinstance(value, int | float)) for empty in empties)


def _refused(place: str, message: str) -> ProcedureRejected:
    return ProcedureRejected([Finding(place, "sheet.shape", message)])
