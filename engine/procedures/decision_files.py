"""``rules/*.dmn``: the decisions of a procedure, each after those it requires. Every mistake is collected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from engine.errors import Finding, ProcedureRejected
from engine.flow import parse
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.procedures import decision_tables, decision_xml
from engine.procedures.decision_logic import Formula, Table
from engine.procedures.decision_xml import Kinds, Place
from engine.procedures.decisions import Decision
from engine.procedures.folder import Folder

DIRECTORY = "rules"
#: Decisions of one procedure, and bytes of all its tables together.
MAX_DECISIONS, MAX_TOTAL = 50, 1_000_000
#: Drawn for people, without effect on what a decision says.
_DRAWN_ONLY = frozenset(
    {
        "description", "extensionElements", "itemDefinition", "inputData", "knowledgeSource", "textAnnotation", "association",
        "group", "elementCollection", "performanceIndicator", "organizationUnit", "DMNDI",
    }
)  # fmt: skip
_INSTEAD = {
    "businessKnowledgeModel": "Mô hình tri thức (business knowledge model) không dùng được: hãy ghi thành một bảng quyết định.",
    "decisionService": "Dịch vụ quyết định không dùng được: hãy để bước của quy trình hỏi thẳng bảng quyết định.",
    "import": "Không nhập được tệp khác: hãy ghi mọi bảng mà nó cần vào cùng tệp.",
}


@dataclass(frozen=True)
class _Found:
    decision: Decision
    place: Place


def read_all(folder: Folder, findings: list[Finding]) -> dict[str, Decision]:
    """Every decision of the folder by its id; what is wrong is added to ``findings``, and the decision left out."""
    paths = folder.under(DIRECTORY, ".dmn")
    if sum(len(folder.files[path]) for path in paths) > MAX_TOTAL:
        findings.append(Finding(DIRECTORY, "decision.size", f"Các bảng quyết định cộng lại quá {MAX_TOTAL // 1000} kB."))
        return {}
    known: dict[str, Decision] = {}
    for path in paths:
        for decision in read(path, folder.files[path], findings):
            if decision.id in known:
                message = f"Mã “{decision.id}” đã dùng trong {known[decision.id].path}: mỗi bảng quyết định một mã."
                findings.append(Finding(f"{path}: {decision.id}", "decision.twice", message))
            known.setdefault(decision.id, decision)
    if len(known) > MAX_DECISIONS:
        findings.append(Finding(DIRECTORY, "decision.size", f"Một quy trình có tối đa {MAX_DECISIONS} bảng quyết định."))
    return known


def read(path: str, content: bytes, findings: list[Finding]) -> list[Decision]:
    """The decisions of one file."""
    try:
        root = parse.read_xml(content, path)
    except ProcedureRejected as refusal:
        findings.extend(refusal.findings)
        return []
    if decision_xml.name(root) != "definitions":
        findings.append(Finding(path, "decision.not_dmn", "Tệp không phải bảng quyết định DMN 1.1 đến 1.5."))
        return []
    findings.extend(_foreign(root, path))
    nodes = list(decision_xml.children(root, "decision"))
    declared = decision_xml.kinds(root)
    found = [made for node in nodes if (made := _decision(node, declared, path, findings)) is not None]
    ids = {node.get("id") for node in nodes}
    for id_ in sorted({item.decision.id for item in found if sum(node.get("id") == item.decision.id for node in nodes) > 1}):
        Place(path, id_, findings).note("twice", f"Mã “{id_}” dùng cho hai quyết định: mỗi quyết định một mã.")
    return _ordered({item.decision.id: item for item in found}, ids)


def _foreign(root: Any, path: str) -> Iterator[Finding]:
    if not decision_xml.is_feel(root):
        yield Finding(path, "decision.language", f"Chỉ dùng được ngôn ngữ FEEL, không dùng “{root.get('expressionLanguage')}”.")
    for node in root:
        kind = decision_xml.name(node)
        if kind and kind != "decision" and kind not in _DRAWN_ONLY:
            message = _INSTEAD.get(kind, f"Phần tử “{kind}” không dùng được: hãy ghi thành một bảng quyết định.")
            yield Finding(f"{path}: {node.get('id') or kind}", "decision.unsupported", message)


def _decision(node: Any, declared: Kinds, path: str, findings: list[Finding]) -> _Found | None:
    id_ = node.get("id") or ""
    place = Place(path, id_ or "?", findings)
    if not id_:
        place.note("no_id", "Bảng quyết định chưa có mã (id): hãy đặt mã để bước của quy trình gọi tới.")
        return None
    variable = _variable(node, id_)
    if not decision_tables.is_name(variable):
        place.note("no_id", f"Mã “{id_}” phải gồm chữ, số và gạch dưới, không bắt đầu bằng số.")
    logic = _logic(node, declared, variable, place)
    requires = tuple(dict.fromkeys(_required(node)))
    return _Found(Decision(id_, node.get("name") or id_, variable, path, logic, requires), place) if logic is not None else None


def _variable(node: Any, id_: str) -> str:
    """What the answer is called in expressions: as the file says, if an expression can say it, else the id."""
    variable = decision_xml.child(node, "variable")
    name = variable.get("name") if variable is not None else ""
    return name if name and decision_tables.is_name(name) else id_


def _logic(node: Any, declared: Kinds, variable: str, place: Place) -> Table | Formula | None:
    table = decision_xml.child(node, "decisionTable")
    if table is not None:
        return decision_tables.read(table, declared, variable, place)
    written = decision_xml.child(node, "literalExpression")
    if written is None:
        place.note("empty", "Quyết định phải là một bảng (decisionTable) hoặc một biểu thức (literalExpression).")
        return None
    if not decision_xml.is_feel(written):
        place.note("language", f"Chỉ dùng được ngôn ngữ FEEL, không dùng “{written.get('expressionLanguage')}”.")
        return None
    kind = decision_xml.kind_of(decision_xml.child(node, "variable"), declared, place, "kết quả")
    try:
        return Formula(compile_expression(decision_xml.text(written)), kind.kind)
    except ExpressionError as error:
        place.note("cell", f"biểu thức: {str(error).removesuffix('.')}.")
        return None


def _required(node: Any) -> Iterator[str]:
    for requirement in decision_xml.children(node, "informationRequirement"):
        for required in decision_xml.children(requirement, "requiredDecision"):
            yield str(required.get("href") or "").removeprefix("#")


def _ordered(found: Mapping[str, _Found], ids: set[str | None]) -> list[Decision]:
    """The decisions with those they require, in order. One in a circle, or without a sound one that it requires, is left out."""
    orders: dict[str, list[str]] = {}
    for id_, item in found.items():
        lost = [other for other in item.decision.requires if other not in ids]
        order = _all_required(found, id_)
        if lost:
            item.place.note("requires", f"Bảng cần quyết định “{lost[0]}” mà tệp không có: hãy sửa đường nối trong sơ đồ.")
        elif order is None:
            item.place.note("circle", "Các bảng quyết định cần lẫn nhau thành vòng: hãy bỏ một đường nối trong sơ đồ.")
        else:
            orders[id_] = order
    return [
        replace(found[id_].decision, order=tuple(found[other].decision for other in order))
        for id_, order in orders.items()
        if all(other in orders for other in order)
    ]


def _all_required(found: Mapping[str, _Found], id_: str) -> list[str] | None:
    """Everything ``id_`` requires, each after what it requires itself; None where that goes in a circle."""
    order: list[str] = []
    under_way: set[str] = set()
    todo = [(id_, False)]
    while todo:
        at, is_left = todo.pop()
        if is_left:
            under_way.discard(at)
            order.append(at)
            continue
        if at in under_way:
            return None
        if at in order:
            continue
        under_way.add(at)
        todo.append((at, True))
        todo.extend((other, False) for other in (found[at].decision.requires if at in found else ()))
    return order[:-1]
