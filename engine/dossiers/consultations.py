"""Opinions and checks asked of other bodies, each with a term of its own inside the limit (NĐ 61/2018 Đ.19.4).

The clock runs on. A body that does not answer in its term has agreed where the procedure of the service says so; where not, the
case officer goes on without the opinion and says so in the result.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock
from engine.calendar.deadlines import deadline
from engine.calendar.limits import Limit, Unit
from engine.dossiers import legal_clock
from engine.dossiers.clock_models import Consultation
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, Conflict
from engine.journal import entries
from engine.people.actors import Actor
from engine.printing import vietnamese
from engine.transaction import session

SILENT_AGREED, SILENT = "silent_agreed", "silent"


@dataclass(frozen=True)
class Question:
    """What is asked of whom: ``days`` working days to answer; ``is_silence_agreement`` with its basis in ``basis``."""

    body: str
    text: str
    days: int
    is_silence_agreement: bool = False
    basis: str = ""


def of(dossier: Dossier) -> list[Consultation]:
    """Every opinion asked, in order."""
    query = sa.select(Consultation).where(Consultation.case_id == dossier.case_id)
    return list(session().scalars(query.order_by(Consultation.asked_at, Consultation.id)))


def ask(dossier: Dossier, question: Question, *, by: Actor | None) -> Consultation:
    """Ask another body. Refuses (``AnswersRejected``) a term past the dossier's own promise, and silence as agreement without its
    basis; (``Conflict``) a second question while one waits."""
    if waiting(dossier) is not None:
        raise Conflict("Đang chờ ý kiến của cơ quan khác. Ghi nhận ý kiến ấy trước khi hỏi tiếp.")
    if question.is_silence_agreement and not question.basis:
        raise AnswersRejected({"silence_basis": ["Ghi quy định cho phép coi im lặng là đồng ý, hoặc bỏ chọn."]})
    _, calendar = legal_clock.promised_on(dossier)
    due_at = deadline(calendar, clock.now(), Limit(question.days, Unit.WORKING_DAY)).due_at
    if dossier.due_at is not None and due_at > dossier.due_at:
        last = vietnamese.slip_time(dossier.due_at)
        raise AnswersRejected({"opinion_days": [f"Hạn trả lời vượt hạn trả hồ sơ ({last}). Rút ngắn số ngày."]})
    asked = Consultation(
        agency_id=dossier.agency_id,
        case_id=dossier.case_id,
        body=question.body,
        question=question.text,
        asked_at=clock.now(),
        asked_by_id=by.person_id if by else None,
        due_at=due_at,
        is_silence_agreement=question.is_silence_agreement,
        answered_at=None,
        answer=None,
        note=question.basis,
    )
    session().add(asked)
    session().flush()
    facts = {"body": asked.body, "question": asked.question, "due_at": due_at, "is_silence_agreement": asked.is_silence_agreement}
    entries.append("opinion.asked", agency_id=dossier.agency_id, by=by, case_id=dossier.case_id, **facts)
    return asked


def close(dossier: Dossier, answer: str, note: str, *, by: Actor | None) -> Consultation:
    """The body answered (``agreed``, ``disagreed``), or its term passed (``silent``: agreement where that was said).

    ``Conflict`` where nothing was asked.
    """
    asked = waiting(dossier)
    if asked is None:
        raise Conflict("Hồ sơ không chờ ý kiến nào.")
    if answer == SILENT and asked.is_silence_agreement:
        answer = SILENT_AGREED
    asked.answered_at, asked.answer = clock.now(), answer
    asked.note = "\n".join(part for part in (asked.note, note) if part)
    facts = {"body": asked.body, "answer": answer, "note": note or None, "due_at": asked.due_at}
    entries.append("opinion.closed", agency_id=dossier.agency_id, by=by, case_id=dossier.case_id, **facts)
    return asked


def waiting(dossier: Dossier) -> Consultation | None:
    """The question that has no answer yet."""
    return next((asked for asked in of(dossier) if asked.answered_at is None), None)
