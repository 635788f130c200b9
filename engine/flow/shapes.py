"""When two markings are the same situation: token numbers and how often something was repeated are left out."""

from collections.abc import Iterator
from typing import Any

import orjson

from engine.flow import marking as markings

_CHILD = " [child]"
#: A loop without a fixed number of rounds is told apart up to here; further rounds are like this one.
ROUNDS = 2
_Row = dict[str, Any]


def shape(marking: bytes) -> bytes:
    """The situation as canonical bytes: equal for markings from which the same can happen, whatever led there."""
    situation = markings.read(marking)
    return orjson.dumps([situation.process, _rows(situation.rows)], option=orjson.OPT_SORT_KEYS)


def elements(marking: bytes) -> tuple[str, ...]:
    """The BPMN ids where tokens stand, each as often as it has tokens, what they are attached to and inside of included."""
    return tuple(row["e"].removesuffix(_CHILD) for row in _walk(markings.read(marking).rows))


def crowd(marking: bytes) -> int:
    """The most tokens that stand at one element of one scope; instances of a repeated activity count as one."""
    return _crowd(markings.read(marking).rows)


def _rows(rows: list[_Row]) -> list[_Row]:
    return sorted((_row(row) for row in rows), key=orjson.dumps)


def _row(row: _Row) -> _Row:
    kept: _Row = {name: row[name] for name in ("e", "o") if name in row}
    kept |= {name: _rows(row[name]) for name in ("a", "s") if name in row}
    if "i" in row:
        kept["i"] = {**row["i"], **_few(row["i"], "loopCounter")}
    if "l" in row:
        rounds = () if "total" in row["l"] else ("done",)
        kept["l"] = {**row["l"], **_few(row["l"], "rung", *rounds)}
    return kept


def _few(counted: dict[str, Any], *names: str) -> dict[str, int]:
    return {name: min(counted[name], ROUNDS) for name in names if isinstance(counted.get(name), int)}


def _walk(rows: list[_Row]) -> Iterator[_Row]:
    for row in rows:
        yield row
        yield from _walk(row.get("a", []))
        yield from _walk(row.get("s", []))


def _crowd(rows: list[_Row]) -> int:
    here = [sum(row["e"] == other["e"] for other in rows) for row in rows]
    attached = [_crowd(inner.get("s", [])) for row in rows for inner in row.get("a", [])]
    return max([*here, *attached, *(_crowd(row.get("s", [])) for row in rows)], default=0)
