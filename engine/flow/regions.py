"""Parallel branches of a process, found once from its graph: a token may be moved only inside its own branch."""

from typing import Any

from engine.flow.gateways import InclusiveGateway, ParallelGateway
from engine.flow.loops import Instances, StandardLoop
from engine.flow.steps import ManualTask, ServiceTask, SubProcess, UserTask
from engine.flow.tokens import Token

#: Where an element lies: the open splits around it, outermost first, each with the way taken; None where that is not certain.
Region = tuple[str, ...] | None


def why_not(token: Token, element: str) -> str | None:
    """Why ``token`` may not be moved before ``element``, in Vietnamese; None if it may."""
    process = token.workflow.spec
    target = process.task_specs.get(element)
    if target is None or target.bpmn_id != element:
        return "Không trả về được: bước đích không cùng quy trình con với bước hiện tại."
    if not isinstance(target, UserTask | ManualTask | ServiceTask | SubProcess | Instances | StandardLoop):
        return "Không trả về được: chỉ trả về một bước công việc."
    if token.parent is not None:
        return "Không trả về được từ việc đi kèm hoặc việc lặp: hãy hoàn thành hoặc huỷ cả nhóm việc."
    here, there = regions(process).get(token.task_spec.name), regions(process).get(element)
    if here is None or there is None or here != there:
        return "Không trả về được qua nhánh song song: hãy chọn bước trong cùng nhánh."
    return None


def regions(process: Any) -> dict[str, Region]:
    """The region of every element of a process spec; computed once and kept with it."""
    found: dict[str, Region] | None = getattr(process, "regions", None)
    if found is None:
        found = process.regions = _walk(process)
    return found


def _walk(process: Any) -> dict[str, Region]:
    found: dict[str, Region] = {}
    todo: list[tuple[str, Region]] = [(event.name, ()) for event in process.bpmn_start_events]
    while todo:
        name, region = todo.pop()
        spec = process.task_specs[name]
        if isinstance(spec, ParallelGateway | InclusiveGateway) and len(spec._inputs) > 1 and region is not None:
            region = region[:-1] if region else None
        if name in found:
            if found[name] in (region, None):
                continue
            region = None
        found[name] = region
        todo.extend(_ways(process, spec, region))
    return found


def _ways(process: Any, spec: Any, region: Region) -> list[tuple[str, Region]]:
    is_split = isinstance(spec, ParallelGateway | InclusiveGateway) and len(spec._outputs) > 1
    ways: list[tuple[str, Region]] = []
    for index, name in enumerate(spec._outputs):
        ways.append((name, (*region, f"{spec.name}/{index}") if is_split and region is not None else region))
    for name in getattr(spec, "boundaries", ()):
        stays = process.task_specs[name].cancel_activity
        ways.append((name, region if stays or region is None else (*region, name)))
    return ways
