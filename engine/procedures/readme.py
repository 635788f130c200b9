"""``README.md`` as parts that can be printed: sections by what they are about, each of paragraphs, lists and tables.

A small part of Markdown, read line by line: headings, paragraphs, lists, tables, bold, italic, code. Everything else is text.
Both ways of writing a section are known: ``## 1. Mục đích`` above it, or ``**Mục đích.**`` at its beginning.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from engine.text import fold

#: What a section is about, by how its title begins (folded); anything else is ``other``.
TOPICS = {
    "purpose": ("muc dich",),
    "scope": ("pham vi", "doi tuong"),
    "basis": ("can cu", "tai lieu vien dan", "co so phap ly"),
    "duties": ("trach nhiem",),
    "terms": ("dinh nghia", "thuat ngu", "giai thich tu ngu", "chu viet tat", "tu viet tat"),
    "steps": ("cac buoc", "noi dung", "trinh tu", "dien giai"),
    "forms": ("bieu mau",),
    "records": ("ho so luu", "ho so", "luu tru"),
}
#: Characters and lines read; the rest of a longer text is left out.
LONGEST, MOST_LINES = 200_000, 4_000
_HEADING = re.compile(r"(#{1,6})\s+(.*)")
_NUMBER = re.compile(r"^\d+(?:\.\d+)*[.)]?\s+")
_LEAD = re.compile(r"\*\*([^*]{2,60}?)[.:]\*\*\s*(.*)")
_ITEM = re.compile(r"\s{0,3}(?:[-*+]|(\d{1,3})[.)])\s+(.*)")
_RULE = re.compile(r"\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?")
#: Bounded, so that a text full of opened marks takes no longer than another.
_SPAN = re.compile(r"`([^`]{1,300})`|\*\*([^*]{1,1000})\*\*|\*([^*\s][^*]{0,1000})\*|\[([^\[\]]{1,300})\]\([^()\s]{0,300}\)")

Runs = list[dict[str, str]]
Block = dict[str, Any]


@dataclass(frozen=True)
class Section:
    """One part of the text: what it is about, its title as written (without number), what stands in it."""

    topic: str
    title: str
    blocks: list[Block] = field(default_factory=list)


def sections(text: str) -> list[Section]:
    """The sections in their order; what stands before the first belongs to none and is left out, as is the document's title.

    Blocks: ``{kind: "paragraph" | "heading", runs}``, ``{kind: "list", is_ordered, items: [runs]}``,
    ``{kind: "table", head: [runs], rows: [[runs]]}``; runs: ``[{text, style}]``, style empty, ``bold``, ``italic`` or ``code``.
    """
    found: list[Section] = []
    for lines in _pieces(text[:LONGEST].splitlines()[:MOST_LINES]):
        heading = _HEADING.fullmatch(lines[0])
        lead = _LEAD.fullmatch(" ".join(lines)) if heading is None else None
        if heading is not None and len(heading[1]) == 1:
            continue
        if heading is not None and len(heading[1]) == 2:
            found.append(_section(heading[2]))
        elif lead is not None:
            found.append(_section(lead[1]))
            found[-1].blocks.append({"kind": "paragraph", "runs": runs(lead[2])})
        elif found:
            found[-1].blocks.extend(_blocks(lines))
    return found


def of_topic(parts: Iterable[Section], topic: str) -> list[Block]:
    """Everything said about a topic."""
    return [block for part in parts if part.topic == topic for block in part.blocks]


def runs(text: str) -> Runs:
    """A line of text as stretches of one style each."""
    found: Runs = []
    at = 0
    for span in _SPAN.finditer(text):
        found += _run(text[at : span.start()], "")
        styles = zip(("code", "bold", "italic", ""), span.groups(), strict=True)
        found += next(_run(words, style) for style, words in styles if words is not None)
        at = span.end()
    return found + _run(text[at:], "")


def words(block: Block) -> str:
    """The plain text of a block."""
    parts = [block.get("runs", []), *block.get("items", []), *block.get("head", [])]
    parts += [cell for row in block.get("rows", []) for cell in row]
    return " ".join(run["text"] for part in parts for run in part)


def _run(text: str, style: str) -> Runs:
    return [{"text": text, "style": style}] if text else []


def _section(title: str) -> Section:
    name = _NUMBER.sub("", title.strip()).strip(" .:")
    folded = fold(name)
    topic = next((topic for topic, begins in TOPICS.items() if folded.startswith(begins)), "other")
    return Section(topic, name)


def _pieces(lines: Iterable[str]) -> list[list[str]]:
    """Lines that belong together: split at blank lines and around headings."""
    pieces: list[list[str]] = [[]]
    for line in lines:
        if _HEADING.fullmatch(line):
            pieces += [[line], []]
        elif line.strip():
            pieces[-1].append(line)
        else:
            pieces.append([])
    return [piece for piece in pieces if piece]


def _blocks(lines: list[str]) -> list[Block]:
    if (heading := _HEADING.fullmatch(lines[0])) is not None:
        return [{"kind": "heading", "runs": runs(_NUMBER.sub("", heading[2]))}]
    if len(lines) > 1 and "|" in lines[0] and _RULE.fullmatch(lines[1].strip()):
        return [_table(lines)]
    first = next((place for place, line in enumerate(lines) if _ITEM.fullmatch(line)), None)
    if first is None:
        return [{"kind": "paragraph", "runs": runs(" ".join(line.strip() for line in lines))}]
    before: list[Block] = [{"kind": "paragraph", "runs": runs(" ".join(lines[:first]))}] if first else []
    return [*before, _list(lines[first:])]


def _list(lines: list[str]) -> Block:
    items: list[list[str]] = []
    is_ordered = False
    for line in lines:
        item = _ITEM.fullmatch(line)
        if item is not None:
            is_ordered = is_ordered or (not items and item[1] is not None)
            items.append([item[2]])
        else:
            items[-1].append(line.strip())
    return {"kind": "list", "is_ordered": is_ordered, "items": [runs(" ".join(item)) for item in items]}


def _table(lines: list[str]) -> Block:
    head = _cells(lines[0])
    rows = [_cells(line) for line in lines[2:] if "|" in line]
    even = [(row + [""] * len(head))[: len(head)] for row in rows]
    return {"kind": "table", "head": [runs(cell) for cell in head], "rows": [[runs(cell) for cell in row] for row in even]}


def _cells(line: str) -> list[str]:
    bare = line.strip().removeprefix("|").removesuffix("|")
    return [cell.replace("\x00", "|").strip() for cell in bare.replace("\\|", "\x00").split("|")]
