"""What lists of steps walk along: small indexes over open steps alone, in the order lists show, with all that counts ask.

A step somebody holds stands in the holder's list, one nobody holds in its group's list of unclaimed ones; each also in its
group's whole list.
"""

import sqlalchemy as sa

_OPEN = sa.text("state = 'open'")
_HELD = sa.text("state = 'open' AND assignee_id IS NOT NULL")
_UNCLAIMED = sa.text("state = 'open' AND assignee_id IS NULL")
_HOLDER = ("assignee_id", "due_at", "id", "agency_id", "delegation_id")
_GROUP = ("agency_id", "role", "due_at", "id", "division_id")
#: The holder, always empty here, is named so that SQLite sees that this index fits better than the group's.
_GROUP_UNCLAIMED = ("agency_id", "role", "assignee_id", "due_at", "id", "division_id")


def of_lists() -> tuple[sa.Index, ...]:
    """The indexes, for the table's arguments."""
    return (
        sa.Index("ix_step_assignee", *_HOLDER, sqlite_where=_HELD, postgresql_where=_HELD),
        sa.Index("ix_step_unclaimed", *_GROUP_UNCLAIMED, sqlite_where=_UNCLAIMED, postgresql_where=_UNCLAIMED),
        sa.Index("ix_step_group", *_GROUP, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )
