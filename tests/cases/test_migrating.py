"""Open cases are classed, rehearsed, brought to another revision one by one, and put back as they stood."""

import uuid
from collections.abc import Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from engine import failpoints, tables
from engine.cases import capabilities, impact, migrating, migration_undo, operations, standing
from engine.cases.migrating import Plan
from engine.cases.migration_models import MigratedCase, MigrationAct
from engine.cases.models import Case
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.flow import migrate as flow_migrate
from engine.flow.model import Model
from engine.flow.moves import Move
from engine.journal import queries as journal
from engine.procedures import folder, publishing
from engine.procedures.models import ProcedureRevision
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import LETTER, Office
from tests.cases.test_operations import fresh, operate
from tests.decisions import DECISION

REASON = "Rút ngắn việc soạn thảo"
SHEET = "procedure.yaml"
#: What a draft's change does to the letter: file, text before, text after.
TERM = (SHEET, "draft: {term: 8h", "draft: {term: 4h")


def publish(office: Office, *edits: tuple[str, str, str]) -> ProcedureRevision:
    """The letter with these texts replaced, as its next revision."""
    files = dict(folder.read(LETTER).files)
    for path, before, after in edits:
        assert before in files[path].decode(), before
        files[path] = files[path].decode().replace(before, after).encode()
    with transaction():
        home = office.revision.procedure.agency_id
        return publishing.publish(home, folder.of(files.items()), capabilities=capabilities.facts(), basis=DECISION, by=None)


def make(office: Office, to: ProcedureRevision, **plan: Any) -> uuid.UUID:
    """An act of migration made by the administrator; its id."""
    with transaction():
        return migrating.make(to, office.agency_id, Plan(**plan), REASON, by=office.actor("admin")).id


def undo(office: Office, act_id: uuid.UUID, case: Case) -> None:
    with transaction():
        act = migrating.get(act_id, for_=office.actor("admin"))
        migration_undo.undo(act, case.id, "Nhầm bản", by=office.actor("admin"))


def fates(to: ProcedureRevision, office: Office, mapping: Mapping[str, str] | None = None) -> dict[str, int]:
    session().rollback()
    return impact.assess(to, [office.agency_id], mapping).counts


def row_of(case: Case) -> tuple[str, str]:
    session().rollback()
    row = session().scalars(sa.select(MigratedCase).where(MigratedCase.case_id == case.id)).one()
    return row.state, row.fate


def state_of(case: Case) -> dict[str, Any]:
    """How it stands, without the versions: they only grow."""
    session().rollback()
    kept = standing.of(fresh(case))
    steps = {id_: {name: value for name, value in step.items() if name != "version"} for id_, step in kept["steps"].items()}
    return {**kept, "version": None, "steps": steps}


def everything() -> dict[str, list[Any]]:
    """Every row of every table."""
    session().rollback()
    return {table.name: sorted(map(repr, session().execute(sa.select(table)))) for table in tables.metadata.sorted_tables}


def test_each_open_case_is_classed_with_reason_and_place(office: Office) -> None:
    drafting, signing, paused = office.to_draft("officer"), office.to_sign(), office.to_sign()
    operate(office, operations.suspend, paused)
    to = publish(office, TERM)
    found = impact.assess(to, [office.agency_id])
    told = {case.id: (group.fate.kind, group.fate.places) for group in found.groups for case in group.cases}
    assert told[drafting.id][0] == "automatic"
    assert "draft" in told[drafting.id][1]
    assert told[paused.id] == ("stays", ())
    assert signing.id in told
    assert sum(found.counts.values()) == 3


def test_a_rehearsal_changes_no_row(office: Office) -> None:
    office.to_draft("officer")
    office.to_sign()
    to = publish(office, TERM)
    before = everything()
    found = impact.assess(to, [office.agency_id])
    assert [sorted(place.element for place in group.after) for group in found.groups if group.fate.move] != []
    assert everything() == before


def test_a_case_is_brought_over_and_goes_on_by_the_new_model(office: Office) -> None:
    case = office.to_draft("officer")
    due_at = office.step(case, "draft").due_at
    to = publish(office, TERM)
    act_id = make(office, to)
    assert fresh(case).revision_id == office.revision.id
    assert sweeps.migrate_cases() == 1
    assert (fresh(case).revision_id, row_of(case)) == (to.id, ("migrated", "automatic"))
    assert (office.step(case, "draft").due_at, office.step(case, "draft").term_minutes) == (due_at, 480)
    [entry] = journal.of_case(case.id, kinds=("case.migrated",))
    assert (entry.facts["act"], entry.facts["reason"], entry.facts["from"], entry.facts["to"]) == ("01/2026", REASON, 1, 2)
    assert office.complete(case, "draft", "officer", decision="submit") == ["sign"]
    assert sweeps.migrate_cases() == 0
    assert session().get_one(MigrationAct, act_id).number == 1


def test_new_terms_are_given_where_the_act_says_so(office: Office) -> None:
    case = office.to_draft("officer")
    opened_at = office.step(case, "draft").opened_at
    make(office, publish(office, TERM), terms="new")
    sweeps.migrate_cases()
    step = office.step(case, "draft")
    assert step.term_minutes == 240
    assert step.due_at is not None
    assert (step.due_at - opened_at).total_seconds() >= 4 * 3600
    assert office.local(step.due_at) < "2026-11-19"


@pytest.mark.parametrize("terms", ["keep", "new"])
def test_undo_restores_the_state_before(office: Office, terms: str) -> None:
    case = office.to_draft("officer")
    before = state_of(case)
    act_id = make(office, publish(office, TERM), terms=terms)
    sweeps.migrate_cases()
    assert state_of(case) != before
    undo(office, act_id, case)
    assert state_of(case) == before
    assert row_of(case)[0] == "undone"
    [entry] = journal.of_case(case.id, kinds=("case.migration_undone",))
    assert (entry.facts["act"], entry.facts["reason"]) == ("01/2026", "Nhầm bản")
    assert office.complete(case, "draft", "officer", decision="submit") == ["sign"]


def test_a_case_that_moved_on_is_not_put_back(office: Office) -> None:
    case, other = office.to_draft("officer"), office.to_draft("officer")
    act_id = make(office, publish(office, TERM))
    sweeps.migrate_cases()
    office.complete(case, "draft", "officer", decision="submit")
    with pytest.raises(Conflict, match="“Ký”") as refused:
        undo(office, act_id, case)
    assert refused.value.who == office.actor("officer").full_name
    with transaction():
        act = migrating.get(act_id, for_=office.actor("admin"))
        undone = migration_undo.undo_all(act, "Nhầm bản", by=office.actor("admin"))
    assert (undone.done, [case_id for case_id, _ in undone.refused]) == ((other.id,), [case.id])
    with pytest.raises(NotFound):
        undo(office, act_id, other)


def test_a_case_chosen_to_stay_stays(office: Office) -> None:
    case, other = office.to_draft("officer"), office.to_draft("officer")
    make(office, publish(office, TERM), staying=[case.id])
    assert sweeps.migrate_cases() == 1
    assert (row_of(case), row_of(other)) == (("stayed", "stays"), ("migrated", "automatic"))
    assert fresh(case).revision_id == office.revision.id


def test_a_case_that_ended_before_its_turn_stays(office: Office) -> None:
    case = office.to_draft("officer")
    make(office, publish(office, TERM))
    operate(office, operations.cancel, case)
    sweeps.migrate_cases()
    assert (row_of(case)[0], fresh(case).revision_id) == ("stayed", office.revision.id)


