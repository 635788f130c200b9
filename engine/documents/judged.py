"""The judgement of a draft before anybody is asked to approve it, kept a moment: pages ask it before the act's transaction."""

import uuid
from threading import Lock

from engine import clock
from engine.cases import capabilities
from engine.procedures import drafts, gates
from engine.procedures.gates import Verdict
from engine.procedures.models import ProcedureDraft

#: How long a judgement stands, in seconds: staff, services and the calendar may change it.
KEPT_SECONDS = 120
_MOST = 64
_kept: dict[tuple[uuid.UUID, str], tuple[float, Verdict]] = {}
_lock = Lock()


def verdict_on(draft: ProcedureDraft) -> Verdict:
    """What ``gates.judge`` says of the draft's present content in its agency, at most two minutes old."""
    folder = drafts.folder_of(draft)
    key, now = (draft.agency_id, folder.sha256), clock.now().timestamp()
    with _lock:
        known = _kept.get(key)
    if known is not None and 0 <= now - known[0] < KEPT_SECONDS:
        return known[1]
    found = gates.judge(draft.agency_id, folder, capabilities=capabilities.facts())
    with _lock:
        _kept[key] = (now, found)
        while len(_kept) > _MOST:
            _kept.pop(next(iter(_kept)))
    return found
