"""Where the remarks of a YAML file stand: ``# …`` above or behind something, blank lines, and what begins on which line."""

from collections.abc import Iterator
from dataclasses import dataclass

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

#: What tells one row of a list from another.
_ROW_NAMES = ("name", "title", "id", "at")


@dataclass(frozen=True)
class Remark:
    """``line`` and ``column`` count from 0; ``text`` is empty for a blank line; ``is_behind``: something stands before it."""

    line: int
    column: int
    text: str
    is_behind: bool = False


@dataclass(frozen=True)
class Begin:
    """Where a key or a list's item begins; lines and columns from 0."""

    line: int
    column: int


@dataclass(frozen=True)
class Surface:
    """Which part of a file its tokens cover.

    ``covered``: line → the column behind the last token on it. ``closed``: lines whose end is inside a text, where nothing can be
    written behind or below. ``heads``: lines that open a block of text (``|``) → the column behind the sign.
    """

    lines: tuple[str, ...]
    covered: dict[int, int]
    closed: frozenset[int]
    heads: dict[int, int]


def surface(text: str) -> Surface:
    """The surface of a readable file. ``yaml.YAMLError`` where it is none."""
    covered: dict[int, int] = {}
    closed: set[int] = set()
    heads: dict[int, int] = {}
    for token in yaml.scan(text, Loader=yaml.SafeLoader):
        begin, end = token.start_mark, token.end_mark
        if begin.index == end.index:
            continue
        closed.update(range(begin.line, end.line))
        covered[end.line] = max(covered.get(end.line, 0), end.column)
        if isinstance(token, yaml.ScalarToken) and token.style in ("|", ">"):
            heads[begin.line] = begin.column + 1
    return Surface(tuple(text.split("\n")), covered, frozenset(closed), heads)


def remarks(drawn: Surface) -> Iterator[Remark]:
    """Every remark and blank line in the order of the file; blank lines at its end are none."""
    last = max((*drawn.covered, *(number for number, line in enumerate(drawn.lines) if line.strip())), default=0)
    for number, line in enumerate(drawn.lines[: last + 1]):
        if number in drawn.closed and number not in drawn.heads:
            continue
        start = drawn.heads.get(number, drawn.covered.get(number, 0))
        sign = line.find("#", start)
        if sign >= 0:
            yield Remark(number, sign, line[sign:].rstrip(), is_behind=start > 0)
        elif not line.strip() and number not in drawn.heads:
            yield Remark(number, 0, "")


def parts(node: Node | None) -> Iterator[tuple[str, Begin, Node]]:
    """Name, begin and value of each key or item; rows of a list are told apart by what they are called, else by what they say."""
    if isinstance(node, MappingNode):
        for key, value in node.value:
            yield key.value, Begin(key.start_mark.line, key.start_mark.column), value
    elif isinstance(node, SequenceNode):
        seen: dict[str, int] = {}
        for item in node.value:
            name = _called(item)
            seen[name] = seen.get(name, 0) + 1
            yield f"{name} {seen[name]}", Begin(item.start_mark.line, item.start_mark.column), item


def said(node: Node) -> str:
    """What a node says, however it is written."""
    if isinstance(node, ScalarNode):
        return str(node.value)
    return f"[{', '.join(f'{name}: {said(value)}' for name, _begin, value in parts(node))}]"


def _called(item: Node) -> str:
    if isinstance(item, MappingNode):
        named = {key.value: value.value for key, value in item.value if isinstance(value, ScalarNode)}
        return next((named[word] for word in _ROW_NAMES if word in named), said(item))
    return said(item)
