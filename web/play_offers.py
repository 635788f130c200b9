"""What may be done next in a play: begin, finish a step, report something, let a moment come, give a step back."""

from collections.abc import Mapping

from flask_babel import gettext as _

from engine.procedures.definition import Definition
from engine.procedures.plays import Replay
from web.play_story import name_of

#: One thing to do: ``kind`` of act, ``subject`` it is about, ``title`` in words.
Offer = dict[str, str]


def of(replayed: Replay, described: Definition) -> list[Offer]:
    """Everything the played case waits for, steps of people first; nothing where it has ended or stands still."""
    if replayed.stopped or replayed.stage.is_completed:
        return []
    if not replayed.done:
        return [_offer("start", id_, title) for id_, title in starts(described).items()]
    stage = replayed.stage
    opened = list(dict.fromkeys(stage.open()))
    signals = sorted({str(waiting.name) for waiting in replayed.waiting if waiting.kind == "signal"})
    timers = sorted({waiting.element for waiting in replayed.waiting if waiting.kind == "timer"})
    return [
        *(_offer("complete", step, name_of(described, step)) for step in opened),
        *(_offer("message", name, described.messages[name].title) for name in stage.waits() if name in described.messages),
        *(_offer("signal", name, _("Tín hiệu %(name)s", name=name)) for name in signals),
        *(_offer("timer", at, _("Đến giờ: %(name)s", name=name_of(described, at))) for at in timers),
        *(_offer("return", step, _returned(described, step)) for step in opened if stage.targets(step)),
    ]


def starts(described: Definition) -> dict[str, str]:
    """How a case may begin: by hand (no id), or at a start event that waits for something (BPMN id) → title."""
    found = {"": _("Mở hồ sơ")} if described.facts.begins_by_hand else {}
    for start in described.facts.case_starts:
        name = start.name or start.id
        titles = {
            "message": _("Mở hồ sơ bằng thông điệp: %(name)s", name=name),
            "signal": _("Mở hồ sơ bằng tín hiệu: %(name)s", name=name),
        }
        found[start.id] = titles.get(start.event or "") or _("Mở hồ sơ khi đến giờ: %(name)s", name=name)
    return found


def targets(replayed: Replay, described: Definition, chosen: Mapping[str, str] | None) -> list[tuple[str, str]]:
    """Where the step of the chosen return may go back to: BPMN id and name."""
    if chosen is None or chosen["kind"] != "return":
        return []
    return [(step, name_of(described, step)) for step in replayed.stage.targets(chosen["subject"])]


def _returned(described: Definition, step: str) -> str:
    return str(_("Trả lại “%(name)s” cho bước trước", name=name_of(described, step)))


def _offer(kind: str, subject: str, title: str) -> Offer:
    return {"kind": kind, "subject": subject, "title": title}
