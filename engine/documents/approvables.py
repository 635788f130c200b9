"""What can be approved: each kind of document says what happens to it at the turning points of its approval."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from engine.cases import subjects
from engine.cases.subject_models import CaseSubject
from engine.errors import NotFound
from engine.people.actors import Actor


@dataclass(frozen=True)
class Approval:
    """What the signatures, the date and the number came to: the case, the content approved, its decision, from when."""

    case_id: uuid.UUID
    sha256: str
    number: str
    effective_at: datetime


class Approvable(Protocol):
    """A kind of document under approval. Every act runs in the transaction of a move of its case."""

    @property
    def kind(self) -> subjects.Kind:
        """Its name, what people call it, how its content is read."""

    def submit(self, subject_id: uuid.UUID, case_id: uuid.UUID, *, by: Actor) -> Mapping[str, Any]:
        """Lock the content for its reviewers; the facts for the journal (what is changed, what it touches).

        ``ProcedureRejected`` for content nobody should be asked to approve, ``Conflict`` for content that is out of date.
        """

    def reopen(self, subject_id: uuid.UUID, case_id: uuid.UUID, *, is_over: bool, by: Actor | None) -> None:
        """Let it be edited again; what was approved and waits for its date is dropped. ``is_over``: the case has ended."""

    def approve(self, subject_id: uuid.UUID, approval: Approval, *, by: Actor | None) -> None:
        """Keep the approved content as the next revision, waiting for its date. Refuses as ``take_effect``."""

    def take_effect(self, subject_id: uuid.UUID, approval: Approval, *, by: Actor | None) -> None:
        """Replace what was in force. ``BusinessError`` ``outdated`` where something else came into force meanwhile."""

    def is_approved(self, subject_id: uuid.UUID) -> bool:
        """Whether it is approved and waits for its date, or is in force."""


_known: dict[str, Approvable] = {}


def register(approvable: Approvable) -> None:
    """Make a kind of document known, here and to cases."""
    subjects.register(approvable.kind)
    _known[approvable.kind.name] = approvable


def of(bound: CaseSubject) -> Approvable:
    """The kind of what a case decides on; ``NotFound`` where it is nothing that is approved this way."""
    try:
        return _known[bound.kind]
    except KeyError:
        raise NotFound("Nội dung của hồ sơ này không thuộc loại được phê duyệt theo quy trình này.") from None
