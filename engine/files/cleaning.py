"""Clear away bytes that no row speaks of: uploads that were refused, rolled back or cut off by a crash."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from engine import clock
from engine.files import store
from engine.files.models import StoredFile
from engine.transaction import session

#: Younger files may belong to a transaction that is still open.
LEFT_ALONE = timedelta(hours=24)


def orphans() -> list[Path]:
    """Stored bytes without a row, and unfinished uploads, not touched for a day; sorted."""
    return sorted(path for path in _old_files() if not _is_recorded(path))


def sweep() -> int:
    """Remove the orphans; answers how many."""
    found = orphans()
    for path in found:
        path.unlink(missing_ok=True)
    return len(found)


def _old_files() -> Iterator[Path]:
    before = (clock.now() - LEFT_ALONE).timestamp()
    for path in store.root().glob("*/*/*"):
        if path.is_file() and path.stat().st_mtime < before:
            yield path


def _is_recorded(path: Path) -> bool:
    try:
        agency_id = uuid.UUID(path.parent.parent.name)
    except ValueError:
        return True  # not ours to judge
    return session().get(StoredFile, (agency_id, path.name)) is not None
