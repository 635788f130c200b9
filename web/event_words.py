"""What other systems may be told of, as an administrator chooses it."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l

from web import journal_words

_WHOLE = {
    "dossier.*": _l("Mọi việc của hồ sơ một cửa"),
    "case.*": _l("Mọi việc của hồ sơ công việc"),
    "step.*": _l("Mọi việc của các bước"),
    "slip.*": _l("Mọi việc của phiếu, giấy"),
    "clock.*": _l("Mọi thay đổi đồng hồ thời hạn"),
    "handover.*": _l("Mọi lần bàn giao"),
    "incident.*": _l("Mọi việc của sự cố"),
}
_SINGLE = (
    "dossier.registered",
    "dossier.status_changed",
    "case.opened",
    "case.completed",
    "step.opened",
    "step.completed",
    "step.returned",
    "step.overdue",
    "step.escalated",
    "slip.issued",
    "slip.voided",
    "message.received",
    "incident.opened",
)


def title(pattern: str) -> str:
    """Name of a choice; one without a name shows itself."""
    return str(_WHOLE.get(pattern) or journal_words.title(pattern)[0])


def choices(held: Sequence[str] = ()) -> list[tuple[str, str, str]]:
    """(pattern, name, pattern) to tick: what is offered, and what is chosen already by other ways."""
    offered = [*_WHOLE, *_SINGLE]
    return [(pattern, title(pattern), pattern) for pattern in [*offered, *(p for p in held if p not in offered)]]
