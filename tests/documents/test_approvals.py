"""A draft of a procedure through its approval: signatures under one content, number, date, the moment of effect."""

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from engine import clock
from engine.cases import history, messages, operations, returning, starting, steps, subjects
from engine.cases.models import Case, Incident, Step
from engine.documents import approvals
from engine.errors import AnswersRejected, Conflict, NotAllowed, ProcedureRejected
from engine.people import agencies, demo, signatures
from engine.procedures import approved, catalogue, drafts, folder, publishing
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.decisions import DECISION
from tests.documents.approving import CODE, PROCESSES, Ward, changed, make_ward


@pytest.fixture
def database_content() -> str:
    """The demo province."""
    return "province"


@pytest.fixture
def ward(db: Engine, stopped_clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """The demo ward, about to change its procedure."""
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    return make_ward(stopped_clock)


def kinds(case: Case) -> list[str]:
    session().rollback()
    return [event.kind for event in history.of(case) if event.kind.startswith(("document.", "procedure.", "signature."))]


def test_a_draft_becomes_the_revision_in_force_at_its_instant(ward: Ward) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    assert ward.open_steps(case) == [("review", "deputy"), ("review", "head")]
    ward.to_wait(case)
    everybody = [("secretary", "author"), ("head", "review"), ("deputy", "review"), ("leader", "approve")]
    assert (ward.signed(draft_id), ward.revisions()) == (everybody, [(2, "approved"), (1, "effective")])
    before = ward.in_force().number
    ward.clock.freeze("2026-11-19T23:59:59")
    assert (ward.fire(), ward.in_force().number, before) == (0, 1, 1)
    ward.clock.freeze("2026-11-20T00:00:00")
    assert (ward.fire(), ward.revisions()) == (1, [(2, "effective"), (1, "obsolete")])
    made = ward.in_force()
    assert (made.sha256, made.approval_case_id) == (ward.look(draft_id).sha256, case.id)
    assert made.approval_basis == "Quyết định số 01/QĐ-UBND ngày 18/11/2026"
    assert made.effective_at == datetime.fromisoformat("2026-11-20T00:00:00+07:00")
    assert [one.meaning for one in approvals.signatures_of(made)] == ["author", "review", "review", "approve"]
    assert {one.sha256 for one in approvals.signatures_of(made)} == {made.sha256}
    assert session().get_one(Case, case.id).ended_at_element == "end_effective"


def test_every_turn_of_an_approval_is_journalled(ward: Ward) -> None:
    case = ward.submit(ward.draft())
    ward.to_wait(case, "2026-11-18")
    ward.fire()
    signed = ["signature.made", "document.submitted", *["signature.made"] * 3]
    assert kinds(case) == [*signed, "procedure.approved"]
    assert ward.in_force().number == 2


def test_cases_opened_before_keep_the_former_revision(ward: Ward) -> None:
    with transaction():
        old = starting.open_case(CODE, "Cũ", {"content": "x"}, by=ward.actor("officer")).id
    case = ward.submit(ward.draft())
    ward.to_wait(case, "2026-11-18")
    ward.fire()
    with transaction():
        new = starting.open_case(CODE, "Mới", {"content": "x"}, by=ward.actor("officer")).id
    session().rollback()
    [first], [second] = (session().get_one(Case, id_).steps for id_ in (old, new))
    assert [(step.element, step.term_minutes) for step in (first, second)] == [("prepare", 480), ("prepare", 960)]


def test_a_submitted_draft_is_locked(ward: Ward) -> None:
    draft_id = ward.draft()
    ward.submit(draft_id)
    with pytest.raises(Conflict), transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        drafts.write(draft, {"README.md": b"# Khac"}, version=draft.version, by=ward.actor("secretary"))
    with pytest.raises(Conflict):
        ward.submit(draft_id)


def by_reviewer(ward: Ward, case: Case) -> None:
    ward.do(case, "review", "deputy", verdict="return", comment="Thiếu căn cứ")


def by_leader(ward: Ward, case: Case) -> None:
    ward.to_approve(case)
    ward.do(case, "approve", "leader", decision="return", comment="Thiếu căn cứ")


def by_return_box(ward: Ward, case: Case) -> None:
    """The general box of a step's page, past what the model draws."""
    ward.to_approve(case)
    step = ward.step(case, "approve")
    version, step_id = step.version, step.id
    with transaction():
        step = session().get_one(Step, step_id)
        returning.return_to(step, "propose", "Thiếu căn cứ", version=version, by=ward.actor("leader"))


@pytest.mark.parametrize("give_back", [by_reviewer, by_leader, by_return_box], ids=["reviewer", "leader", "return box"])
def test_a_return_voids_the_signatures_and_opens_the_draft(ward: Ward, give_back: Callable[[Ward, Case], None]) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    give_back(ward, case)
    assert (ward.signed(draft_id), ward.open_steps(case)) == ([], [("propose", "secretary")])
    bound = subjects.of(case.id)
    assert bound is not None
    assert (ward.look(draft_id).state, bound.round) == ("open", 2)
    with transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        files = {"README.md": b"# Quy trinh ba buoc, da sua"}
        sha256 = drafts.write(draft, files, version=draft.version, by=ward.actor("secretary")).sha256
    again = ward.submit(draft_id)
    assert again.id == case.id
    ward.to_wait(case, "2026-11-18")
    ward.fire()
    assert ward.in_force().sha256 == sha256


def test_content_changed_behind_the_lock_is_signed_by_nobody(ward: Ward) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    ward.do(case, "review", "head", verdict="agree")
    with transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        draft.files = {**draft.files, "README.md": "IyBLaGFj"}  # its kept hash still says what was signed
    with pytest.raises(Conflict) as refusal:
        ward.do(case, "review", "deputy", verdict="agree")
    assert "Nội dung đã thay đổi sau khi người soạn ký" in str(refusal.value)
    assert ward.signed(draft_id) == [("secretary", "author"), ("head", "review")]


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        pytest.param({"reviewers": ["secretary"]}, "reviewers", id="author reviews"),
        pytest.param({"reviewers": ["head", "leader"]}, "approver", id="reviewer approves"),
        pytest.param({"reviewers": ["clerk"]}, "reviewers", id="no right to read drafts"),
        pytest.param({"reviewers": ["head2"]}, "reviewers", id="another agency"),
        pytest.param({"approver": "head"}, "approver", id="approver is no leader"),
        pytest.param({"reviewers": []}, "reviewers", id="no reviewer"),
    ],
)
def test_submitting_refuses_people(ward: Ward, answers: dict[str, object], field: str) -> None:
    draft_id = ward.draft()
    named: dict[str, Any] = {
        name: ward.ids(*who) if isinstance(who, list) else ward.ids(str(who))[0] for name, who in answers.items()
    }
    with pytest.raises(AnswersRejected) as refusal:
        ward.submit(draft_id, **named)
    assert field in refusal.value.fields
    assert (ward.look(draft_id).state, ward.signed(draft_id)) == ("open", [])


def test_a_draft_with_faults_is_not_submitted(ward: Ward) -> None:
    draft_id = ward.draft()
    with transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        drafts.write(draft, {"forms/check.yaml": None}, version=draft.version, by=ward.actor("secretary"))
    with pytest.raises(ProcedureRejected) as refusal:
        ward.submit(draft_id)
    assert "form.missing" in {finding.code for finding in refusal.value.findings}
    assert (ward.look(draft_id).state, ward.look(draft_id).approval_case_id) == ("open", None)


def publish_another(ward: Ward) -> None:
    with transaction():
        files = changed(folder.read(PROCESSES / "_template").files, "24h")
        publishing.publish(ward.agency_id, folder.of(files.items()), capabilities={}, basis=DECISION, by=None)


def test_a_draft_of_a_former_revision_must_be_brought_up_to_date(ward: Ward) -> None:
    draft_id = ward.draft()
    publish_another(ward)
    with pytest.raises(Conflict) as refusal:
        ward.submit(draft_id)
    assert str(refusal.value).startswith("Bản dự thảo sửa từ lần 1, nay lần ban hành 2 đang hiệu lực.")
    with transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        now = approved.base_now(draft)
        assert now is not None
        approved.take_base(draft, now.id, by=ward.actor("secretary"))
    ward.to_wait(ward.submit(draft_id), "2026-11-18")
    ward.fire()
    assert ward.revisions() == [(3, "effective"), (2, "obsolete"), (1, "obsolete")]


@pytest.mark.parametrize("is_numbered", [False, True], ids=["before the number", "while waiting for its date"])
def test_what_is_outdated_meanwhile_goes_back_to_its_author(ward: Ward, is_numbered: bool) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    if is_numbered:
        ward.to_wait(case)
        publish_another(ward)
        ward.clock.freeze("2026-11-20T00:00:00")
        ward.fire()
    else:
        ward.to_approve(case)
        ward.do(case, "approve", "leader", decision="approve", effective_on="2026-11-20")
        publish_another(ward)
        ward.do(case, "number", "registrar", decision_symbol="QĐ-UBND")
    states = [(3, "effective"), (2, "dropped"), (1, "obsolete")] if is_numbered else [(2, "effective"), (1, "obsolete")]
    assert (ward.open_steps(case), ward.revisions()) == ([("propose", "secretary")], states)
    assert (ward.look(draft_id).state, ward.signed(draft_id)) == ("open", [])


