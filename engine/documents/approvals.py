"""Submit a draft for approval: the case of ``document_approval`` about it, and the author's signature, as one act."""

import uuid
from collections.abc import Mapping
from typing import Any

from engine.cases import queries, starting, steps, subjects
from engine.cases.models import Case, Step
from engine.documents import procedure_approval
from engine.errors import Conflict
from engine.people import access, agencies, directory, policy, signatures
from engine.people.actors import Actor
from engine.people.models import Person
from engine.people.signature_models import Signature
from engine.people.signatures import Proof
from engine.procedures import catalogue, definition, drafts
from engine.procedures.forms import Form
from engine.procedures.models import ProcedureDraft, ProcedureRevision
from engine.transaction import session

PROCEDURE = "document_approval"
_LONGEST_TITLE = 400


def submit(draft: ProcedureDraft, answers: Mapping[str, Any], *, proof: Proof, by: Actor) -> Case:
    """Put a draft forward with the answers of the author's step, signed; again, where it was returned. Returns its case.

    ``draft`` was got with ``is_changing``. Refuses who may not draw there (``NotAllowed``), a draft that is decided on or out of
    date (``Conflict``), that holds faults (``ProcedureRejected``), and as ``steps.complete`` does.
    """
    access.require(by, "procedure.draft", draft.agency_id)
    drafts.require_open(draft)
    step = authors_step(draft) or _opened(draft, by)
    steps.complete(step, answers, version=step.version, by=by, proof=proof)
    return step.case


def case_of(draft: ProcedureDraft) -> Case | None:
    """The newest approval of the draft, open or ended."""
    bound = subjects.latest_about(procedure_approval.KIND, draft.id)
    return session().get(Case, bound.case_id) if bound else None


def authors_step(draft: ProcedureDraft) -> Step | None:
    """The open step at which the author signs and submits again, after a return."""
    case = session().get(Case, draft.approval_case_id) if draft.approval_case_id else None
    if case is None or case.closed_at is not None:
        return None
    planned = definition.of_id(case.revision_id).steps
    return next((step for step in queries.open_steps(case) if planned[step.element].signs == "author"), None)


def form_of(draft: ProcedureDraft) -> Form:
    """What the author is asked: the form of the step that is open, else of the procedure in force. ``NotFound`` without one."""
    step = authors_step(draft)
    if step is not None:
        return steps.form_of(step)
    rule = definition.of(catalogue.current(PROCEDURE, agencies.chain(draft.agency_id)))
    return rule.form_of(next(element for element, planned in rule.steps.items() if planned.signs == "author"))


def former_answers(draft: ProcedureDraft) -> Mapping[str, Any]:
    """What its author answered when it was last put forward in the case that is open; nothing where it was not."""
    step = authors_step(draft)
    if step is None:
        return {}
    done = [one for one in queries.steps_of(step.case) if one.element == step.element and one.answers]
    return done[-1].answers or {} if done else {}


def reviewers_for(draft: ProcedureDraft, *, but: Actor) -> list[Person]:
    """Who may be asked to review in the draft's agency: whoever may read drafts and work there, but for the author."""
    found: dict[uuid.UUID, Person] = {}
    for role in sorted(policy.PERMISSIONS["procedure.check"] - access.DOWNWARD_ROLES):
        found |= {person.id: person for person in directory.holders(draft.agency_id, role) if person.id != but.person_id}
    return sorted(found.values(), key=lambda person: person.login)


def approvers_for(draft: ProcedureDraft, *, but: Actor) -> list[Person]:
    """Who may be asked to approve."""
    return [person for person in directory.holders(draft.agency_id, "leader") if person.id != but.person_id]


def signatures_of(revision: ProcedureRevision) -> list[Signature]:
    """The signatures that approved a revision; none where a decision outside of the system did."""
    bound = subjects.of(revision.approval_case_id) if revision.approval_case_id else None
    return signatures.standing(bound.kind, bound.subject_id) if bound else []


def _opened(draft: ProcedureDraft, by: Actor) -> Step:
    """The author's step of a new case about the draft."""
    revision = catalogue.current(PROCEDURE, agencies.chain(draft.agency_id))
    title = f"Phê duyệt quy trình: {draft.title}"[:_LONGEST_TITLE]
    case = starting.create(revision, agency_id=draft.agency_id, title=title, values={}, by=by)
    subjects.bind(case, procedure_approval.KIND, draft.id)
    draft.approval_case_id = case.id
    opened = starting.begin(case, by=by)
    planned = definition.of(revision).steps
    step = next((step for step in opened if planned[step.element].signs == "author"), None)
    if step is None:
        raise Conflict("Quy trình phê duyệt của cơ quan không bắt đầu bằng bước người soạn ký. Hãy liên hệ thư ký ISO cấp trên.")
    return step
