"""Decision tables as a grid: read from ``rules/*.dmn``, changed, and written back into the same file.

Only the columns and rows of the one table are written; everything else of the file (diagram, other decisions, notes, extensions)
stays as it is. Rows and columns keep their elements by id, so that what a tool hung on them moves along.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lxml import etree

from engine.errors import Finding, ProcedureRejected
from engine.flow import parse
from engine.procedures import decision_xml
from engine.procedures.decision_grid import Column, Grid, Row
from engine.procedures.decision_tables import MAX_COLUMNS, MAX_RULES

#: Kinds offered for a column; a file's own kinds stay where they stand.
KINDS = ("", "string", "number", "integer", "boolean", "date", "dateTime")
_REPLACED = ("input", "output", "rule")
NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
_NEW = """<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="{namespace}" id="{id}_file" name="{id}" namespace="urn:quytrinh:rules">
  <decision id="{id}" name="{id}"><decisionTable id="{id}_table" hitPolicy="UNIQUE"/></decision>
</definitions>
"""


def new(decision_id: str, name: str) -> bytes:
    """A file with one table: one condition, one result, no row yet. ``decision_id`` is a plain name."""
    columns = Grid(
        decision_id, name, "UNIQUE", "", (Column("", "Điều kiện", "", ""),), (Column("", "Kết quả", "ket_qua", "string"),), ()
    )
    return write(_NEW.format(namespace=NAMESPACE, id=decision_id).encode(), columns)


def decisions(content: bytes, path: str) -> list[tuple[str, str]]:
    """Id and name of every decision of a file. ``ProcedureRejected`` where it is no DMN."""
    found = decision_xml.children(_root(content, path), "decision")
    return [(node.get("id") or "", node.get("name") or node.get("id") or "") for node in found]


def read(content: bytes, decision_id: str, path: str = "rules") -> Grid:
    """The table as a grid. ``ProcedureRejected`` names what a grid cannot hold."""
    root = _root(content, path)
    node = _decision(root, decision_id, path)
    table = decision_xml.child(node, "decisionTable")
    _require_grid(root, node, table, f"{path}: {decision_id}")
    inputs = tuple(_input(head) for head in decision_xml.children(table, "input"))
    outputs = tuple(_output(head) for head in decision_xml.children(table, "output"))
    rows = tuple(_row(rule) for rule in decision_xml.children(table, "rule"))
    policy, aggregation = (table.get("hitPolicy") or "UNIQUE").upper(), (table.get("aggregation") or "").upper()
    grid = Grid(decision_id, node.get("name") or decision_id, policy, aggregation, inputs, outputs, rows)
    _require_rectangle(grid, f"{path}: {decision_id}")
    return grid


def write(content: bytes, grid: Grid, path: str = "rules") -> bytes:
    """The file with the table as the grid has it. ``ProcedureRejected``: a character XML cannot hold."""
    try:
        return _written(_root(content, path), grid, path)
    except ValueError as error:
        raise _refused(f"{path}: {grid.id}", "character", "Có ký tự không ghi được vào tệp: hãy xoá rồi gõ lại.") from error


def _written(root: Any, grid: Grid, path: str) -> bytes:
    node = _decision(root, grid.id, path)
    table = decision_xml.child(node, "decisionTable")
    node.set("name", grid.name or grid.id)
    _set(table, "hitPolicy", grid.policy)
    _set(table, "aggregation", grid.aggregation)
    before = {child.get("id"): child for child in table if child.get("id")}
    places = {
        word: {head.get("id"): place for place, head in enumerate(decision_xml.children(table, word))}
        for word in ("input", "output")
    }
    heads = [_written_input(column, before, table, grid.id) for column in grid.inputs]
    results = [_written_output(column, before, table, grid.id) for column in grid.outputs]
    rules = [_written_row(row, grid, before, table, places) for row in grid.rows]
    first = min((place for place, child in enumerate(table) if decision_xml.name(child) in _REPLACED), default=len(table))
    notes = list(decision_xml.children(table, "annotation"))
    for child in [child for child in table if decision_xml.name(child) in (*_REPLACED, "annotation")]:
        table.remove(child)
    for place, child in enumerate([*heads, *results, *notes, *rules], first):
        table.insert(place, child)
    etree.indent(table, level=_depth(table))
    written: bytes = etree.tostring(root.getroottree(), xml_declaration=True, encoding="UTF-8")
    return written


def _root(content: bytes, path: str) -> Any:
    root = parse.read_xml(content, path)
    if decision_xml.name(root) != "definitions":
        raise _refused(path, "not_dmn", "Tệp không phải bảng quyết định DMN 1.1 đến 1.5.")
    return root


def _decision(root: Any, decision_id: str, path: str) -> Any:
    found = [node for node in decision_xml.children(root, "decision") if node.get("id") == decision_id]
    if len(found) != 1:
        raise _refused(path, "missing", f"Tệp không có đúng một quyết định mang mã “{decision_id}”: hãy mở lại danh sách bảng.")
    return found[0]


def _require_grid(root: Any, node: Any, table: Any, place: str) -> None:
    if table is None:
        raise _refused(place, "not_a_table", "Quyết định này là biểu thức, không phải bảng: hãy sửa trong tệp DMN rồi nạp lại.")
    if (table.get("preferredOrientation") or "Rule-as-Row") == "CrossTable":
        raise _refused(place, "cross", "Bảng chéo (CrossTable) không hiện được thành lưới: hãy đổi thành bảng theo dòng.")
    foreign = [part for part in (root, node, *table.iter()) if isinstance(part.tag, str) and not decision_xml.is_feel(part)]
    if foreign:
        language = foreign[0].get("expressionLanguage")
        raise _refused(place, "language", f"Bảng dùng ngôn ngữ “{language}”: lưới chỉ sửa được FEEL. Hãy đổi sang FEEL trước.")


def _require_rectangle(grid: Grid, place: str) -> None:
    ragged = [number for number, row in enumerate(grid.rows, 1) if not grid.fits(row)]
    if ragged:
        raise _refused(place, "row", f"Dòng {ragged[0]} không có đủ ô cho các cột: hãy sửa trong tệp DMN rồi nạp lại.")
    if len(grid.inputs) + len(grid.outputs) > MAX_COLUMNS or len(grid.rows) > MAX_RULES:
        raise _refused(place, "size", f"Bảng quá {MAX_COLUMNS} cột hoặc {MAX_RULES} dòng: hãy tách bảng.")


def _input(head: Any) -> Column:
    written = decision_xml.child(head, "inputExpression")
    allowed = decision_xml.text(decision_xml.child(head, "inputValues"))
    kind = written.get("typeRef") or "" if written is not None else ""
    return Column(head.get("id") or "", head.get("label") or "", decision_xml.text(written), kind, allowed)


def _output(head: Any) -> Column:
    allowed, default = (decision_xml.text(decision_xml.child(head, part)) for part in ("outputValues", "defaultOutputEntry"))
    return Column(
        head.get("id") or "", head.get("label") or "", head.get("name") or "", head.get("typeRef") or "", allowed, default
    )


def _row(rule: Any) -> Row:
    cells = tuple(decision_xml.text(cell) for cell in decision_xml.children(rule, "inputEntry"))
    results = tuple(decision_xml.text(cell) for cell in decision_xml.children(rule, "outputEntry"))
    described = decision_xml.child(rule, "description")
    return Row(rule.get("id") or "", cells, results, (described.text or "").strip() if described is not None else "")


def _written_input(column: Column, before: Mapping[str, Any], table: Any, decision_id: str) -> Any:
    head = _kept(column.id, before, table, "input", decision_id)
    _set(head, "label", column.label)
    expression = _part(head, "inputExpression", after=("extensionElements", "description"))
    _set(expression, "typeRef", column.kind)
    _say(expression, column.source)
    _say_or_drop(head, "inputValues", column.allowed)
    return head


def _written_output(column: Column, before: Mapping[str, Any], table: Any, decision_id: str) -> Any:
    head = _kept(column.id, before, table, "output", decision_id)
    for name, value in (("label", column.label), ("name", column.source), ("typeRef", column.kind)):
        _set(head, name, value)
    _say_or_drop(head, "outputValues", column.allowed)
    _say_or_drop(head, "defaultOutputEntry", column.default)
    return head


def _written_row(row: Row, grid: Grid, before: Mapping[str, Any], table: Any, places: Mapping[str, Mapping[str, int]]) -> Any:
    rule = _kept(row.id, before, table, "rule", grid.id)
    cells = _entries(rule, "inputEntry", grid.inputs, row.cells, places["input"])
    results = _entries(rule, "outputEntry", grid.outputs, row.results, places["output"])
    last = [child for child in rule if decision_xml.name(child) == "annotationEntry"]
    for child in [child for child in rule if decision_xml.name(child) in ("inputEntry", "outputEntry", "annotationEntry")]:
        rule.remove(child)
    described = decision_xml.child(rule, "description")
    if row.note:
        described = described if described is not None else _part(rule, "description", after=())
        described.text = row.note
    elif described is not None:
        rule.remove(described)
    rule.extend([*cells, *results, *last])
    return rule


def _entries(rule: Any, word: str, columns: Sequence[Column], texts: Iterable[str], places: Mapping[str, int]) -> list[Any]:
    """The cells of a row in the order of the columns; a cell that stood under the same column is kept with all it carries."""
    old = list(decision_xml.children(rule, word))
    made = []
    for column, text in zip(columns, texts, strict=True):
        place = places.get(column.id) if column.id else None
        cell = old[place] if place is not None and place < len(old) else etree.Element(_tag(rule, word))
        _say(cell, text)
        made.append(cell)
    return made


def _kept(element_id: str, before: Mapping[str, Any], table: Any, word: str, decision_id: str) -> Any:
    """The element that had this id in the file, else a new one under an id nobody has."""
    found = before.get(element_id) if element_id else None
    if found is not None and decision_xml.name(found) == word:
        return found
    used = {node.get("id") for node in table.getroottree().iter() if isinstance(node.tag, str)} | set(before)
    number = 1
    while f"{decision_id}_{word}_{number}" in used:
        number += 1
    return etree.SubElement(table, _tag(table, word), id=f"{decision_id}_{word}_{number}")


def _part(node: Any, word: str, *, after: tuple[str, ...]) -> Any:
    found = decision_xml.child(node, word)
    if found is None:
        found = etree.Element(_tag(node, word))
        node.insert(sum(decision_xml.name(child) in after for child in node), found)
    return found


def _say_or_drop(node: Any, word: str, text: str) -> None:
    found = decision_xml.child(node, word)
    if text:
        _say(found if found is not None else etree.SubElement(node, _tag(node, word)), text)
    elif found is not None:
        node.remove(found)


def _say(node: Any, text: str) -> None:
    written = decision_xml.child(node, "text")
    written = written if written is not None else etree.SubElement(node, _tag(node, "text"))
    for child in list(written):
        written.remove(child)
    written.text = text


def _set(node: Any, name: str, value: str) -> None:
    if value:
        node.set(name, value)
    else:
        node.attrib.pop(name, None)


def _tag(node: Any, word: str) -> str:
    return str(etree.QName(etree.QName(node).namespace, word))


def _depth(node: Any) -> int:
    return sum(1 for _ in node.iterancestors())


def _refused(place: str, code: str, message: str) -> ProcedureRejected:
    return ProcedureRejected([Finding(place, f"decision.{code}", message)])
