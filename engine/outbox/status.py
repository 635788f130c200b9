"""How the outbox does, over all agencies: for operators and for whoever watches the machine."""

from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock
from engine.outbox import pause
from engine.outbox.models import OutboxMessage
from engine.transaction import session


@dataclass(frozen=True)
class Summary:
    """``oldest_age_s``: seconds since the oldest waiting message was decided, 0 where none waits."""

    waiting: int
    dead: int
    oldest_age_s: float
    is_paused: bool


def summary() -> Summary:
    """Two counts, an age and a word, in one statement on partial indexes. Reads what the session's fence lets it see."""
    of_state = sa.select(sa.func.count()).select_from(OutboxMessage)
    waiting = of_state.where(OutboxMessage.state == sa.literal_column("'waiting'")).scalar_subquery()
    dead = of_state.where(OutboxMessage.state == sa.literal_column("'dead'")).scalar_subquery()
    oldest = sa.select(sa.func.min(OutboxMessage.created_at)).where(OutboxMessage.state == sa.literal_column("'waiting'"))
    row = session().execute(sa.select(waiting, dead, oldest.scalar_subquery(), pause.is_in_force())).one()
    age = max((clock.now() - row[2]).total_seconds(), 0.0) if row[2] is not None else 0.0
    return Summary(int(row[0]), int(row[1]), age, bool(row[3]))
