"""A case whose timer leads into a loop without an end: one incident; the worker and every other case go on."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import clock
from engine.cases.models import Case, Incident, Timer
from engine.procedures.models import ProcedureRevision
from engine.schedule import heartbeats, sweeps, worker
from engine.transaction import session
from tests.cases import wild
from tests.cases.conftest import Office

URGE = '<userTask id="urge" name="Đôn đốc"/>'
SPIN = "<standardLoopCharacteristics><loopCondition>true</loopCondition></standardLoopCharacteristics>"
BREAK = '<serviceTask id="urge" qt:capability="test_note"><extensionElements><qt:parameter name="text" value="hỏng"/></extensionElements></serviceTask>'
WILD = {
    "runaway": (f'<scriptTask id="urge"><script>x = 1</script>{SPIN}</scriptTask>', "runaway"),
    "capability": (BREAK, "capability"),
}


def states(kind: str) -> list[str]:
    """The states of all timers of this kind."""
    session().rollback()
    return sorted(session().scalars(sa.select(Timer.state).where(Timer.kind == kind)))


def incidents() -> list[tuple[str | None, str, str]]:
    """Element, cause and state of every incident."""
    session().rollback()
    return [(found.element, found.cause, found.state) for found in session().scalars(sa.select(Incident))]


@pytest.mark.parametrize(("drawn", "cause"), WILD.values(), ids=WILD.keys())
def test_a_wild_timer_is_an_incident_and_the_sweep_goes_on(office: Office, tmp_path: Path, drawn: str, cause: str) -> None:
    sound = office.to_draft()
    wild_case = wild.publish(office, tmp_path / "letter", {URGE: drawn}).to_draft()
    office.clock.freeze("2026-11-21T08:00")
    begun = time.thread_time()
    fired = sweeps.fire_due_timers()
    assert time.thread_time() - begun < 2.0
    assert (fired, states("flow")) == (9, ["fired", "waiting"])
    assert incidents() == [("urge", cause, "open")]
    assert (office.open_elements(wild_case), office.open_elements(sound)) == (["draft"], ["draft", "urge"])
    assert office.complete(wild_case, "draft", "officer", decision="submit") == ["sign"]


def until(holds: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until ``holds``, at most ``seconds``."""
    give_up = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < give_up, "it never happened"
        time.sleep(0.05)


def workers() -> list[str]:
    session().rollback()
    return [heartbeats.state_of(row, clock.now()) for row in heartbeats.known()]


def test_a_worker_outlives_a_wild_case(office: Office, tmp_path: Path) -> None:
    sound_id = office.to_draft().id
    wilder = wild.publish(office, tmp_path / "letter", {URGE: WILD["runaway"][0]})
    wilder.to_draft()
    revision_id = wilder.revision.id
    stop = threading.Event()
    session().close()
    thread = threading.Thread(target=worker.run, args=[stop])
    thread.start()
    try:
        office.clock.freeze("2026-11-21T08:00")
        until(lambda: incidents() == [("urge", "runaway", "open")] and states("flow") == ["fired", "waiting"])
        office.clock.freeze("2026-11-23T08:00")
        session().rollback()
        replace(wilder, revision=session().get_one(ProcedureRevision, revision_id)).open_letter()
        before = states("overdue").count("fired")
        office.clock.freeze("2026-11-23T16:00")
        until(lambda: states("overdue").count("fired") == before + 1)
        until(lambda: workers() == ["alive"])  # the clock has jumped: heard of again at the next beat
    finally:
        stop.set()
        thread.join(30)
    assert not thread.is_alive()
    assert office.open_elements(session().get_one(Case, sound_id)) == ["draft", "urge"]