def test_the_author_withdraws_before_approval_and_the_leader_after(ward: Ward) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    with transaction():
        messages.send(session().get_one(Case, case.id), "withdrawn", {"reason": "Chờ luật"}, by=ward.actor("secretary"))
    assert (ward.look(draft_id).state, ward.look(draft_id).approval_case_id, ward.signed(draft_id)) == ("open", None, [])
    second = ward.submit(draft_id)
    assert second.id != case.id
    ward.to_wait(second)
    with pytest.raises(NotAllowed), transaction():
        messages.send(session().get_one(Case, second.id), "withdrawn", {"reason": "Chờ luật"}, by=ward.actor("secretary"))
    with transaction():
        messages.send(session().get_one(Case, second.id), "withdrawn", {"reason": "Chờ luật"}, by=ward.actor("leader"))
    assert (ward.revisions(), ward.look(draft_id).state) == ([(2, "dropped"), (1, "effective")], "open")
    ward.clock.freeze("2026-11-21T08:00:00")
    assert (ward.fire(), ward.in_force().number) == (0, 1)


def test_an_operator_who_ends_the_case_gives_the_draft_free(ward: Ward) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    with transaction():
        current = session().get_one(Case, case.id)
        operations.cancel(current, "Mở nhầm", version=current.version, by=ward.actor("admin"))
    assert (ward.look(draft_id).state, ward.look(draft_id).approval_case_id, ward.signed(draft_id)) == ("open", None, [])


def test_a_draft_under_approval_is_not_discarded(ward: Ward) -> None:
    draft_id = ward.draft()
    by_reviewer(ward, ward.submit(draft_id))
    with pytest.raises(Conflict), transaction():
        drafts.discard(drafts.get(draft_id, [ward.agency_id], is_changing=True), "Thôi", by=ward.actor("secretary"))


def test_a_review_is_done_by_the_chosen_person_alone(ward: Ward) -> None:
    case = ward.submit(ward.draft(), reviewers=ward.ids("head"))
    step_id = ward.step(case, "review").id
    for act in (steps.claim, steps.release):
        with pytest.raises((NotAllowed, AnswersRejected)), transaction():
            act(session().get_one(Step, step_id), by=ward.actor("deputy" if act is steps.claim else "head"))
    with transaction():
        step = session().get_one(Step, step_id)
        steps.reassign(step, ward.actor("deputy").person_id, "Đi vắng", version=step.version, by=ward.actor("leader"))
    assert ward.open_steps(case) == [("review", "deputy")]
    ward.do(case, "review", "deputy", verdict="agree")
    assert ward.open_steps(case) == [("approve", "leader")]


def test_the_step_before_its_date_cannot_be_forced(ward: Ward) -> None:
    """An operator fires the timer early: the capability itself refuses."""
    case = ward.submit(ward.draft())
    ward.to_wait(case)
    session().rollback()
    with transaction():
        current = session().get_one(Case, case.id)
        current.values = {**current.values, "effective_at": clock.local(clock.now()).replace(year=2030).isoformat()}
    ward.clock.freeze("2026-11-20T00:00:00")
    ward.fire()
    assert (ward.in_force().number, session().query(Incident).count()) == (1, 1)


def test_signing_needs_the_password(ward: Ward) -> None:
    draft_id = ward.draft()
    with pytest.raises(AnswersRejected):
        signatures.prove(ward.actor("secretary"), demo.PASSWORD + "x")
    old = signatures.Proof(ward.actor("secretary").person_id, clock.now() - signatures.FRESH * 2)
    given = {"change_reason": "x", "summary": "x", "reviewers": ward.ids("head"), "approver": ward.ids("leader")[0]}
    with pytest.raises(NotAllowed), transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        approvals.submit(draft, given, proof=old, by=ward.actor("secretary"))
    assert ward.look(draft_id).state == "open"


def test_a_new_procedure_is_approved_too(ward: Ward) -> None:
    with transaction():
        files = dict(folder.read(PROCESSES / "_template").files)
        files = {path.replace(CODE, "other"): content.replace(CODE.encode(), b"other") for path, content in files.items()}
        draft_id: uuid.UUID = drafts.create(ward.agency_id, folder.of(files.items()), base=None, by=ward.actor("secretary")).id
    ward.to_wait(ward.submit(draft_id), "2026-11-18")
    ward.fire()
    with transaction():
        case = starting.open_case("other", "Mới", {"content": "x"}, by=ward.actor("officer"))
    assert case.procedure_code == "other"


def test_the_approval_itself_is_changed_through_an_approval(ward: Ward) -> None:
    """What the carried procedure proves and covers is enough for its own submission."""
    with transaction():
        base = catalogue.current("document_approval", agencies.chain(ward.agency_id))
        files = {**catalogue.folder_of(base).files, "README.md": "# Phê duyệt của phường".encode()}
        draft_id = drafts.create(ward.agency_id, folder.of(files.items()), base=base, by=ward.actor("secretary")).id
    case = ward.submit(draft_id)
    ward.to_wait(case, "2026-11-18")
    ward.fire()
    session().rollback()
    own = catalogue.current("document_approval", agencies.chain(ward.agency_id))
    assert (own.sha256, own.procedure.agency_id) == (ward.look(draft_id).sha256, ward.agency_id)
