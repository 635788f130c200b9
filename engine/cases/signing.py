"""Steps that are signed: who may not sign any more, what exactly is signed, and the signature with the step's completion.

A step says ``signs: author | review | approve | issue``. In a case that decides on something (``subjects``) the signature is
under that content; in any other case it is under what the case's people have written so far. Nobody signs twice in one round,
be it for themselves or for somebody else (ISO 9001:2015 7.5.2 c; 21 CFR 11.50).
"""

import hashlib
import uuid
from collections.abc import Collection, Mapping
from typing import Any

from engine.cases import queries, subjects
from engine.cases.models import Case, Step
from engine.cases.subject_models import CaseSubject
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.journal.entries import canonical
from engine.people import directory, signatures
from engine.people.actors import Actor
from engine.people.signature_models import Signature
from engine.people.signatures import Proof, Subject
from engine.procedures import definition
from engine.transaction import session

#: Kind of what is signed in a case that decides on nothing else: its own record.
CASE = "case"


def meaning_of(step: Step) -> str | None:
    """What completing the step is a signature for; None for ordinary work."""
    planned = definition.of_id(step.case.revision_id).steps.get(step.element)
    return planned.signs if planned is not None else None


def signatures_of(case: Case) -> list[Signature]:
    """Signatures that stand in the case, in the order they were given."""
    bound = subjects.of(case.id)
    return signatures.standing(bound.kind, bound.subject_id) if bound else signatures.standing(CASE, case.id)


def refuse_signers(step: Step, person_ids: Collection[uuid.UUID]) -> None:
    """``NotAllowed`` where one of these people has signed in this round already: author, reviewer and approver differ.

    Asked when a step that is signed is claimed, completed or given to somebody.
    """
    meaning = meaning_of(step)
    if meaning is None:
        return
    for given in signatures_of(step.case):
        if _is_repeated(given, step):
            continue
        twice = given.principals & set(person_ids)
        if twice:
            name = directory.name_of(next(iter(twice)))
            said, wanted = (signatures.MEANINGS[word].lower() for word in (given.meaning, meaning))
            raise NotAllowed(
                f"{name} đã ký “{said}” ở hồ sơ này nên không ký “{wanted}” được, kể cả khi thay mặt người khác. "
                "Hãy giao bước cho người khác."
            )


def sign(step: Step, answers: Mapping[str, Any], proof: Proof | None, *, by: Actor) -> Signature | None:
    """Sign by completing ``step`` with these accepted answers; nothing where it is no step that is signed.

    ``AnswersRejected`` (field ``password``) without a proof; ``Conflict`` where the content is another one than its author
    signed; else as ``signatures.sign``.
    """
    meaning = meaning_of(step)
    if meaning is None:
        return None
    if proof is None:
        raise AnswersRejected({"password": ["Hãy nhập mật khẩu của anh/chị để ký."]})
    bound = subjects.of(step.case_id)
    subject = _of_subject(step, bound, meaning) if bound else _of_record(step, answers)
    return signatures.sign(subject, meaning, role=step.role, proof=proof, by=by)


def _of_subject(step: Step, bound: CaseSubject, meaning: str) -> Subject:
    """The content decided on, as it is now. Its author's signature says which one that is."""
    now = subjects.present(bound).sha256
    if meaning == "author" and not signatures.standing(bound.kind, bound.subject_id):
        bound.sha256 = now
        session().flush()
    if now != bound.sha256:
        raise Conflict(
            "Nội dung đã thay đổi sau khi người soạn ký trình nên không ký tiếp được. Hãy trả lại để trình lại từ đầu."
        )
    return Subject(bound.kind, bound.subject_id, bound.agency_id, now, case_id=step.case_id, step_id=step.id)


def _of_record(step: Step, answers: Mapping[str, Any]) -> Subject:
    """What the case's people wrote, up to and with these answers. Doing a step anew replaces what was signed there before."""
    done = [one for one in queries.steps_of(step.case) if one.state == "completed" and one.id != step.id]
    written = {f"{one.element}#{one.token}": one.answers for one in done}
    record = {"case": step.case_id, "answers": written, "step": step.element, "signed": dict(answers)}
    for given in signatures.standing(CASE, step.case_id):
        if _is_repeated(given, step):
            signatures.void_one(given, "Bước được làm lại")
    sha256 = hashlib.sha256(canonical(record).encode()).hexdigest()
    return Subject(CASE, step.case_id, step.agency_id, sha256, case_id=step.case_id, step_id=step.id, is_growing=True)


def _is_repeated(given: Signature, step: Step) -> bool:
    """Whether a signature under a case's record was given at this very place, on an earlier visit."""
    if given.subject_kind != CASE or given.step_id is None or given.step_id == step.id:
        return False
    former = session().get(Step, given.step_id)
    return former is not None and (former.element, former.item) == (step.element, step.item) and former.visit < step.visit
