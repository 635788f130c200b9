"""The permission table: which role may do what. Deny by default; everything that asks, asks here (R43)."""

import csv
import io
from collections.abc import Mapping

from engine.errors import NotAllowed
from engine.people.actors import ROLES, Actor

_EVERYBODY = frozenset(ROLES)
_STAFF = _EVERYBODY - {"inspector", "admin"}
_LEADERS = frozenset({"leader", "deputy"})
_OVERSIGHT = _LEADERS | {"secretary", "inspector", "admin"}

#: Permission → the roles that have it, each within the agencies its holder sees (``access.may``).
PERMISSIONS: Mapping[str, frozenset[str]] = {
    "account.manage": _EVERYBODY,
    "agency.change": frozenset({"admin"}),
    "agency.read": _EVERYBODY,
    "calendar.change": frozenset({"admin"}),
    "calendar.read": _EVERYBODY,
    "case.inspect": frozenset({"secretary", "inspector", "admin"}),
    "case.open": _STAFF,
    "case.operate": frozenset({"admin"}),
    "case.read": _EVERYBODY,
    "comment.add": _STAFF,
    "comment.read": _EVERYBODY,
    "deadline.change": _LEADERS,
    "deadline.preview": _EVERYBODY,
    "delegation.give": _STAFF | {"admin"},
    "delegation.manage": frozenset({"leader", "admin"}),
    "delegation.read": _EVERYBODY,
    "dossier.open": frozenset({"clerk"}),
    "dossier.read": _EVERYBODY,
    "draft.manage": _STAFF,
    "export.read": frozenset({"secretary", "inspector", "admin"}),
    "file.read": _EVERYBODY,
    "file.remove": _STAFF,
    "file.upload": _STAFF,
    "incident.read": _OVERSIGHT | {"head"},
    "incident.resolve": frozenset({"admin"}),
    "journal.read": _OVERSIGHT,
    "journal.verify": _OVERSIGHT,
    "message.send": _STAFF,
    "notice.read": _EVERYBODY,
    "outbox.change": frozenset({"admin"}),
    "outbox.pause": frozenset({"admin"}),
    "outbox.read": frozenset({"secretary", "inspector", "admin"}),
    "permission.read": _EVERYBODY,
    "person.change": frozenset({"admin"}),
    "person.read": _EVERYBODY,
    "procedure.check": frozenset({"secretary", "head", "leader", "deputy", "admin"}),
    "procedure.draft": frozenset({"secretary"}),
    "procedure.publish": frozenset({"leader", "deputy", "admin"}),
    "procedure.read": _EVERYBODY,
    "register.read": _EVERYBODY,
    "report.read": _OVERSIGHT | {"head"},
    "service.change": frozenset({"secretary", "admin"}),
    "service.read": _EVERYBODY,
    "signal.send": frozenset({"secretary", "admin"}),
    "slip.read": _EVERYBODY,
    "slip.reissue": frozenset({"clerk", "leader", "deputy"}),
    "step.claim": _STAFF,
    "step.complete": _STAFF,
    "step.read": _EVERYBODY,
    "step.reassign": frozenset({"head", "leader", "deputy", "admin"}),
    "step.release": _STAFF,
    "step.return": _STAFF,
    "timer.move": frozenset({"admin"}),
    "timer.read": _OVERSIGHT | {"head"},
    "token.manage": _EVERYBODY,
    "webhook.change": frozenset({"admin"}),
    "webhook.read": frozenset({"secretary", "inspector", "admin"}),
    "worker.read": _OVERSIGHT,
}


#: What a role does with the work itself: its delegate may do it too, within the scope (``cases.delegated``). Nothing else is.
DELEGABLE = frozenset({"message.send", "step.claim", "step.complete", "step.reassign", "step.release", "step.return"})


def allows(actor: Actor, permission: str) -> bool:
    """Whether any of the actor's roles has the permission, somewhere, or a delegated one has what can be delegated.

    An undeclared permission raises ``LookupError``.
    """
    holders = PERMISSIONS[permission]
    return bool(holders & actor.roles) or (permission in DELEGABLE and any(holders & one.roles for one in actor.delegated))


def require(actor: Actor, permission: str) -> None:
    """Refuse (``NotAllowed``) an actor without the permission."""
    if not allows(actor, permission):
        raise NotAllowed("Anh/chị không có quyền làm việc này. Liên hệ quản trị viên của cơ quan nếu cần được cấp quyền.")


def as_csv() -> str:
    """The table as published: one line a permission, one column a role, ``yes`` or ``no``."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["permission", *ROLES])
    for permission in sorted(PERMISSIONS):
        writer.writerow([permission, *("yes" if role in PERMISSIONS[permission] else "no" for role in ROLES)])
    return out.getvalue()
