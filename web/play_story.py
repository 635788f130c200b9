"""What happened in a play, in words: each act, what the software did in it, which rows of decision tables answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from engine.cases import capabilities
from engine.procedures.decision_logic import Rule, Table
from engine.procedures.definition import Definition
from engine.procedures.play_stage import Call
from engine.procedures.plays import Done, Replay
from engine.procedures.scenarios import Act


@dataclass(frozen=True)
class Told:
    """One thing the software did: what it is called, what it was given, what came back, rows that matched, its error."""

    title: str
    given: tuple[str, ...]
    returned: tuple[str, ...]
    rules: tuple[str, ...]
    error: str | None


@dataclass(frozen=True)
class Happened:
    """One act: its number, what was done, when, the reason given, what the software did, what is open after it."""

    number: int
    title: str
    at: datetime
    reason: str
    told: tuple[Told, ...]
    opened: tuple[str, ...]
    end: str | None


def of(replayed: Replay, described: Definition) -> list[Happened]:
    """Every act of the play in its order."""
    return [_happened(number, done, described) for number, done in enumerate(replayed.done, start=1)]


def name_of(described: Definition, element: str) -> str:
    """What people call an element: its name, else its id."""
    known = described.facts.elements.get(element)
    return (known.name if known else "") or element


def _happened(number: int, done: Done, described: Definition) -> Happened:
    reason = str(done.act.answers.get("reason", "")) if done.act.kind == "return" else ""
    told = tuple(_told(call, described) for call in done.calls)
    opened = tuple(name_of(described, step) for step in done.after.open or ())
    end = name_of(described, done.after.end) if done.after.end else None
    return Happened(number, _title(done.act, described), done.at, reason, told, opened, end)


def _title(act: Act, described: Definition) -> str:
    name = name_of(described, act.subject)
    to = name_of(described, act.to or "")
    message = described.messages.get(act.subject)
    titles = {
        "start": _("Mở hồ sơ: %(name)s", name=to) if act.to else _("Mở hồ sơ"),
        "return": _("Trả lại “%(name)s” về “%(to)s”", name=name, to=to),
        "message": message.title if message else act.subject,
        "signal": _("Tín hiệu %(name)s", name=act.subject),
        "timer": _("Đến giờ: %(name)s", name=name),
    }
    return str(titles.get(act.kind, name))


def _told(call: Call, described: Definition) -> Told:
    decision = described.decisions.get(call.name) if call.rules is not None else None
    known = capabilities.facts().get(call.name)
    title = _("Hỏi bảng “%(name)s”", name=decision.name) if decision else known.title if known else call.name
    rules: tuple[str, ...] = ()
    if decision is not None and isinstance(decision.logic, Table):
        matched = tuple(_row(decision.logic.rules[number - 1]) for number in call.rules or ())
        rules = matched or (_("không dòng nào đúng: giá trị mặc định"),)
    return Told(title, _pairs(call.given), _pairs(call.returned), rules, call.error)


def _row(rule: Rule) -> str:
    tests = " · ".join(test.source or "-" for test in rule.tests)
    results = " · ".join(result.source if result else "null" for result in rule.results)
    return str(_("dòng %(number)d: %(tests)s → %(results)s", number=rule.number, tests=tests, results=results))


def _pairs(values: Any) -> tuple[str, ...]:
    return tuple(f"{name} = {'–' if value is None else value}" for name, value in values.items())
