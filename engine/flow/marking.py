"""The marking: where the tokens of a case are, as few canonical bytes. No model, no data, no past.

First byte: version. Then a JSON list of tokens sorted by element and number; each is a record whose empty fields are left out:
``e`` element, ``n`` number, ``o`` where it came from (joins), ``i`` loop items, ``l`` loop bookkeeping, ``a`` attached tokens,
``s`` tokens of its inner scope. The same situation has the same bytes.
"""

from typing import Any

import orjson
from SpiffWorkflow.bpmn.specs.mixins.subworkflow_task import SubWorkflowTask
from SpiffWorkflow.util.task import TaskState

from engine.flow.errors import FlowFailed
from engine.flow.loops import Parallel, Sequential, StandardLoop
from engine.flow.scopes import Case
from engine.flow.tokens import Token

VERSION = b"\x01"
#: A marking longer than this is refused (R11).
MAX_BYTES = 1_000_000
_Row = dict[str, Any]


def encode(case: Case) -> bytes:
    """The marking of a case at rest; every waiting token must have its number."""
    body = orjson.dumps(_rows(case, case.tasks.values()), option=orjson.OPT_SORT_KEYS)
    if len(body) > MAX_BYTES:
        raise FlowFailed("Hồ sơ có quá nhiều việc mở cùng lúc.")
    return VERSION + body


def decode(marking: bytes, case: Case) -> None:
    """Put the tokens of ``marking`` into an empty ``case``. ``FlowFailed`` where the model does not know an element."""
    if marking[:1] != VERSION:
        raise FlowFailed("Trạng thái hồ sơ thuộc phiên bản phần mềm khác.")
    _place(case, orjson.loads(marking[1:]), None)


def _rows(case: Case, tokens: Any) -> list[_Row]:
    rows = [_row(case, token) for token in tokens if token._parent is None]
    return sorted(rows, key=_order)


def _order(row: _Row) -> tuple[str, int, str]:
    return row["e"], row.get("n", 0), row.get("o", "")


def _row(case: Case, token: Token) -> _Row:
    inner = case.subprocesses.get(token.id)
    fields = {
        "n": token.number,
        "o": token.origin if token._state == TaskState.WAITING and not token.is_waiting else "",
        "i": token.items,
        "l": token.loop,
        "a": sorted((_row(case, other) for other in token.attached()), key=_order),
        "s": _rows(case, inner.tasks.values()) if inner is not None else [],
    }
    return {"e": token.task_spec.name, **{name: value for name, value in fields.items() if value}}


def _place(scope: Any, rows: list[_Row], parent: Token | None) -> None:
    specs = scope.spec.task_specs
    for row in rows:
        spec = specs.get(row["e"])
        if spec is None:
            raise FlowFailed(f"Bản quy trình này không có bước “{row['e']}”.", element=row["e"])
        token = scope.top_workflow.new_token(scope, spec, parent)
        token._state = _state(spec)
        token.number, token.origin = row.get("n", 0), row.get("o", "")
        token.items, token.loop = row.get("i", {}), row.get("l", {})
        _place(scope, row.get("a", []), token)
        if "s" in row:
            _place(scope.top_workflow.open_inner(token, spec.spec), row["s"], None)


def _state(spec: Any) -> int:
    if spec.manual:
        return int(TaskState.READY)
    is_open = isinstance(spec, SubWorkflowTask | StandardLoop | Parallel | Sequential) or not (spec.kind or len(spec._inputs) > 1)
    return int(TaskState.STARTED if is_open else TaskState.WAITING)
