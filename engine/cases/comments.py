"""Remarks of colleagues on a case."""

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Case, Comment
from engine.errors import AnswersRejected
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.text import clean
from engine.transaction import session

LONGEST = 4_000


def add(case: Case, text: str, *, by: Actor) -> Comment:
    """Write a remark. Refuses an empty or too long text (``AnswersRejected``), a case the person does not see (``NotFound``)."""
    access.require_visible(by, case.agency_id)
    words = clean(text)
    if not words:
        raise AnswersRejected({"text": ["Hãy nhập nội dung ý kiến."]})
    if len(words) > LONGEST:
        raise AnswersRejected({"text": [f"Ý kiến dài quá {LONGEST} ký tự. Hãy rút gọn."]})
    comment = Comment(agency_id=case.agency_id, case_id=case.id, person_id=by.person_id, text=words, at=clock.now())
    session().add(comment)
    session().flush()
    entries.append("comment.added", agency_id=case.agency_id, by=by, case_id=case.id, comment_id=comment.id, text=words)
    return comment


def of(case: Case) -> list[Comment]:
    """The remarks on a case, oldest first."""
    return list(session().scalars(sa.select(Comment).where(Comment.case_id == case.id).order_by(Comment.at, Comment.id)))
