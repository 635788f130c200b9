"""Link events: a pair drawn to spare a long line. In the executed copy the line is drawn."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.errors import Finding
from engine.flow.changes import Change
from engine.flow.parse import BPMN, name

_LINK = f"{BPMN}linkEventDefinition"


def join(scope: Any) -> Iterator[Change]:
    """Draw a flow from each throwing link event of ``scope`` to the catching one. What is not clear is left: see ``check``."""
    for catch in _links(scope, "intermediateCatchEvent"):
        throws = _of_name(_links(scope, "intermediateThrowEvent"), _name(catch))
        if len(_of_name(_links(scope, "intermediateCatchEvent"), _name(catch))) != 1 or not _is_clear(scope, catch, throws):
            continue
        label = catch.get("name") or _name(catch)
        for throw in throws:
            _draw(scope, throw.get("id"), catch.get("id"))
            throw.remove(throw.find(_LINK))
            yield Change(throw.get("id"), "link_drawn", f"Sự kiện liên kết “{label}” được nối bằng đường đi.")
        catch.remove(catch.find(_LINK))
        catch.tag = f"{BPMN}intermediateThrowEvent"


def check(node: Any) -> Finding | None:
    """Why a link event was not joined; None where it was, or is none."""
    if node.find(_LINK) is None:
        return None
    scope, label = node.getparent(), _name(node)
    catches, throws = (
        _of_name(_links(scope, "intermediateCatchEvent"), label),
        _of_name(_links(scope, "intermediateThrowEvent"), label),
    )
    if not label:
        message = "Sự kiện liên kết phải có tên: hai đầu cùng tên thì nối với nhau."
    elif len(catches) > 1:
        message = f"Có {len(catches)} sự kiện nhận liên kết “{label}”: mỗi tên chỉ một nơi nhận."
    elif not catches:
        message = f"Không có sự kiện nhận liên kết “{label}” trong cùng quy trình: hãy vẽ sự kiện nhận cùng tên."
    elif not throws:
        message = f"Không có sự kiện phát liên kết “{label}” trong cùng quy trình: hãy vẽ sự kiện phát cùng tên."
    else:
        message = "Sự kiện phát liên kết không được có đường ra, sự kiện nhận không được có đường vào."
    return Finding(node.get("id"), "link", message)


def _links(scope: Any, kind: str) -> list[Any]:
    return [node for node in scope if name(node) == kind and node.find(_LINK) is not None]


def _of_name(nodes: list[Any], label: str) -> list[Any]:
    return [node for node in nodes if _name(node) == label]


def _name(node: Any) -> str:
    return str(node.find(_LINK).get("name") or node.get("name") or "")


def _is_clear(scope: Any, catch: Any, throws: list[Any]) -> bool:
    """Whether nothing leads to the catching event, or on from a throwing one, but the link."""
    if not throws or not _name(catch):
        return False
    flows = scope.findall(f"{BPMN}sequenceFlow")
    ids = {throw.get("id") for throw in throws}
    return not any(flow.get("targetRef") == catch.get("id") or flow.get("sourceRef") in ids for flow in flows)


def _draw(scope: Any, source: str, target: str) -> None:
    flow = etree.SubElement(scope, f"{BPMN}sequenceFlow", id=f"{source}_to_{target}")
    flow.set("sourceRef", source)
    flow.set("targetRef", target)
