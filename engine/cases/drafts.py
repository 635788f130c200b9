"""Keep what somebody typed and has not sent, so that a lost session or a lost race loses no words."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.cases.models import Draft
from engine.errors import AnswersRejected
from engine.journal.entries import canonical
from engine.people.actors import Actor
from engine.statements import Statement
from engine.transaction import session

LARGEST = 200_000

_DROP = Statement(
    lambda: sa.delete(Draft).where(Draft.person_id == sa.bindparam("person_id"), Draft.subject == sa.bindparam("subject"))
)


def save(subject: str, answers: Mapping[str, Any], *, by: Actor) -> Draft:
    """Keep ``answers`` (JSON-able) under ``subject`` (``new-dossier``, ``step:<uuid>``) for this person, replacing the former."""
    if len(canonical(answers)) > LARGEST:
        raise AnswersRejected({}, "Bản nháp quá dài. Hãy rút gọn nội dung rồi lưu lại.")
    draft = _find(subject, by)
    if draft is None:
        draft = Draft(agency_id=by.agency_id, person_id=by.person_id, subject=subject, answers={}, saved_at=clock.now())
        session().add(draft)
    draft.answers = dict(answers)
    draft.saved_at = clock.now()
    session().flush()
    return draft


def get(subject: str, *, by: Actor) -> Mapping[str, Any]:
    """What this person typed under ``subject``; empty when nothing is kept."""
    draft = _find(subject, by)
    return draft.answers if draft else {}


def drop(subject: str, *, by: Actor) -> None:
    """Forget the draft: its content was sent or thrown away."""
    _DROP.run(person_id=by.person_id, subject=subject)


def _find(subject: str, by: Actor) -> Draft | None:
    return session().scalars(sa.select(Draft).where(Draft.person_id == by.person_id, Draft.subject == subject)).one_or_none()
