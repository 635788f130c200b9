"""What pages show of signatures: what a case decides on, who signed it, in which meaning, under which content."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _l

from engine.cases import signing, subjects
from engine.cases.models import Case
from engine.people.signature_models import Signature
from engine.procedures import definition

#: Kind of subject → the pages on which it is read, each with its words; the first is its own.
_PAGES: Mapping[str, Sequence[tuple[Any, str]]] = {
    "procedure_draft": (
        (_l("Nội dung trình"), "draft_submit.show"),
        (_l("So sánh với bản đang dùng"), "draft_diff.show"),
        (_l("Bản in"), "procedure_print.draft_pdf"),
    ),
}


@dataclass(frozen=True)
class Signed:
    """What is signed in a case. ``kind`` and ``title`` of what it decides on, ``links``: words and address of the pages on which
    it is read; all empty for the case's own record. ``sha256`` of the content signed, ``round``: how often it was put forward.
    """

    kind: str
    title: str
    links: Sequence[tuple[Any, str]]
    sha256: str
    round: int
    signatures: Sequence[Signature]


def of(case: Case) -> Signed | None:
    """What a page of the case shows; None where nothing is decided on and nobody signed."""
    if not any(step.signs for step in definition.of_id(case.revision_id).steps.values()):
        return None
    bound, given = subjects.of(case.id), signing.signatures_of(case)
    if bound is None:
        return Signed("", "", (), "", 1, given) if given else None
    links = [(words, url_for(endpoint, draft_id=bound.subject_id)) for words, endpoint in _PAGES.get(bound.kind, ())]
    return Signed(subjects.kind_of(bound).title, subjects.present(bound).title, links, bound.sha256, bound.round, given)
