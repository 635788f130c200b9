"""Remarks of a YAML file written by hand, carried over into the same file written anew.

A remark belongs to the key or list item that follows it (behind one: to that one; deeper than what follows: to the block it ends)
and goes where that key or item stands now. What was taken out takes its remarks along. What the file says never changes.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import yaml
from yaml.nodes import Node

from engine.errors import ProcedureRejected
from engine.procedures import yaml_remarks, yaml_text
from engine.procedures.yaml_remarks import Begin, Remark, Surface

_Pair = tuple[Begin, Begin | None]


@dataclass(frozen=True)
class _Place:
    """Above which line of the written file a remark goes, or behind it; ``column``: how far it is moved in."""

    line: int
    column: int
    is_behind: bool = False


def kept(former: bytes, written: bytes) -> bytes:
    """``written`` with the remarks of ``former``; unchanged where ``former`` has none, or cannot be read."""
    try:
        surface = yaml_remarks.surface(_text(former))
        found = list(yaml_remarks.remarks(surface))
        if not any(remark.text for remark in found):
            return written
        pairs = sorted(_pairs(_tree(former), _tree(written)), key=lambda pair: pair[0].line)
        merged = _merged(found, pairs, _text(written)).encode()
        return merged if yaml_text.load(merged, "") == yaml_text.load(written, "") else written
    except (ProcedureRejected, UnicodeDecodeError, yaml.YAMLError, RecursionError):
        return written


def in_lines(content: bytes) -> frozenset[tuple[str, ...]]:
    """Paths of keys whose values stand line by line (block style), where the file can be read."""
    try:
        return frozenset(_in_lines(_tree(content), ()))
    except (ProcedureRejected, yaml.YAMLError):
        return frozenset()


def _in_lines(node: Node | None, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(node, yaml.CollectionNode) and not node.flow_style:
        yield path
    if isinstance(node, yaml.MappingNode):
        for name, _begin, value in yaml_remarks.parts(node):
            yield from _in_lines(value, (*path, name))


def remarks_of(content: bytes) -> list[str]:
    """The remarks of a readable file in their order."""
    return [remark.text for remark in yaml_remarks.remarks(yaml_remarks.surface(_text(content))) if remark.text]


def _text(content: bytes) -> str:
    return content.decode("utf-8-sig").replace("\r\n", "\n")


def _tree(content: bytes) -> Node | None:
    yaml_text.load(content, "")
    node: Node | None = yaml.compose(_text(content), Loader=yaml.SafeLoader)
    return node


def _pairs(before: Node | None, after: Node | None) -> Iterator[_Pair]:
    """Each begin in the former file with its begin now (None: taken out), outer ones before inner ones."""
    now = {name: (begin, value) for name, begin, value in yaml_remarks.parts(after)}
    renamed = _renamed(before, now)
    for name, begin, value in yaml_remarks.parts(before):
        there = now.get(renamed.get(name, name))
        yield begin, there[0] if there else None
        yield from _pairs(value, there[1] if there else None)


def _renamed(before: Node | None, now: Mapping[str, tuple[Begin, Node]]) -> dict[str, str]:
    """Former names that stand no more → the new name under which the same is said; rows of a list also one for one in order."""
    known = {name: value for name, _begin, value in yaml_remarks.parts(before)}
    fresh = [name for name in now if name not in known]
    gone = [name for name in known if name not in now]
    same = {yaml_remarks.said(now[name][1]): name for name in reversed(fresh)}
    renamed: dict[str, str] = {}
    for name in gone:
        found = same.pop(yaml_remarks.said(known[name]), None)
        if found is not None:
            renamed[name] = found
    left, free = [name for name in gone if name not in renamed], [name for name in fresh if name not in renamed.values()]
    if isinstance(before, yaml.SequenceNode) and len(left) == len(free):
        renamed |= zip(left, free, strict=True)
    return renamed


def _merged(remarks: Sequence[Remark], pairs: Sequence[_Pair], text: str) -> str:
    surface = yaml_remarks.surface(text)
    lines = text.removesuffix("\n").split("\n")
    above: dict[int, list[str]] = {}
    behind: dict[int, str] = {}
    for remark in remarks:
        place = _place(remark, pairs, lines, surface)
        if place is None:
            continue
        if place.is_behind and place.line not in behind:
            behind[place.line] = f"  {remark.text}"
        else:
            above.setdefault(place.line, []).append((" " * place.column + remark.text).rstrip())
    made: list[str] = []
    for number, written in enumerate(lines):
        made += [*above.get(number, []), written + behind.get(number, "")]
    return "\n".join([*made, *above.get(len(lines), [])]) + "\n"


def _place(remark: Remark, pairs: Sequence[_Pair], lines: Sequence[str], surface: Surface) -> _Place | None:
    after = bisect_right(pairs, remark.line, key=lambda pair: pair[0].line)
    following = pairs[after] if after < len(pairs) else None
    if after == 0:
        return _Place(0, 0)  # the head of the file
    if remark.is_behind:
        on_line = [pair for pair in pairs[:after] if pair[0].line == remark.line] or list(pairs[max(after - 1, 0) : after])
        return _above(on_line[0][1], lines, surface, is_behind=True) if on_line else None
    if remark.text and remark.column > (following[0].column if following else 0):
        around = next((pair for pair in reversed(pairs[:after]) if pair[0].column < remark.column), None)
        return _below(around[1], remark.column - around[0].column, lines, surface) if around else None
    return _above(following[1], lines, surface) if following else _Place(len(lines), 0)


def _above(begin: Begin | None, lines: Sequence[str], surface: Surface, *, is_behind: bool = False) -> _Place | None:
    """Above the line of ``begin``, or behind that line where nothing on it goes on; None where it was taken out."""
    if begin is None:
        return None
    line = begin.line
    is_behind = is_behind and line not in surface.closed - surface.heads.keys()
    while not is_behind and line - 1 in surface.closed:
        line -= 1
    return _Place(line, len(lines[line]) - len(lines[line].lstrip()), is_behind)


def _below(begin: Begin | None, inset: int, lines: Sequence[str], surface: Surface) -> _Place | None:
    """Below the last line of the block that begins there, ``inset`` columns deeper than it."""
    if begin is None:
        return None
    line = begin.line + 1
    while line < len(lines) and (line - 1 in surface.closed or len(lines[line]) - len(lines[line].lstrip()) > begin.column):
        line += 1
    return _Place(line, begin.column + inset)
