"""``scenarios/<story>.yaml``: the procedure's own tests, as its author writes them: what is done, and what must follow."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from engine.errors import Finding
from engine.procedures.folder import Folder
from engine.procedures.sheets import Sheet

DIRECTORY = "scenarios"
_ACTS = ("start", "complete", "message", "signal", "timer", "return")


@dataclass(frozen=True)
class Expectation:
    """What must be so after an act; None: not looked at.

    ``open``: steps (BPMN ids, sorted). ``waits``: messages waited for, sorted. ``ran``: capabilities called in this act in
    their order. ``slips``: kinds given to ``issue_slip``. ``status``: of the case. ``end``: the end event reached, the case over.
    """

    open: tuple[str, ...] | None
    waits: tuple[str, ...] | None
    ran: tuple[str, ...] | None
    slips: tuple[str, ...] | None
    status: str | None
    end: str | None


@dataclass(frozen=True)
class Act:
    """One thing that is done. ``subject``: the step, message, signal, timer or step returned from.

    ``to``: the step returned to, or the start event begun at (None: the plain one). ``returns``: service task (BPMN id) → the
    values its capability gives back in this act; ``fails``: service task → the business error it ends in.
    """

    kind: str
    subject: str
    to: str | None
    answers: Mapping[str, Any]
    returns: Mapping[str, Mapping[str, Any]]
    expected: Expectation
    place: str
    fails: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Scenario:
    """One story, beginning with a ``start``."""

    name: str
    title: str
    acts: tuple[Act, ...]


def read_all(folder: Folder, findings: list[Finding]) -> list[Scenario]:
    """Every story of a folder by name; what is wrong is added to ``findings``."""
    return [read(path, folder.files[path], findings) for path in folder.under(DIRECTORY, ".yaml")]


def read(path: str, content: bytes, findings: list[Finding]) -> Scenario:
    """The story in ``content``."""
    sheet = Sheet.parse(content, path, findings)
    story = Scenario(PurePosixPath(path).stem, sheet.text("title"), tuple(_acts(sheet)))
    if not story.acts or story.acts[0].kind != "start" or any(act.kind == "start" for act in story.acts[1:]):
        sheet.note("scenario.start", "Kịch bản phải bắt đầu bằng một dòng “start: {…}” và chỉ một dòng như vậy.", "acts")
    sheet.close()
    return story


def _acts(sheet: Sheet) -> Iterator[Act]:
    for row in sheet.rows("acts"):
        kinds = [kind for kind in _ACTS if kind in row]
        if len(kinds) != 1:
            row.note("scenario.act", f"Mỗi dòng làm đúng một việc: {', '.join(_ACTS)}.")
        kind = kinds[0] if kinds else "complete"
        given = row.words("start") if kind == "start" else {}
        yield Act(
            kind=kind,
            subject="" if kind == "start" else row.text(kind),
            to=row.text("to") if kind == "return" else row.text_or("at") if kind == "start" else None,
            answers=given or row.words("answers"),
            returns={element: dict(part) for element, part in row.words("returns").items() if isinstance(part, dict)},
            expected=_expectation(row.part("expect")),
            place=row.place,
            fails={element: str(error) for element, error in row.words("fails").items()},
        )
        row.words("answers")
        row.close()


def _expectation(part: Sheet) -> Expectation:
    expected = Expectation(
        open=_words(part, "open", is_sorted=True),
        waits=_words(part, "waits", is_sorted=True),
        ran=_words(part, "ran"),
        slips=_words(part, "slips"),
        status=part.text_or("status"),
        end=part.text_or("end"),
    )
    part.close()
    return expected


def _words(part: Sheet, key: str, *, is_sorted: bool = False) -> tuple[str, ...] | None:
    if key not in part:
        part.plain(key)
        return None
    words = part.texts(key)
    return tuple(sorted(words) if is_sorted else words)
