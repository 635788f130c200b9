"""Who asks which form of a folder that may still be full of faults: steps, messages, the start."""

from collections.abc import Iterator, Mapping
from typing import Any

from engine.errors import ProcedureRejected
from engine.flow import parse
from engine.procedures import yaml_text
from engine.procedures.folder import Folder

_HUMAN = ("userTask", "manualTask", "task")


def steps(folder: Folder) -> dict[str, str]:
    """BPMN id → name of every step that people do; nothing where the model cannot be read."""
    found: dict[str, str] = {}
    for path in folder.under(".", ".bpmn"):
        try:
            root = parse.read_xml(folder.files[path], path)
        except ProcedureRejected:
            continue
        nodes = (node for node in root.iter() if parse.name(node) in _HUMAN and node.get("id"))
        found |= {node.get("id"): node.get("name") or node.get("id") for node in nodes}
    return found


def uses(folder: Folder) -> dict[str, list[str]]:
    """Name of a form → the names of the steps, messages and the start that ask it."""
    found: dict[str, list[str]] = {}
    for form, user in _uses(folder):
        found.setdefault(form, []).append(user)
    return found


def _uses(folder: Folder) -> Iterator[tuple[str, str]]:
    sheet = _sheet(folder)
    declared = _mapping(sheet.get("steps"))
    for element, name in steps(folder).items():
        yield str(_mapping(declared.get(element)).get("form") or element), name
    for message, entry in _mapping(sheet.get("messages")).items():
        told = _mapping(entry)
        yield str(told.get("form") or message), f"Thông điệp: {told.get('title') or message}"
    start = _mapping(sheet.get("start")).get("form")
    if start:
        yield str(start), "Mở hồ sơ"


def _sheet(folder: Folder) -> Mapping[str, Any]:
    try:
        return _mapping(yaml_text.load(folder.files.get("procedure.yaml", b""), "procedure.yaml"))
    except ProcedureRejected:
        return {}


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
