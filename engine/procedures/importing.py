"""Take in a BPMN model drawn with another tool: a folder that runs, every change to it, and what its officer must still do."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from engine.errors import Finding, ProcedureRejected
from engine.flow import called_decisions, metadata, model, normalise, parse
from engine.flow.changes import Change
from engine.flow.parse import BPMN, FLOW_NODES, name
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.language.scripts import compile_script
from engine.procedures import import_repairs, skeleton
from engine.procedures.folder import Folder
from engine.procedures.import_repairs import Repairs

_OURS = frozenset({BPMN[1:-1], metadata.QT[1:-1], "http://www.w3.org/2001/XMLSchema-instance"})
_MOST_ROUNDS = 8
#: Operators of JUEL and FEEL that only look different.
_WORDS = (
    ("&&", " and "),
    ("||", " or "),
    (" eq ", " == "),
    (" ne ", " != "),
    (" gt ", " > "),
    (" lt ", " < "),
    (" empty ", " not "),
)


@dataclass(frozen=True)
class Imported:
    """What became of a foreign file. ``names``: BPMN id → name; ``processes``: pools with steps, ``process`` the one that runs.

    ``findings`` are left to the officer; ``is_runnable`` says whether a case could start on the model now.
    """

    folder: Folder
    changes: tuple[Change, ...]
    findings: tuple[Finding, ...]
    names: Mapping[str, str]
    processes: Mapping[str, str]
    process: str
    code: str
    title: str
    is_runnable: bool


def read(content: bytes, *, process: str = "", code: str = "", title: str = "") -> Imported:
    """The file taken in. ``process``: which pool runs (else the executable or the largest one).

    ``ProcedureRejected`` where it is no safe BPMN 2.0 file, or nothing in it has steps.
    """
    repairs = Repairs(parse.read(content))
    pools = _pools(repairs.root)
    if not pools:
        raise ProcedureRejected([Finding("bpmn", "no_process", "Tệp không có quy trình nào có bước: chọn tệp khác.")])
    chosen = _choose(repairs, pools, process)
    _name_foreign(repairs)
    _translate(repairs)
    failed = _mend(repairs)
    root, normalised = normalise.normalise(repairs.root)
    facts = metadata.read(root)
    title = title or pools[chosen]
    code = code or skeleton.slug(title) or "quy_trinh"
    drawn = skeleton.Drawn(code, title, _written(repairs.root), facts, repairs.questions, _unasked(repairs, facts))
    folder, to_confirm = skeleton.around(drawn)
    changes = tuple(dict.fromkeys([*repairs.changes, *normalised]))
    findings = tuple(dict.fromkeys([*failed, *repairs.findings, *to_confirm]))
    return Imported(folder, changes, findings, _names(repairs.root), pools, chosen, code, title, not failed)


def require_names(imported: Imported) -> None:
    """Refuse (``AnswersRejected``) a code or title no procedure can have."""
    skeleton.required(imported.code, imported.title)


def _pools(root: Any) -> dict[str, str]:
    titles = {p.get("processRef"): p.get("name") for p in root.iter(f"{BPMN}participant")}
    found = [p for p in root.findall(f"{BPMN}process") if any(name(node) in FLOW_NODES for node in p)]
    return {p.get("id"): titles.get(p.get("id")) or p.get("name") or p.get("id") for p in found}


def _choose(repairs: Repairs, pools: Mapping[str, str], wanted: str) -> str:
    processes = {p.get("id"): p for p in repairs.root.findall(f"{BPMN}process") if p.get("id") in pools}
    called = {call.get("calledElement") for call in repairs.root.iter(f"{BPMN}callActivity")}
    mains = [id_ for id_ in processes if id_ not in called] or list(processes)
    executable = [id_ for id_ in mains if processes[id_].get("isExecutable") == "true"]
    sizes = {id_: sum(name(node) in FLOW_NODES for node in processes[id_].iter()) for id_ in processes}
    chosen = wanted if wanted in processes else max(executable or mains, key=lambda id_: sizes[id_])
    for id_, process in processes.items():
        runs = id_ == chosen or id_ in called
        if runs and process.get("isExecutable") != "true":
            repairs.changed(id_, "made_executable", f"“{pools[id_]}” được coi là quy trình chạy được.")
        elif not runs:
            repairs.changed(id_, "pool_drawn_only", f"Bể “{pools[id_]}” giữ trên sơ đồ, không được thực hiện.")
        process.set("isExecutable", "true" if runs else "false")
    return chosen


def _name_foreign(repairs: Repairs) -> None:
    """What other tools added has no effect here: it is named and taken out; the diagram is left as it is."""
    for place in called_decisions.adopt(repairs.root):
        repairs.changed(place, "decision_named", "Bảng quyết định ghi theo cách của công cụ khác: đã đổi thành qt:decision.")
    prefixes = {uri: prefix or "" for node in repairs.root.iter() for prefix, uri in node.nsmap.items()}
    for node in [node for node in repairs.root.iter() if name(node)]:
        gone = [key for key in node.attrib if key.startswith("{") and key[1 : key.index("}")] not in _OURS]
        for key in gone:
            del node.attrib[key]
        if name(node) == "extensionElements":
            foreign = [c for c in node if etree.QName(c).namespace not in _OURS]
            gone += [c.tag for c in foreign]
            for child in foreign:
                node.remove(child)
        if gone:
            owner = node.getparent() if name(node) == "extensionElements" else node
            said = ", ".join(
                dict.fromkeys(f"{prefixes.get(etree.QName(g).namespace, '?')}:{etree.QName(g).localname}" for g in gone)
            )
            message = f"Phần mở rộng của công cụ khác không có tác dụng, đã bỏ: {said[:300]}"
            repairs.changed(owner.get("id") or name(owner), "foreign_extension", message)


def _translate(repairs: Repairs) -> None:
    for flow in repairs.root.iter(f"{BPMN}sequenceFlow"):
        condition = flow.find(f"{BPMN}conditionExpression")
        if condition is None:
            continue
        former = (condition.text or "").strip()
        translated = _in_our_words(former)
        if translated is None:
            flow.remove(condition)
            message = f"Điều kiện “{former[:200]}” viết bằng ngôn ngữ khác nên đã bỏ: ghi lại điều kiện bằng mục của biểu mẫu."
            repairs.left(flow.get("id"), "condition.language", message)
        elif translated != former:
            condition.text = translated
            condition.attrib.pop("language", None)
            repairs.changed(
                flow.get("id"), "condition_translated", f"Điều kiện “{former[:200]}” viết lại thành “{translated[:200]}”."
            )
    for task in repairs.root.iter(f"{BPMN}scriptTask"):
        script = task.find(f"{BPMN}script")
        if script is not None and not _compiles(script.text or ""):
            repairs.left(task.get("id"), "import.script", f"Đoạn mã của công cụ khác đã bỏ: {(script.text or '').strip()[:300]}")
            task.remove(script)


def _in_our_words(text: str) -> str | None:
    rewritten = f" {text} "
    for theirs, ours in _WORDS:
        rewritten = rewritten.replace(theirs, ours)
    rewritten = re.sub(r"!(?!=)", " not ", rewritten)
    for attempt in (text, " ".join(rewritten.split())):
        try:
            return compile_expression(attempt).source.strip()
        except ExpressionError:
            continue
    return None


def _compiles(script: str) -> bool:
    try:
        compile_script(script)
    except ExpressionError:
        return False
    return True


def _mend(repairs: Repairs) -> list[Finding]:
    """Repair what the engine finds, round by round; what stays is what keeps the model from running."""
    findings: list[Finding] = []
    for _ in range(_MOST_ROUNDS):
        try:
            model.load(_written(repairs.root), "import")
        except ProcedureRejected as refusal:
            findings = refusal.findings
        else:
            return []
        mended = [import_repairs.repair(repairs, found) for found in findings]
        if not any(mended):
            break
    return findings


def _unasked(repairs: Repairs, facts: Any) -> tuple[str, ...]:
    asked = {str(row["name"]) for rows in repairs.questions.values() for row in rows}
    spoken = {n for flow in facts.flows if flow.condition for n in _spoken(flow.condition)}
    return tuple(sorted(spoken - asked))


def _spoken(condition: str) -> frozenset[str]:
    try:
        return compile_expression(condition).names
    except ExpressionError:
        return frozenset()


def _names(root: Any) -> dict[str, str]:
    return {node.get("id"): node.get("name") for node in root.iter() if name(node) and node.get("id") and node.get("name")}


def _written(root: Any) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8"))
