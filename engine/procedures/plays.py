"""Plays of a draft: a case tried out act by act on a clock the officer moves. Nothing is numbered, sent or journalled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.errors import AnswersRejected, Conflict, EngineError
from engine.flow.errors import FlowFailed
from engine.flow.moves import Waiting
from engine.people.actors import Actor
from engine.procedures import playing
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureDraft
from engine.procedures.play_models import ProcedurePlay
from engine.procedures.play_stage import Call, Stage
from engine.procedures.scenarios import Act, Expectation, Scenario
from engine.transaction import session

_MOST_ACTS = 200
_UNSEEN = Expectation(None, None, None, None, None, None)


@dataclass(frozen=True)
class Done:
    """One act of a play and what followed: calls, flows taken (from, to), and the situation after it."""

    act: Act
    at: datetime
    calls: tuple[Call, ...]
    passed: tuple[tuple[str, str], ...]
    after: Expectation


@dataclass
class Replay:
    """A play done again: the stage it leads to, each act, when each open token opened, and why it stopped early."""

    stage: Stage
    done: list[Done] = field(default_factory=list)
    opened_at: dict[int, datetime] = field(default_factory=dict)
    stopped: str = ""
    stopped_at: str | None = None

    @property
    def waiting(self) -> list[Waiting]:
        """What the played case waits for, by token."""
        return [self.stage.waiting[token] for token in sorted(self.stage.waiting)]


def of(draft: ProcedureDraft, *, by: Actor) -> ProcedurePlay | None:
    """This person's play of the draft, if one was begun."""
    query = sa.select(ProcedurePlay).where(ProcedurePlay.draft_id == draft.id, ProcedurePlay.person_id == by.person_id)
    return session().scalars(query).one_or_none()


def begin(draft: ProcedureDraft, *, by: Actor) -> ProcedurePlay:
    """This person's play, emptied; the sandbox clock shows the present moment."""
    play = of(draft, by=by)
    if play is None:
        play = ProcedurePlay(agency_id=draft.agency_id, draft_id=draft.id, person_id=by.person_id)
        session().add(play)
    play.acts, play.sha256, play.now_at = [], draft.sha256, clock.now()
    session().flush()
    return play


def repeat(draft: ProcedureDraft, story: Scenario, *, by: Actor) -> ProcedurePlay:
    """This person's play, now doing what ``story`` does."""
    play = begin(draft, by=by)
    play.acts = [_row(act, act.answers, play.now_at) for act in story.acts]
    session().flush()
    return play


def do(play: ProcedurePlay, draft: ProcedureDraft, definition: Definition, act: Act, at: datetime | None = None) -> Done:
    """Do ``act`` next; where it happens ``at`` a later moment than the sandbox clock shows, the clock goes there.

    ``AnswersRejected`` as the form says, ``Conflict`` where nobody waits for it or the play stands still.
    """
    if len(play.acts) >= _MOST_ACTS:
        raise Conflict(f"Lượt chạy thử đã đủ {_MOST_ACTS} thao tác. Lùi lại hoặc chạy lại từ đầu.")
    replayed = replay(definition, play.acts)
    if replayed.stopped:
        raise Conflict("Lượt chạy thử đang dừng vì bản dự thảo đã đổi. Lùi lại hoặc chạy lại từ đầu.")
    moment = max(play.now_at, at or play.now_at)
    done = _perform(replayed, act, moment)
    play.now_at, play.sha256, play.acts = moment, draft.sha256, [*play.acts, _row(act, act.answers, moment)]
    session().flush()
    return done


def undo(play: ProcedurePlay) -> None:
    """Take the last act back; the clock shows the moment of it again."""
    if not play.acts:
        raise Conflict("Chưa có thao tác nào để lùi.")
    play.now_at = datetime.fromisoformat(play.acts[-1]["at"])
    play.acts = play.acts[:-1]
    session().flush()


def move_clock(play: ProcedurePlay, to: datetime) -> None:
    """Let the sandbox clock show ``to``; it never goes back (``AnswersRejected``): taking an act back does that."""
    if to < play.now_at:
        raise AnswersRejected({"moment": ["Đồng hồ chỉ đi tới: nhập thời điểm sau thời điểm đang hiện, hoặc lùi một thao tác."]})
    play.now_at = to
    session().flush()


def replay(definition: Definition, acts: Sequence[Mapping[str, Any]]) -> Replay:
    """Do every act again, as far as the definition lets it."""
    found = Replay(Stage(definition, {}))
    for number, row in enumerate(acts, start=1):
        try:
            _perform(found, act_of(row), datetime.fromisoformat(row["at"]))
        except AnswersRejected as refusal:
            told = "; ".join(f"{name}: {' '.join(reasons)}" for name, reasons in refusal.fields.items())
            found.stopped = f"Dừng ở thao tác {number}: {told}"
        except EngineError as error:
            found.stopped = f"Dừng ở thao tác {number}: {error}"
            found.stopped_at = error.element if isinstance(error, FlowFailed) else None
        if found.stopped:
            break
    return found


def act_of(row: Mapping[str, Any]) -> Act:
    """The act a row of ``ProcedurePlay.acts`` keeps."""
    return Act(row["kind"], row["subject"], row["to"], row["answers"], row["returns"], _UNSEEN, "", row["fails"])


def _row(act: Act, answers: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {
        "kind": act.kind,
        "subject": act.subject,
        "to": act.to,
        "answers": dict(answers),
        "returns": {element: dict(part) for element, part in act.returns.items()},
        "fails": dict(act.fails),
        "at": at.isoformat(),
    }


def _perform(replayed: Replay, act: Act, at: datetime) -> Done:
    stage = replayed.stage
    playing.perform(stage, act)
    for token in stage.waiting:
        replayed.opened_at.setdefault(token, at)
    for token in set(replayed.opened_at) - set(stage.waiting):
        del replayed.opened_at[token]
    after = Expectation(tuple(stage.open()), tuple(stage.waits()), tuple(stage.ran), tuple(stage.slips), stage.status, stage.end)
    replayed.done.append(Done(act, at, tuple(stage.calls), tuple(stage.passed), after))
    return replayed.done[-1]
