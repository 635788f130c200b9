"""The checker finds what it is there to find: a sound run is spoilt in one place, and one sentence says so."""

import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, make_url

from engine import db, transaction
from tests import databases
from tests.faults import checker, installation, trial
from tests.faults.checker import Books
from tests.faults.ledger import Told
from tests.faults.processes import until
from tests.faults.trial import Trial

SEED = 20261129

pytestmark = pytest.mark.faults


class Sound:
    """A run nobody hurt: its database, what clients were told, what time it was, which mail arrived."""

    def __init__(self, held: Trial, url: str) -> None:
        self.file, self.told, self.now = Path(str(make_url(url).database)), held.caller.ledger.read(), held.result.caught_up_at
        self.taken = dict(held.sink.taken)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sound]:
    """One short run for the whole module."""
    place = tmp_path_factory.mktemp("sound") / "there"
    with databases.fresh_sqlite("office") as url, trial.prepared(url, place, SEED, trial.SMALL) as held:
        assert trial.perform(held, work_a_while).found == []
        yield Sound(held, url)


def work_a_while(held: Trial) -> None:
    """Until some steps are done; then two hours pass at once, so that steps left open ring."""
    until(lambda: len([told for told in held.caller.ledger.read() if told.act == "complete" and told.is_done]) > 15, "work", 120)
    held.there.clock.work_on(timedelta(hours=2))


def run(statement: str) -> Callable[[Connection, list[Told]], None]:
    """Spoil the database with one statement, with triggers and foreign keys out of the way."""

    def spoil(connection: Connection, _told: list[Told]) -> None:
        assert connection.execute(sa.text(statement)).rowcount > 0

    return spoil


def forget_in_ledger(act: str) -> Callable[[Connection, list[Told]], None]:
    """The database did what nobody was promised."""

    def spoil(_connection: Connection, told: list[Told]) -> None:
        one = next(one for one in told if one.act == act and one.is_done)
        told[:] = [other for other in told if other.key != one.key]

    return spoil


_LAST = "(SELECT id FROM step WHERE state = 'completed' ORDER BY closed_at DESC LIMIT 1)"
_OPEN = "(SELECT id FROM step WHERE state = 'open' AND due_at IS NOT NULL LIMIT 1)"
_FIRED = "(SELECT id FROM timer WHERE state = 'fired' LIMIT 1)"


@pytest.mark.parametrize(
    ("spoil", "check"),
    [
        (run(f"UPDATE step SET state = 'open' WHERE id = {_LAST}"), checker.acknowledged_acts_are_there_once),
        (forget_in_ledger("complete"), checker.acknowledged_acts_are_there_once),
        (run("DELETE FROM journal_entry WHERE kind = 'step.completed'"), checker.acknowledged_acts_are_there_once),
        (run("DELETE FROM slip WHERE number = 1 AND series = 'TNHS'"), checker.acknowledged_intakes_are_there_once),
        (forget_in_ledger("intake"), checker.acknowledged_intakes_are_there_once),
        (run("DELETE FROM idempotency_key WHERE status = 201"), checker.keys_are_kept_with_what_they_did),
        (forget_in_ledger("intake"), checker.keys_are_kept_with_what_they_did),
        (run(f"UPDATE step SET state = 'completed' WHERE id = {_OPEN}"), checker.no_case_stands_half_way),
        (run("UPDATE \"case\" SET version = version + 1"), checker.no_case_stands_half_way),
        (run(f"UPDATE timer SET state = 'waiting' WHERE id = {_FIRED}"), checker.timers_fired_once),
        (run(f"UPDATE timer SET id = '{uuid.UUID(int=7).hex}' WHERE id = {_FIRED}"), checker.timers_fired_once),
        (run("UPDATE timer SET state = 'cancelled' WHERE state = 'waiting'"), checker.no_timer_is_lost),
        (run("UPDATE timer SET due_at = '2026-01-01 00:00:00.000000' WHERE state = 'waiting'"), checker.no_timer_is_lost),
        (run("DELETE FROM register_entry WHERE number = 1"), checker.numbers_have_no_hole),
        (run("UPDATE number_series SET last_number = last_number + 1"), checker.numbers_have_no_hole),
        (run("DELETE FROM journal_entry WHERE number = 5"), checker.chains_are_whole),
        (run("UPDATE journal_entry SET previous_hash = 'x' WHERE number = 5"), checker.chains_are_whole),
    ],
)  # fmt: skip
def test_spoilt_run_is_found(
    sound: Sound, tmp_path: Path, spoil: Callable[[Connection, list[Told]], None], check: Callable[[Books], None]
) -> None:
    assert (_findings(sound, tmp_path, lambda *_: None, check), len(_findings(sound, tmp_path, spoil, check)) > 0) == ([], True)


def test_lost_mail_is_found(sound: Sound, tmp_path: Path) -> None:
    lost = dict(list(sound.taken.items())[1:])

    assert len(_findings(sound, tmp_path, lambda *_: None, lambda books: checker.mail_arrived(books, [], lost))) == 1
    assert _findings(sound, tmp_path, lambda *_: None, lambda books: checker.mail_arrived(books, [], sound.taken)) == []


def _findings(
    sound: Sound, place: Path, spoil: Callable[[Connection, list[Told]], None], check: Callable[[Books], None]
) -> list[str]:
    copy, told = place / f"{uuid.uuid4()}.db", list(sound.told)
    shutil.copy(sound.file, copy)
    engine = db.create_engine(f"sqlite:///{copy}")
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        for (trigger,) in connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").all():
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        spoil(connection, told)
        connection.commit()
    engine.dispose()
    with installation.services(f"sqlite:///{copy}"), transaction.session() as session:
        books = Books(session.connection(), told, sound.now)
        check(books)
        return books.found
