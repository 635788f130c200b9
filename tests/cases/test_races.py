"""Two people, one step: one winner, and the other hears who and when."""

import threading
import uuid
from collections.abc import Callable
from functools import partial

from engine.cases import queries, steps
from engine.errors import Conflict
from engine.people.actors import Actor
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def race(acts: list[Callable[[], object]]) -> list[Conflict]:
    """Do all of ``acts`` at the same time, each in a thread and transaction of its own; the refusals."""
    refusals: list[Conflict] = []
    start = threading.Barrier(len(acts))
    session().close()

    def run(act: Callable[[], object]) -> None:
        try:
            start.wait()
            with transaction():
                act()
        except Conflict as refusal:
            refusals.append(refusal)
        finally:
            session().close()

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refusals


def claim(step_id: uuid.UUID, by: Actor) -> object:
    return steps.claim(steps.get(step_id, for_=by), by=by)


def complete(step_id: uuid.UUID, answers: dict[str, str], by: Actor) -> object:
    return steps.complete(steps.get(step_id, for_=by), answers, version=1, by=by)


def test_one_of_two_claims_wins(office: Office) -> None:
    case = office.to_draft(None)
    step_id, case_id = office.step(case, "draft").id, case.id
    actors = [office.actor("officer"), office.make_colleague("officer_b", "officer")]
    [refusal] = race([partial(claim, step_id, actor) for actor in actors])
    names = {actor.person_id: actor.full_name for actor in actors}
    winner = steps.get(step_id, for_=actors[0])
    assert winner.assignee_id is not None
    assert (refusal.who, refusal.at) == (names[winner.assignee_id], "2026-11-18T01:00:00+00:00")
    assert office.kinds(queries.get_case(case_id, for_=actors[0]), "step.claimed") == ["step.claimed"]


def test_one_of_four_completions_wins(office: Office) -> None:
    case = office.to_draft(None)
    step_id, case_id = office.step(case, "draft").id, case.id
    actors = [office.actor("officer"), *(office.make_colleague(f"officer_{n}", "officer") for n in range(3))]
    refusals = race([partial(complete, step_id, {"decision": "submit"}, actor) for actor in actors])
    assert office.open_elements(queries.get_case(case_id, for_=actors[0])) == ["sign"]
    names = {actor.person_id: actor.full_name for actor in actors}
    done = steps.get(step_id, for_=actors[0])
    assert done.closed_by_id is not None
    assert [(refusal.who, refusal.at) for refusal in refusals] == [(names[done.closed_by_id], "2026-11-18T01:00:00+00:00")] * 3


def test_parallel_branches_of_one_case_do_not_lose_each_other(office: Office) -> None:
    case = office.to_sign()
    office.complete(case, "sign", "leader", decision="sign")
    archivist, case_id = office.actor("archivist"), case.id
    file, dispatch = office.step(case, "file").id, office.step(case, "dispatch").id
    acts: list[Callable[[], object]] = [
        partial(complete, file, {}, archivist),
        partial(complete, dispatch, {}, office.actor("registrar")),
    ]
    assert race(acts) == []
    ended = queries.get_case(case_id, for_=archivist)
    assert (ended.state, ended.ended_at_element) == ("completed", "end_sent")
