"""A draft is played act by act: on its own clock, back again, on other files; nothing is written but the play itself."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine.errors import AnswersRejected, Conflict
from engine.people import agencies, directory
from engine.people.actors import Actor, actor_of
from engine.people.models import Person
from engine.procedures import definition, drafts, folder, plays
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureDraft
from engine.procedures.play_models import ProcedurePlay
from engine.procedures.play_stage import Call, Differs
from engine.procedures.plays import Done, Replay
from engine.procedures.scenarios import Act, Expectation
from engine.transaction import session, transaction
from tests.bench.model import Process, timer
from tests.cases.drawn import files_of
from tests.cases.wild import content
from tests.clocks import StoppedClock
from tests.procedures import dmn

UNSEEN = Expectation(None, None, None, None, None, None)
EXTRA = '<bpmn:signal id="g" name="flood"/><bpmn:message id="m" name="ask"/><bpmn:message id="w" name="word"/>'
START = datetime(2026, 11, 18, 1, tzinfo=UTC)
TABLE = dmn.table([("answer", "string")], [("level", "number")], [['"x"', "1"], ["-", "2"]], policy="FIRST")


def trial(name: str = "Làm việc A") -> dict[str, bytes]:
    """a (a timer rings beside it), the table, b, then a message or a signal; a case may also begin when it is asked for."""
    process = Process("trial").element("startEvent", "s").element("userTask", "a", name=name).element("userTask", "b", name="B")
    process.element("businessRuleTask", "ask_table", **{"qt:decision": "t"}).element("eventBasedGateway", "which")
    process.element("boundaryEvent", "late", timer("P3D"), attachedToRef="a", cancelActivity="false")
    process.element("userTask", "urge").element("endEvent", "urged").chain("late", "urge", "urged")
    process.element("intermediateCatchEvent", "word_came", '<bpmn:messageEventDefinition messageRef="w"/>')
    process.element("intermediateCatchEvent", "flooded", '<bpmn:signalEventDefinition signalRef="g"/>')
    process.element("endEvent", "e").element("endEvent", "e2")
    process.chain("s", "a", "ask_table", "b", "which").chain("which", "word_came", "e").chain("which", "flooded", "e2")
    process.element("startEvent", "asked", '<bpmn:messageEventDefinition messageRef="m"/>', name="Được hỏi").flow("asked", "b")
    values = {"form": None, "roles": ["registrar"], "values": {"answer": None, "level": 0}}
    return {
        **files_of(process, extra=EXTRA, sheet={"start": values}),
        "rules/t.dmn": dmn.definitions(dmn.decision(TABLE)),
    }


def loop() -> dict[str, bytes]:
    """A service task that leads to itself for ever."""
    process = Process("trial").element("startEvent", "s").element("userTask", "a").element("exclusiveGateway", "x", default="out")
    process.element("serviceTask", "again", **{"qt:capability": "any"}).element("endEvent", "e")
    process.chain("s", "a", "x").flow("x", "again", "answer == 'x'").flow("x", "e", id_="out").chain("again", "x")
    return files_of(process, sheet={"capabilities": ["any"]})


def act(kind: str, subject: str = "", to: str | None = None, **answers: Any) -> Act:
    return Act(kind, subject, to, answers, {}, UNSEEN, "")


@dataclass
class Stand:
    """An officer before a draft."""

    draft: ProcedureDraft
    by: Actor

    @property
    def rule(self) -> Definition:
        return definition.read(drafts.folder_of(self.draft))

    @property
    def play(self) -> ProcedurePlay:
        found = plays.of(self.draft, by=self.by)
        assert found is not None
        return found

    def do(self, *acts: Act, at: datetime | None = None) -> Done:
        with transaction():
            play = plays.of(self.draft, by=self.by) or plays.begin(self.draft, by=self.by)
            return [plays.do(play, self.draft, self.rule, one, at) for one in acts][-1]

    def replay(self) -> Replay:
        return plays.replay(self.rule, self.play.acts)

    def redraw(self, files: Mapping[str, bytes]) -> None:
        gone = dict.fromkeys(set(drafts.folder_of(self.draft).files) - set(files))
        with transaction():
            drafts.write(self.draft, {**gone, **files}, version=self.draft.version, by=self.by)


@pytest.fixture
def stand(db: Engine, stopped_clock: StoppedClock) -> Stand:
    stopped_clock.freeze("2026-11-18T08:00")
    with transaction():
        home = agencies.create("H31", "UBND thành phố Hải Phòng", "province")
        session().add(Person(agency_id=home.id, login="kim", full_name="Kim", password_hash="x"))
        session().flush()
        kim = directory.by_login("kim")
        assert kim is not None
        by = actor_of(kim)
        return Stand(drafts.create(home.id, folder.of(trial().items()), base=None, by=by), by)


@pytest.mark.parametrize(
    ("acts", "opened", "end"),
    [
        ((), ("a",), None),
        ((act("complete", "a", answer="x"),), ("b",), None),
        ((act("timer", "late"),), ("a", "urge"), None),
        ((act("complete", "a"), act("complete", "b"), act("message", "word")), (), "e"),
        ((act("complete", "a"), act("complete", "b"), act("signal", "flood", level=3)), (), "e2"),
    ],
    ids=["begun", "step", "timer", "message", "signal"],
)
def test_a_play_goes_where_each_kind_of_act_leads(stand: Stand, acts: tuple[Act, ...], opened: tuple[str, ...], end: str) -> None:
    done = stand.do(act("start"), *acts)
    assert (done.after.open, done.after.end) == (opened, end)
    assert [one.after for one in stand.replay().done][-1] == done.after


def test_a_play_begins_at_the_start_that_is_chosen(stand: Stand) -> None:
    assert stand.do(act("start", to="asked")).after.open == ("b",)


def test_a_table_tells_which_rows_answered(stand: Stand) -> None:
    done = stand.do(act("start"), act("complete", "a", answer="x"))
    assert done.calls == (Call("ask_table", "t", {"answer": "x"}, {"level": 1}, rules=(1,)),)


def test_a_step_is_returned_to_one_done_before(stand: Stand) -> None:
    stand.do(act("start"), act("complete", "a"))
    assert stand.replay().stage.targets("b") == ["a"]
    assert stand.do(act("return", "b", "a", reason="Thiếu chữ ký")).after.open == ("a",)
    assert stand.replay().stage.targets("a") == ["b"]


def test_a_step_is_not_returned_to_one_nobody_did(stand: Stand) -> None:
    stand.do(act("start"))
    assert stand.replay().stage.targets("a") == []
    with pytest.raises(AnswersRejected) as refused:
        stand.do(act("return", "a", "b", reason="Vội"))
    assert list(refused.value.fields) == ["to"]


def test_nothing_is_written_but_the_play(stand: Stand) -> None:
    before = content()
    stand.do(act("start"), act("complete", "a", answer="x"), act("return", "b", "a", reason="Sai"), act("timer", "late"))
    with transaction():
        plays.undo(stand.play)
        plays.move_clock(stand.play, START + timedelta(days=9))
    after = content()
    assert (before.pop("procedure_play"), len(after.pop("procedure_play"))) == ([], 1)
    assert after == before


def test_the_clock_goes_to_the_moment_of_an_act_and_back_with_it(stand: Stand) -> None:
    stand.do(act("start"))
    due = START + timedelta(days=3)
    assert stand.do(act("timer", "late"), at=due).at == due
    assert stand.play.now_at == due
    assert stand.do(act("complete", "urge"), at=START).at == due
    with transaction():
        plays.undo(stand.play)
        plays.undo(stand.play)
    assert (len(stand.play.acts), stand.replay().stage.open()) == (1, ["a"])


def test_the_clock_never_goes_back(stand: Stand) -> None:
    stand.do(act("start"))
    with pytest.raises(AnswersRejected), transaction():
        plays.move_clock(stand.play, START - timedelta(seconds=1))


def test_a_restart_forgets_everything(stand: Stand) -> None:
    stand.do(act("start"), act("complete", "a"))
    with transaction():
        plays.begin(stand.draft, by=stand.by)
    assert (stand.play.acts, stand.replay().done, stand.play.now_at) == ([], [], START)


def test_an_undo_of_nothing_is_refused(stand: Stand) -> None:
    with pytest.raises(Conflict), transaction():
        plays.undo(plays.begin(stand.draft, by=stand.by))


def test_a_play_goes_on_when_the_draft_changed_what_it_did_not_meet(stand: Stand) -> None:
    stand.do(act("start"), act("complete", "a"))
    stand.redraw(trial("Làm việc khác"))
    assert (stand.replay().stopped, stand.play.sha256 != stand.draft.sha256) == ("", True)
    assert stand.do(act("complete", "b")).after.waits == ("word",)
    assert stand.play.sha256 == stand.draft.sha256


def test_a_play_stands_still_where_the_changed_draft_does_not_know_its_act_and_says_where(stand: Stand) -> None:
    stand.do(act("start"), act("complete", "a"), act("complete", "b"))
    stand.redraw(loop())
    replayed = stand.replay()
    assert ([done.act.kind for done in replayed.done], replayed.stopped) == (
        ["start", "complete"],
        "Dừng ở thao tác 3: “b” không mở lúc này; đang mở: không có bước nào.",
    )
    with pytest.raises(Conflict, match="đang dừng vì bản dự thảo đã đổi"):
        stand.do(act("complete", "b"))
    with transaction():
        plays.undo(stand.play)
    assert stand.replay().stopped == ""


def test_a_model_that_runs_for_ever_stops_and_the_play_stays_as_it_was(stand: Stand) -> None:
    stand.redraw(loop())
    stand.do(act("start"))
    with pytest.raises(Differs, match="Một thao tác gọi quá 50 khả năng"):
        stand.do(act("complete", "a", answer="x"))
    session().rollback()
    assert (len(stand.play.acts), stand.replay().stage.open()) == (1, ["a"])


def test_a_table_without_an_answer_stops_at_its_task(stand: Stand) -> None:
    twice = dmn.table([("answer", "string")], [("level", "number")], [["-", "1"], ["-", "2"]])
    stand.do(act("start"), act("complete", "a"))
    stand.redraw({**trial(), "rules/t.dmn": dmn.definitions(dmn.decision(twice))})
    replayed = stand.replay()
    assert (len(replayed.done), replayed.stopped_at) == (1, "ask_table")


def test_a_play_has_an_end_of_its_acts(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plays, "_MOST_ACTS", 2)
    with pytest.raises(Conflict, match="đã đủ 2 thao tác"):
        stand.do(act("start"), act("complete", "a"), act("complete", "b"))


def test_everybody_has_a_play_of_their_own(stand: Stand) -> None:
    stand.do(act("start"))
    other = Actor(uuid.uuid4(), stand.by.agency_id, "lan", "Lan", ())
    assert plays.of(stand.draft, by=other) is None
