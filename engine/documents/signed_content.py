"""Is a content approved? Author, reviewers and approver, all different, all under the same bytes; whatever the model says."""

from collections.abc import Sequence
from itertools import combinations

from engine.cases import subjects
from engine.cases.models import Case
from engine.cases.subject_models import CaseSubject
from engine.errors import Conflict, NotFound
from engine.people import signatures
from engine.people.signature_models import Signature

#: Whose signatures an approved content carries at least.
REQUIRED = ("author", "review", "approve")


def bound_of(case: Case) -> CaseSubject:
    """What the case decides on; ``NotFound`` where it was opened for nothing (R08)."""
    bound = subjects.of(case.id)
    if bound is None:
        raise NotFound("Hồ sơ này không gắn với nội dung nào cần duyệt. Hãy mở từ trang Trình duyệt của bản dự thảo.")
    return bound


def require_unchanged(bound: CaseSubject) -> None:
    """``Conflict`` where the content is another one than its author signed."""
    if subjects.present(bound).sha256 != bound.sha256:
        raise Conflict("Nội dung đã thay đổi sau khi người soạn ký. Hãy trả lại để trình lại từ đầu.")


def require_approved(bound: CaseSubject) -> list[Signature]:
    """The signatures that approve the content as it is now; ``Conflict`` naming what is missing or wrong.

    The floor under every model and every operator's repair (ISO 9001:2015 7.5.2 c).
    """
    require_unchanged(bound)
    given = [one for one in signatures.standing(bound.kind, bound.subject_id) if one.case_id == bound.case_id]
    missing = [signatures.MEANINGS[word].lower() for word in REQUIRED if word not in {one.meaning for one in given}]
    if missing:
        raise Conflict(f"Nội dung chưa được duyệt: thiếu chữ ký {', '.join(missing)}. Hãy thực hiện đủ các bước ký.")
    _require_same(given, bound)
    for one, other in combinations(given, 2):
        if one.principals & other.principals:
            raise Conflict(f"{other.name} ký hai lần cho một nội dung. Người soạn, xem xét và phê duyệt phải khác nhau.")
    return given


def _require_same(given: Sequence[Signature], bound: CaseSubject) -> None:
    if {one.sha256 for one in given} != {bound.sha256}:
        raise Conflict("Các chữ ký không cùng một nội dung. Hãy trả lại để trình lại từ đầu.")