@pytest.mark.parametrize(
    ("login", "plan", "reason", "refusal"),
    [
        ("officer", {}, REASON, NotAllowed),
        ("admin", {}, " ", AnswersRejected),
        ("admin", {"terms": "perhaps"}, REASON, AnswersRejected),
        ("admin", {"mapping": {"draft": "nowhere"}}, REASON, AnswersRejected),
    ],
    ids=["not permitted", "no reason", "unknown terms", "unknown element"],
)
def test_an_act_is_refused(office: Office, login: str, plan: Any, reason: str, refusal: type[Exception]) -> None:
    office.to_draft("officer")
    to = publish(office, TERM)
    with pytest.raises(refusal), transaction():
        migrating.make(to, office.agency_id, Plan(**plan), reason, by=office.actor(login))
    assert session().scalars(sa.select(MigrationAct)).all() == []


def test_an_act_without_a_case_is_refused(office: Office) -> None:
    to = publish(office, TERM)
    with pytest.raises(Conflict, match="Không có hồ sơ"):
        make(office, to)


def renamed(office: Office, name: str = "Soạn dự thảo") -> ProcedureRevision:
    """The step of drafting under another id and another name: nothing says that it is the same."""
    edits = [("letter.bpmn", text.format("draft"), text.format("compose")) for text in ('id="{}"', 'Ref="{}"', ">{}<")]
    edits += [("letter.bpmn", 'name="Soạn trả lời"', f'name="{name}"'), (SHEET, "draft: {term", "compose: {form: draft, term")]
    return publish(office, *edits, ("forms/register.yaml", "assigns: draft", "assigns: compose"))


def test_a_step_that_is_gone_needs_a_decision_and_goes_where_it_is_mapped(office: Office) -> None:
    case = office.to_draft("officer")
    before = state_of(case)
    to = renamed(office)
    found = impact.assess(to, [office.agency_id])
    assert [(group.fate.kind, group.fate.places) for group in found.groups] == [("decision", ("draft",))]
    assert fates(to, office, {"draft": "compose"}) == {"unchanged": 0, "automatic": 1, "decision": 0, "stays": 0}
    act_id = make(office, to, mapping={"draft": "compose"})
    sweeps.migrate_cases()
    assert (office.open_elements(case), office.step(case, "compose").name) == (["compose"], "Soạn dự thảo")
    undo(office, act_id, case)
    assert state_of(case) == before


def test_a_step_whose_id_alone_changed_maps_by_itself(office: Office) -> None:
    case = office.to_draft("officer")
    make(office, renamed(office, "Soạn trả lời"))
    sweeps.migrate_cases()
    assert office.open_elements(case) == ["compose"]
    assert office.complete(case, "compose", "officer", decision="submit") == ["sign"]


def test_a_failing_case_stays_and_the_others_go(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """The fail point stands inside the transaction of one case: that one is undone whole."""
    cases = [office.to_draft("officer") for _ in range(3)]
    to = publish(office, TERM)
    make(office, to)
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_FAIL", "migration_step:error:2")
    monkeypatch.setattr(failpoints, "_passages", failpoints._Passages())
    sweeps.migrate_cases()
    states = sorted(row_of(case)[0] for case in cases)
    assert states == ["migrated", "migrated", "stayed"]
    assert [fresh(case).revision_id == to.id for case in cases] == [row_of(case)[0] == "migrated" for case in cases]


def test_three_hundred_cases_cost_one_run_of_the_flow_for_each_place(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        for _ in range(300):
            office.begin_letter()
    to = publish(office, TERM)
    runs: list[bytes] = []
    real = flow_migrate.migrate

    def counted(old: Model, marking: bytes, new: Model, values: Mapping[str, Any], names: Mapping[str, str]) -> Move:
        runs.append(marking)
        return real(old, marking, new, values, names)

    monkeypatch.setattr(flow_migrate, "migrate", counted)
    assert (fates(to, office)["automatic"], len(runs)) == (300, 1)
    act_id = make(office, to)
    assert sweeps.migrate_cases() == 300
    with transaction():
        act = migrating.get(act_id, for_=office.actor("admin"))
        assert len(migration_undo.undo_all(act, "Nhầm bản", by=office.actor("admin")).done) == 300
    session().rollback()
    left = sa.select(sa.func.count()).select_from(Case).where(Case.revision_id == office.revision.id)
    assert session().scalar(left) == 300
