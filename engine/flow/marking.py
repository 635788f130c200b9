"""The marking: where the tokens of a case are, as few canonical bytes. No model, no data, no past.

First byte: version. Then JSON: ``p`` the process, where it is not the main one, and ``t`` the tokens, sorted by element and
number. Each is a record whose empty fields are left out: ``e`` element, ``n`` number, ``o`` where it came from (joins), ``i``
loop items, ``l`` loop bookkeeping, ``a`` attached tokens, ``s`` tokens of its inner scope. The same situation has the same bytes.
"""

from dataclasses import dataclass
from typing import Any

import orjson
from SpiffWorkflow.util.task import TaskState

from engine.flow.errors import FlowFailed
from engine.flow.scopes import Case
from engine.flow.tokens import Token

VERSION = b"\x01"
#: A marking longer than this is refused (R11).
MAX_BYTES = 1_000_000
_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Situation:
    """A marking read: the process (None: the main one) and the rows of its tokens."""

    process: str | None
    rows: list[_Row]


def encode(case: Case, main: str) -> bytes:
    """The marking of a case at rest; every waiting token must have its number. ``main`` is the model's main process."""
    return write(Situation(case.spec.name, _rows(case, case.tasks.values())), main)


def write(situation: Situation, main: str) -> bytes:
    """The marking of a situation. ``FlowFailed`` past a megabyte (R11)."""
    fields = {"t": situation.rows} if situation.process == main else {"p": situation.process, "t": situation.rows}
    body = orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)
    if len(body) > MAX_BYTES:
        raise FlowFailed("Hồ sơ có quá nhiều việc mở cùng lúc.")
    return VERSION + body


def read(marking: bytes) -> Situation:
    """The situation in ``marking``. ``FlowFailed`` where another version of the program wrote it."""
    if marking[:1] != VERSION:
        raise FlowFailed("Trạng thái hồ sơ thuộc phiên bản phần mềm khác.")
    situation = orjson.loads(marking[1:])
    return Situation(situation.get("p"), situation["t"])


def place(situation: Situation, case: Case) -> None:
    """Put the tokens of ``situation`` into an empty ``case``. ``FlowFailed`` where the model does not know an element."""
    _place(case, situation.rows, None)


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
        token._state = spec.at_rest
        token.number, token.origin = row.get("n", 0), row.get("o", "")
        token.items, token.loop = row.get("i", {}), row.get("l", {})
        _place(scope, row.get("a", []), token)
        if "s" in row:
            _place(scope.top_workflow.open_inner(token, spec.spec), row["s"], None)
