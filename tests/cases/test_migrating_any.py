"""Generated pairs of models, generated histories: what is foreseen happens, every case can go on, undo restores all."""

import random
import uuid
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa

from engine.cases import impact, migrating, migration_undo, queries, starting, steps
from engine.cases.migrating import Plan
from engine.cases.migration_models import MigratedCase
from engine.cases.models import Case
from engine.procedures.models import ProcedureRevision
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.bench.model import Process, timer
from tests.cases.conftest import Office
from tests.cases.drawn import publish
from tests.cases.test_migrating import state_of
from tests.cases.test_operations import fresh

CASES, MOST_STEPS = 4, 40


@dataclass(frozen=True)
class Shape:
    """A process as blocks in a row: a step, or branches of steps at once. ``timed``: steps with a timer beside them."""

    blocks: tuple[tuple[tuple[str, ...], ...], ...]
    timed: frozenset[str] = field(default_factory=frozenset)

    @property
    def steps(self) -> list[str]:
        """Every step."""
        return [step for block in self.blocks for branch in block for step in branch]

    def process(self) -> Process:
        """The model."""
        made, before = Process("any").element("startEvent", "begin"), "begin"
        for step in self.steps:
            made.element("userTask", step, name=f"Bước {step}")
        for number, block in enumerate(self.blocks):
            before = self._draw(made, before, number, block)
        made.element("endEvent", "over").flow(before, "over")
        for step in sorted(self.timed & set(self.steps)):
            made.element("boundaryEvent", f"late_{step}", timer("P3D"), attachedToRef=step, cancelActivity="false")
            made.element("endEvent", f"rung_{step}").flow(f"late_{step}", f"rung_{step}")
        return made

    def _draw(self, made: Process, before: str, number: int, block: tuple[tuple[str, ...], ...]) -> str:
        if len(block) == 1:
            made.chain(before, *block[0])
            return block[0][-1]
        split, join = f"split{number}", f"join{number}"
        made.element("parallelGateway", split).element("parallelGateway", join).flow(before, split)
        for branch in block:
            made.chain(split, *branch, join)
        return join


def grown(chance: random.Random) -> Shape:
    """A shape of two to four blocks."""
    names = iter(f"s{number}" for number in range(100))
    blocks = []
    for _ in range(chance.randint(2, 4)):
        width = chance.choice([1, 1, 2])
        blocks.append(tuple(tuple(next(names) for _ in range(chance.randint(1, 2))) for _ in range(width)))
    shape = Shape(tuple(blocks))
    return replace(shape, timed=frozenset(step for step in shape.steps if chance.random() < 0.3))


def changed(shape: Shape, chance: random.Random) -> Shape:
    """The same with one to three things otherwise: a step more, a step gone, a timer more or gone, a block gone parallel."""
    for turn in range(chance.randint(1, 3)):
        blocks = [list(map(list, block)) for block in shape.blocks]
        block = chance.choice(blocks)
        branch = chance.choice(block)
        match chance.choice(["more", "gone", "timer", "beside"]):
            case "more":
                branch.insert(chance.randint(0, len(branch)), f"n{turn}")
            case "gone" if len(branch) > 1:
                branch.pop(chance.randrange(len(branch)))
            case "beside":
                block.append([f"p{turn}"])
            case _:
                shape = replace(shape, timed=shape.timed ^ {chance.choice(shape.steps)})
        shape = replace(shape, blocks=tuple(tuple(map(tuple, block)) for block in blocks))
    return shape


def act(office: Office, case: Case, chance: random.Random) -> bool:
    """Complete one open step; False where the case has ended."""
    with transaction():
        found = queries.open_steps(session().get_one(Case, case.id))
        if not found:
            return False
        step = chance.choice(found)
        steps.complete(step, {"answer": "x"}, version=step.version, by=office.actor("registrar"))
    return True


def opened(office: Office, revision: ProcedureRevision, chance: random.Random) -> list[Case]:
    """Cases of the revision, each some steps on its way."""
    cases = []
    for number in range(CASES):
        with transaction():
            by = office.actor("registrar")
            case = starting.create(revision, agency_id=office.agency_id, title=f"Hồ sơ {number}", values={}, by=by)
            starting.begin(case, by=by)
        for _ in range(chance.randint(0, 3)):
            act(office, case, chance)
        cases.append(case)
    return [case for case in cases if fresh(case).closed_at is None]


def foreseen(office: Office, to: ProcedureRevision) -> dict[str, str]:
    session().rollback()
    groups = impact.assess(to, [office.agency_id]).groups
    return {str(case.id): group.fate.kind for group in groups for case in group.cases}


def brought(office: Office, to: ProcedureRevision) -> tuple[uuid.UUID, dict[str, str]]:
    """Make an act and let it run: its id, and what became of each case."""
    with transaction():
        act_id = migrating.make(to, office.agency_id, Plan(), "Bản mới", by=office.actor("admin")).id
    sweeps.migrate_cases()
    session().rollback()
    rows = session().scalars(sa.select(MigratedCase).where(MigratedCase.act_id == act_id))
    return act_id, {str(row.case_id): row.state for row in rows}


@pytest.mark.parametrize("seed", range(12))
def test_what_is_foreseen_happens_and_can_be_undone(office: Office, seed: int) -> None:
    chance = random.Random(seed)
    shape = grown(chance)
    former = publish(office.agency_id, shape.process())
    cases = opened(office, former, chance)
    to = publish(office.agency_id, changed(shape, chance).process())
    before, classes = {str(case.id): state_of(case) for case in cases}, foreseen(office, to)
    assert set(classes) == set(before) or to.id == former.id
    if not set(classes.values()) & {"unchanged", "automatic"}:
        return
    act_id, became = brought(office, to)
    moved = {id_ for id_, kind in classes.items() if kind in ("unchanged", "automatic")}
    assert became == {id_: "migrated" if id_ in moved else "stayed" for id_ in classes}
    with transaction():
        made = migrating.get(act_id, for_=office.actor("admin"))
        undone = migration_undo.undo_all(made, "Thử", by=office.actor("admin"))
    assert ({str(id_) for id_ in undone.done}, undone.refused) == (moved, ())
    assert {str(case.id): state_of(case) for case in cases} == before
    brought(office, to)
    for case in cases:
        turns = 0
        while act(office, case, chance):
            turns += 1
            assert turns < MOST_STEPS
        assert fresh(case).state == "completed"


def test_the_seeds_meet_every_class(office: Office) -> None:
    """The generated pairs are worth something only if all classes occur among them."""
    met: set[str] = set()
    for seed in range(12):
        chance = random.Random(seed)
        shape = grown(chance)
        code = {"code": "any", "title": f"Quy trình {seed}"}
        cases = opened(office, publish(office.agency_id, shape.process(), **code), chance)
        to = publish(office.agency_id, changed(shape, chance).process(), **code)
        met |= {kind for id_, kind in foreseen(office, to).items() if id_ in {str(case.id) for case in cases}}
    assert met == {"unchanged", "automatic", "decision"}
