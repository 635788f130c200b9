"""A process that decides on mail, one transaction for each, and writes down each key it was told is committed.

``python -m tests.faults.mail_writer FILE NAME [COUNT]``: until killed, or COUNT mails.
"""

import itertools
import os
import sys
import time
import uuid
from pathlib import Path

from engine import settings
from engine.outbox import mail
from engine.people import agencies
from engine.transaction import session, transaction
from web import opening

#: Seconds between two.
PAUSE = 0.25


def main(file: str, name: str, count: int | None = None) -> None:
    """Queue mail; ``file`` gets a line for each commit that came back, on disk before the next one."""
    opening.services(settings.load())
    agency = agencies.root()
    assert agency is not None
    agency_id = agency.id
    session().rollback()
    with Path(file).open("a", encoding="ascii") as acknowledged:
        for _ in range(count) if count else itertools.count():
            key = f"faults-{name}-{uuid.uuid4()}"
            try:
                with transaction():
                    mail.queue("an@office.example", "Thử", "Thư kiểm thử.", agency_id=agency_id, key=key)
            except Exception as error:  # a database that is away: whether the mail is there is for the checker to see
                print(f"{key}: {type(error).__name__}", flush=True)
            else:
                acknowledged.write(f"{key}\n")
                acknowledged.flush()
                os.fsync(acknowledged.fileno())
            time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]) if sys.argv[3:] else None)
