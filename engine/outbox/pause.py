"""Hold the outbox: nothing leaves the machine until an operator releases it (R25)."""

import sqlalchemy as sa

from engine import clock, text
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal import entries
from engine.outbox.models import OutboxPause
from engine.people import access, agencies
from engine.people.actors import Actor
from engine.transaction import session

LONGEST_REASON = 500


def present() -> OutboxPause | None:
    """The pause in force; None while messages leave."""
    return session().scalar(sa.select(OutboxPause).where(OutboxPause.ended_at.is_(None)).order_by(OutboxPause.id).limit(1))


def is_in_force() -> sa.ColumnElement[bool]:
    """The same as a condition of a statement."""
    return sa.exists(sa.select(OutboxPause.id).where(OutboxPause.ended_at.is_(None)))


def begin(reason: str, *, by: Actor | None) -> OutboxPause:
    """Hold everything from now on, over all agencies. Refuses an empty reason, and (``Conflict``) where it is held already.

    What a worker has in its hands at this moment still leaves. Journalled with the top agency.
    """
    words = reason_of(reason)
    if present() is not None:
        raise Conflict("Hộp thư đi đang được giữ rồi. Xem lý do trên trang hộp thư đi.")
    held = OutboxPause(reason=words, began_at=clock.now(), began_by_id=by.person_id if by else None)
    session().add(held)
    session().flush()
    _journal("outbox.paused", words, by)
    return held


def release(reason: str, *, by: Actor | None) -> None:
    """Let everything leave again. Refuses an empty reason, and (``Conflict``) where nothing is held."""
    words = reason_of(reason)
    change = sa.update(OutboxPause).where(OutboxPause.ended_at.is_(None))
    ended = session().execute(
        change.values(ended_at=clock.now(), ended_by_id=by.person_id if by else None).returning(OutboxPause.id)
    )
    if not ended.all():
        raise Conflict("Hộp thư đi không bị giữ: thư và tin báo vẫn đang được gửi.")
    _journal("outbox.released", words, by)


def may_decide(actor: Actor) -> bool:
    """Whether the actor administers the top agency: the outbox is one for all."""
    top = agencies.root()
    return top is not None and access.may(actor, "outbox.pause", top.id)


def require_top(actor: Actor) -> None:
    """Refuse (``NotAllowed``) whoever does not."""
    if not may_decide(actor):
        raise NotAllowed(
            "Chỉ quản trị viên của cơ quan cao nhất giữ hoặc mở hộp thư đi. Nhờ người đó, hoặc dùng lệnh trên máy chủ."
        )


def reason_of(reason: str) -> str:
    """The reason as it is kept; ``AnswersRejected`` for none and for one longer than ``LONGEST_REASON``."""
    words = text.clean(reason)
    if not words or len(words) > LONGEST_REASON:
        raise AnswersRejected({"reason": [f"Ghi lý do, dài nhất {LONGEST_REASON} ký tự: lý do được lưu vào nhật ký."]})
    return words


def _journal(kind: str, reason: str, by: Actor | None) -> None:
    top = agencies.root()
    if top is not None:
        entries.append(kind, agency_id=top.id, by=by, reason=reason)
