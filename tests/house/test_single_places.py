"""Things that may be done in one place only: asking for the time, committing, declaring tables."""

from engine import tables
from tests.house import source

ASKING_THE_TIME = {
    "datetime.now", "datetime.utcnow", "datetime.today",
    "datetime.datetime.now", "datetime.datetime.utcnow", "datetime.datetime.today",
    "date.today", "datetime.date.today", "time.time", "time.time_ns", "time.localtime", "time.gmtime",
}  # fmt: skip


def test_only_the_clock_asks_for_the_time() -> None:
    asking = [
        f"{source.name(path)}:{line} {called}"
        for path in source.modules("engine", "web")
        for line, called, _ in source.calls(path)
        if called in ASKING_THE_TIME and source.name(path) != "engine/clock.py"
    ]

    assert asking == []


def test_the_clock_does_ask_for_the_time() -> None:
    called = {called for path in source.modules("engine") if path.name == "clock.py" for _, called, _ in source.calls(path)}

    assert called & ASKING_THE_TIME == {"datetime.now", "time.time_ns"}


def test_only_transaction_commits() -> None:
    committing = [
        f"{source.name(path)}:{line} {called}"
        for path in source.modules("engine", "web")
        for line, called, _ in source.calls(path)
        if called.endswith(".commit") and source.name(path) != "engine/transaction.py"
    ]

    assert committing == []


def test_every_module_of_tables_is_known() -> None:
    declared = sorted(source.name(path) for path in source.modules("engine") if path.name.endswith("models.py"))
    known = sorted(f"{module.__name__.replace('.', '/')}.py" for module in tables.MODULES)

    assert known == declared
