"""Who asks which decision table of a folder, and a table under another id everywhere at once."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.errors import AnswersRejected, Finding, ProcedureRejected
from engine.flow import parse
from engine.flow.metadata import DECISION
from engine.procedures import decision_files, decision_tables, decision_xml
from engine.procedures.folder import Folder

#: What stands before a decision's ``variable`` in a DMN file.
_BEFORE_VARIABLE = ("description", "extensionElements", "question", "allowedAnswers")
_LONGEST = 60


def uses(folder: Folder) -> dict[str, list[str]]:
    """Id of a decision → names of the steps that ask it; models that cannot be read are passed over."""
    found: dict[str, list[str]] = {}
    for _path, root in _models(folder):
        for node in root.iter():
            asked = node.get(DECISION) if isinstance(node.tag, str) else None
            if asked:
                found.setdefault(asked, []).append(node.get("name") or node.get("id") or "")
    return found


def check_id(decision_id: str) -> None:
    """Refuse (``AnswersRejected``) an id that no step can call a table by."""
    if not decision_tables.is_name(decision_id) or not decision_id.isascii() or len(decision_id) > _LONGEST:
        message = "Mã bảng chỉ gồm chữ không dấu, chữ số, gạch dưới, không bắt đầu bằng số, ví dụ muc_phi."
        raise AnswersRejected({"id": [message]})


def renamed(folder: Folder, path: str, former: str, decision_id: str) -> dict[str, bytes | None]:
    """The change of files after which the table ``former`` of the file ``path`` is called ``decision_id``: the table, tables that
    need it, its shape in the diagram, and every step that asks it. A file called like its table is moved.

    What later expressions call its answer stays. ``AnswersRejected``: no id, or one that another table has.
    ``ProcedureRejected``: no DMN.
    """
    check_id(decision_id)
    target = f"{decision_files.DIRECTORY}/{decision_id}.dmn" if path == f"{decision_files.DIRECTORY}/{former}.dmn" else path
    if decision_id in ids(folder) or (target != path and target in folder.files):
        raise AnswersRejected({"id": ["Đã có bảng hoặc tệp mang mã này: đặt mã khác."]})
    changes: dict[str, bytes | None] = {path: None} if target != path else {}
    changes[target] = _renamed_table(folder.files[path], path, former, decision_id)
    for model, root in _models(folder):
        asking = [node for node in root.iter() if isinstance(node.tag, str) and node.get(DECISION) == former]
        for node in asking:
            node.set(DECISION, decision_id)
        if asking:
            changes[model] = _written(root)
    return changes


def ids(folder: Folder) -> set[str]:
    """The id of every decision in every file that can be read."""
    found: set[str] = set()
    for path in folder.under(decision_files.DIRECTORY, ".dmn"):
        try:
            root = parse.read_xml(folder.files[path], path)
        except ProcedureRejected:
            continue
        found |= {node.get("id") or "" for node in decision_xml.children(root, "decision")}
    return found


def _models(folder: Folder) -> Iterator[tuple[str, Any]]:
    for path in folder.under(".", ".bpmn"):
        try:
            yield path, parse.read_xml(folder.files[path], path)
        except ProcedureRejected:
            continue


def _renamed_table(content: bytes, path: str, former: str, decision_id: str) -> bytes:
    root = parse.read_xml(content, path)
    node = next((one for one in decision_xml.children(root, "decision") if one.get("id") == former), None)
    if node is None:
        message = f"Tệp không có quyết định mang mã “{former}”: hãy mở lại danh sách bảng."
        raise ProcedureRejected([Finding(path, "decision.missing", message)])
    _keep_answer_name(node, former)
    node.set("id", decision_id)
    for reference in (one for one in root.iter() if isinstance(one.tag, str)):
        for name in ("href", "dmnElementRef"):
            if reference.get(name) in (f"#{former}", former):
                reference.set(name, reference.get(name).replace(former, decision_id))
    return _written(root)


def _keep_answer_name(node: Any, former: str) -> None:
    """A decision whose answer was called by its id goes on being called so in expressions."""
    variable = decision_xml.child(node, "variable")
    if variable is None:
        variable = etree.Element(etree.QName(etree.QName(node).namespace, "variable"))
        node.insert(sum(decision_xml.name(child) in _BEFORE_VARIABLE for child in node), variable)
    if not decision_tables.is_name(variable.get("name") or ""):
        variable.set("name", former)


def _written(root: Any) -> bytes:
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written
