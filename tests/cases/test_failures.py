"""Whatever fails inside an act: the whole act is undone, one incident says what it was, everybody else goes on."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine.cases import capabilities, steps
from engine.cases.capabilities import Capability, CapabilityCall
from engine.cases.models import Case, Incident
from engine.cases.troubles import ActFailed
from engine.journal import entries
from engine.outbox import notices
from engine.registers import numbers
from engine.transaction import session, transaction
from tests.cases import wild
from tests.cases.conftest import Office


class Mute(Exception):
    """An exception that cannot even say what it is."""

    def __str__(self) -> str:
        raise RuntimeError("cannot say")


ERRORS: dict[str, BaseException] = {
    "value": ValueError("sai giá trị"),
    "key": KeyError("thiếu"),
    "attribute": AttributeError("no such thing"),
    "type": TypeError("wrong kind"),
    "index": IndexError("past the end"),
    "division": ZeroDivisionError("by zero"),
    "assertion": AssertionError("never so"),
    "recursion": RecursionError("too deep"),
    "memory": MemoryError("too much"),
    "stop": StopIteration("over"),
    "system": OSError(28, "No space left on device"),
    "time": TimeoutError("too slow"),
    "text": UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad byte"),
    "group": ExceptionGroup("several", [ValueError("one"), KeyError("two")]),
    "mute": Mute(),
}


def break_down(call: CapabilityCall) -> Mapping[str, Any]:
    """Do all that a capability may do, then fail as told; without a name of a failure, succeed."""
    case, wanted = call.case, str(call.parameters.get("text") or "")
    taken = numbers.next_number(case.agency_id, "broken", "2026")
    entries.append("case.noted", agency_id=case.agency_id, by=call.by, case_id=case.id, text="half way")
    assert call.by is not None
    notices.tell([call.by.person_id], "assigned", "Nửa chừng", agency_id=case.agency_id, case_id=case.id)
    session().flush()
    if wanted in ERRORS:
        raise ERRORS[wanted]
    return {"noted": taken}


capabilities.register(Capability("test_break", "Việc thử hay hỏng", ("text",), break_down))
BREAKS = {'name="Ghi yêu cầu" qt:capability="test_note"': 'name="Ghi yêu cầu" qt:capability="test_break"'}


#: What an act that failed leaves, by table: see ``changed``.
LEFT = {"incident": 1, "journal_entry": 1, "journal_head": -1}


def ask(office: Office, case: Case, text: str) -> None:
    """The officer asks for something: the capability is called."""
    office.complete(case, "draft", "officer", decision="ask", text=text)


def changed(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, int]:
    """By table that differs: how many rows were added; -1 where one was changed or is gone."""
    differing = {name: rows for name, rows in after.items() if rows != before[name]}
    return {
        name: len(rows) - len(before[name]) if set(map(repr, before[name])) <= set(map(repr, rows)) else -1
        for name, rows in differing.items()
    }


@pytest.fixture
def broken(office: Office, tmp_path: Path) -> Office:
    """The office with a capability that fails as told."""
    return wild.publish(office, tmp_path / "letter", BREAKS)


def test_whatever_a_capability_raises_undoes_the_whole_act_and_is_one_incident(broken: Office) -> None:
    case, other = broken.to_draft(), broken.to_draft()
    for name, error in ERRORS.items():
        before = wild.content()
        with pytest.raises(ActFailed) as failed:
            ask(broken, case, name)
        assert (name, changed(before, wild.content())) == (name, LEFT)
        incident = session().scalars(sa.select(Incident).where(Incident.reference == failed.value.reference)).one()
        assert (incident.case_id, incident.element, incident.attempts) == (case.id, "note", 1)
        assert incident.input == {"act": "step.complete", "answers": {"decision": "ask", "text": name}}
        assert (type(error).__name__ in incident.trace, "in break_down" in incident.trace) == (True, True)
    for found in (other, case):
        ask(broken, found, "")
    session().rollback()
    assert [session().get_one(Case, found.id).values["noted"] for found in (other, case)] == [1, 2]


LOOP = '<scriptTask id="again" name="Lặp"><script>x = 1</script></scriptTask>'
AGAIN = '<serviceTask id="again" name="Lặp" qt:capability="test_note"/>'
THOUSANDS = "<multiInstanceLoopCharacteristics><loopCardinality>1000000000</loopCardinality></multiInstanceLoopCharacteristics>"
FOREVER = "<standardLoopCharacteristics><loopCondition>true</loopCondition></standardLoopCharacteristics>"
BOMB = "x = ['a']\n" + "x = [x, x, x, x, x, x, x, x, x, x]\n" * 9
RUNAWAYS = {
    "service in a loop": (AGAIN, "runaway"),
    "script in a loop": (LOOP, "runaway"),
    "thousand million instances": (f'<scriptTask id="again"><script>x = 1</script>{THOUSANDS}</scriptTask>', "runaway"),
    "loop without an end": (f'<scriptTask id="again"><script>x = 1</script>{FOREVER}</scriptTask>', "runaway"),
    "bomb": (f'<scriptTask id="again"><script>{BOMB}</script></scriptTask>', "model"),
    "missing value": ('<scriptTask id="again"><script>x = nowhere</script></scriptTask>', "model"),
}


@pytest.mark.parametrize(("drawn", "cause"), RUNAWAYS.values(), ids=RUNAWAYS.keys())
def test_a_runaway_undoes_the_act_within_a_second_and_is_one_incident(
    office: Office, tmp_path: Path, drawn: str, cause: str
) -> None:
    wilder = wild.publish(office, tmp_path / "letter", {AGAIN: drawn})
    case, other = wilder.to_draft(), wilder.to_draft()
    before, begun = wild.content(), time.thread_time()
    with pytest.raises(ActFailed) as failed, transaction():
        draft = wilder.step_now(case, "draft")
        begun = time.thread_time()
        steps.complete(draft, {"decision": "loop"}, version=draft.version, by=wilder.actor("officer"))
    assert time.thread_time() - begun < 1.0
    assert changed(before, wild.content()) == LEFT
    [incident] = session().scalars(sa.select(Incident))
    assert (incident.case_id, incident.cause, incident.reference) == (case.id, cause, failed.value.reference)
    assert incident.element in ("again", "gw_draft")
    assert [wilder.complete(found, "draft", "officer", decision="submit") for found in (other, case)] == [["sign"], ["sign"]]
