"""The demo ward approving a small procedure: drafts submitted, signed, numbered, taking effect; on a stopped clock."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine import assembly
from engine.cases import capabilities, queries, steps
from engine.cases.models import Case, Step
from engine.documents import approvals
from engine.people import agencies, demo, directory, signatures
from engine.people.actors import Actor, actor_of
from engine.procedures import catalogue, drafts, folder, publishing
from engine.procedures.models import ProcedureDraft, ProcedureRevision
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.contents import MORNING

PROCESSES = Path(__file__).parents[2] / "processes"
CODE = "three_steps"
#: What the demo ward's secretary writes on the request.
REQUEST = {"change_reason": "Luật mới", "summary": "Thêm giờ soạn"}


@dataclass(frozen=True)
class Ward:
    """The demo ward with the template procedure and the approval of documents in force."""

    clock: StoppedClock
    agency_id: uuid.UUID

    def actor(self, login: str) -> Actor:
        """The person with this login, now."""
        person = directory.by_login(login)
        assert person is not None, login
        return actor_of(person, address="127.0.0.1")

    def ids(self, *logins: str) -> list[str]:
        """Their ids as forms send them."""
        return [str(self.actor(login).person_id) for login in logins]

    def draft(self, term: str = "16h") -> uuid.UUID:
        """A draft of the procedure in force with another term for its first step; its id."""
        with transaction():
            base = catalogue.current(CODE, agencies.chain(self.agency_id))
            files = changed(catalogue.folder_of(base).files, term)
            return drafts.create(self.agency_id, folder.of(files.items()), base=base, by=self.actor("secretary")).id

    def look(self, draft_id: uuid.UUID) -> ProcedureDraft:
        """The draft as it is saved now."""
        session().rollback()
        return session().get_one(ProcedureDraft, draft_id)

    def submit(self, draft_id: uuid.UUID, *, by: str = "secretary", **answers: Any) -> Case:
        """Sign and submit it, for review by the head and the deputy and approval by the leader."""
        given = {**REQUEST, "reviewers": self.ids("head", "deputy"), "approver": self.ids("leader")[0], **answers}
        author = self.actor(by)
        proof = signatures.prove(author, demo.PASSWORD)
        with transaction():
            draft = drafts.get(draft_id, [self.agency_id], is_changing=True)
            return approvals.submit(draft, given, proof=proof, by=author)

    def step(self, case: Case, element: str, login: str | None = None) -> Step:
        """The open step at this element; of several, the one given to this person."""
        session().rollback()
        found = [step for step in queries.open_steps(case) if step.element == element]
        own = [step for step in found if login is None or step.assignee_id == self.actor(login).person_id]
        return (own or found)[0]

    def do(self, case: Case, element: str, login: str, **answers: Any) -> None:
        """Complete an open step as this person, with the password where it is signed."""
        step, by = self.step(case, element, login), self.actor(login)
        version, step_id = step.version, step.id
        proof = signatures.prove(by, demo.PASSWORD)
        with transaction():
            steps.complete(session().get_one(Step, step_id), answers, version=version, by=by, proof=proof)

    def to_approve(self, case: Case) -> None:
        """Both reviewers agree."""
        for login in ("head", "deputy"):
            self.do(case, "review", login, verdict="agree")

    def to_wait(self, case: Case, effective_on: str = "2026-11-20") -> None:
        """Reviewed, approved from a day on, numbered."""
        self.to_approve(case)
        self.do(case, "approve", "leader", decision="approve", effective_on=effective_on)
        self.do(case, "number", "registrar", decision_symbol="QĐ-UBND")

    def open_steps(self, case: Case) -> list[tuple[str, str]]:
        """What the case waits for, and who holds it."""
        session().rollback()
        people = {step.assignee_id: "" for step in queries.open_steps(case)}
        names = {person.id: person.login for person in directory.people({one for one in people if one}).values()}
        return sorted((step.element, names.get(step.assignee_id, "")) for step in queries.open_steps(case))  # type: ignore[arg-type]

    def revisions(self) -> list[tuple[int, str]]:
        """Number and state of each revision of the procedure, newest first."""
        session().rollback()
        procedure = catalogue.current(CODE, agencies.chain(self.agency_id)).procedure
        return [(revision.number, revision.state) for revision in catalogue.revisions(procedure)]

    def in_force(self) -> ProcedureRevision:
        """What new cases start on."""
        session().rollback()
        return catalogue.current(CODE, agencies.chain(self.agency_id))

    def signed(self, draft_id: uuid.UUID) -> list[tuple[str, str]]:
        """The standing signatures: who means what."""
        session().rollback()
        given = signatures.standing("procedure_draft", draft_id)
        logins = {person.id: person.login for person in directory.people({one.person_id for one in given}).values()}
        return [(logins[one.person_id], one.meaning) for one in given]

    def fire(self) -> int:
        """What is due now happens."""
        session().rollback()
        return sweeps.fire_due_timers()


def changed(files: Mapping[str, bytes], term: str) -> dict[str, bytes]:
    """The template's files with this term for its first step."""
    sheet = files["procedure.yaml"].decode()
    assert "prepare: {term: 8h" in sheet or "prepare: {term: 16h" in sheet
    for former in ("8h", "16h"):
        sheet = sheet.replace(f"prepare: {{term: {former}", f"prepare: {{term: {term}")
    return {**files, "procedure.yaml": sheet.encode()}


def make_ward(clock: StoppedClock) -> Ward:
    """The ward on the stopped morning."""
    clock.freeze(MORNING)
    assembly.assemble()
    with transaction():
        leader, root = directory.by_login("leader"), agencies.root()
        assert leader is not None
        assert root is not None
        known = capabilities.facts()
        approval, template = folder.read(PROCESSES / "document_approval"), folder.read(PROCESSES / "_template")
        publishing.publish(root.id, approval, capabilities=known, basis="QĐ 01/QĐ-UBND", by=None)
        publishing.publish(leader.agency_id, template, capabilities=known, basis="QĐ 01/QĐ-UBND", by=None)
        return Ward(clock, leader.agency_id)
