"""A second way to the same accounts: no intervals, but every single minute asked in turn, by the rule as it stands in the docs."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from engine.dossiers.whose_clock import Life
from tests.calendar import oracle

#: What the minute-by-minute sweep says of one minute, by the words of the rule.
_MINUTE = timedelta(minutes=1)


def sweep(life: Life) -> Counter[str]:
    """Minutes on each account, everything on whole minutes."""
    found: Counter[str] = Counter()
    minute = life.since
    while minute < life.until:
        found[_account(life, minute)] += 1
        minute += _MINUTE
    return found


def _account(life: Life, minute: datetime) -> str:
    if not _is_worked(minute):
        return "non_working"
    waited = [away for away in life.aways if away.since <= minute and not (away.until and away.until <= minute)]
    stopped = {away.account for away in waited if away.is_paused}
    if "applicant" in stopped:
        return "applicant"
    if "partner" in stopped:
        return "partner"
    if any(since <= minute < until for since, until in life.outages):
        return "outage"
    named = [h for h in life.holds if h.person_id and h.since <= minute and not (h.until and h.until <= minute)]
    if named:
        return "desk"
    return "partner" if waited else "queue"


def _is_worked(minute: datetime) -> bool:
    number = oracle.number(minute.astimezone(UTC))
    return oracle.BEFORE[number + 1] > oracle.BEFORE[number]
