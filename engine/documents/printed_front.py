"""What stands around the text of a printed procedure: whose it is, which edition, who signed, what changed, if it is in force."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from engine import clock
from engine.documents import approvals
from engine.people import signatures
from engine.people.models import Agency, Person
from engine.people.signature_models import Signature
from engine.printing import vietnamese
from engine.procedures import catalogue, definition, difference_words, differences
from engine.procedures.definition import Definition
from engine.procedures.models import Procedure, ProcedureDraft, ProcedureRevision
from engine.transaction import session

#: Blocks every printed procedure has, signed or blank, with the words above them.
BLOCKS = ("author", "review", "approve")
#: Changes told of one revision; more are counted.
MOST_CHANGES = 12
DRAFT, NOT_YET, OBSOLETE, SUSPENDED, DROPPED = "DỰ THẢO", "CHƯA HIỆU LỰC", "HẾT HIỆU LỰC", "TẠM NGỪNG", "ĐÃ RÚT"


def watermark(revision: ProcedureRevision) -> tuple[str, str]:
    """What is printed across each page of a revision and the line below it; both empty for one in force."""
    if revision.state == catalogue.OBSOLETE:
        later = _replacement(revision)
        return OBSOLETE, f"Thay bằng lần ban hành {later.number:02d}" if later else ""
    if revision.state == catalogue.DROPPED:
        return DROPPED, "Rút trước ngày hiệu lực, chưa từng áp dụng"
    if revision.state != catalogue.EFFECTIVE:
        on = f"Có hiệu lực từ {_moment(revision.effective_at)}" if revision.effective_at else ""
        return NOT_YET, on
    if revision.procedure.state == catalogue.WITHDRAWN:
        return OBSOLETE, "Quy trình đã bị bãi bỏ"
    if revision.procedure.state == catalogue.SUSPENDED:
        return SUSPENDED, "Quy trình đang tạm ngừng nhận hồ sơ mới"
    return "", ""


def head(agency: Agency) -> dict[str, str]:
    """The letterhead: the agency above, the agency itself, where it sits."""
    kept = agency.letterhead
    return {
        "parent_name": kept.get("parent_name") or "",
        "name": kept.get("name") or agency.name,
        "place": kept.get("place") or "",
    }


def edition_of_revision(revision: ProcedureRevision) -> dict[str, str]:
    """Edition, revision and date as the header prints them. The first edition has no amendment."""
    was_in_force = revision.state in (catalogue.EFFECTIVE, catalogue.OBSOLETE)
    return {
        "edition": vietnamese.ordinal(revision.number),
        "amendment": vietnamese.ordinal(revision.number - 1),
        "issued": _moment(revision.published_at),
        "effective": _moment(revision.effective_at or (revision.published_at if was_in_force else None)),
        "basis": revision.approval_basis,
    }


def edition_of_draft(draft: ProcedureDraft) -> dict[str, str]:
    """The same of a draft: which it would follow, and which save of it this is."""
    base = draft.base_revision
    return {
        "edition": f"dự thảo sau lần {base.number:02d}" if base else "dự thảo",
        "amendment": f"bản lưu {draft.version}",
        "issued": "",
        "effective": "",
        "basis": "",
    }


def signed_revision(revision: ProcedureRevision) -> list[dict[str, Any]]:
    """Signatures that approved the revision and stand under exactly these bytes."""
    return _blocks(approvals.signatures_of(revision), revision.sha256)


def signed_draft(draft: ProcedureDraft) -> list[dict[str, Any]]:
    """Signatures given so far under what the draft holds now."""
    return _blocks(signatures.standing("procedure_draft", draft.id), draft.sha256)


def history(procedure: Procedure, until: int) -> list[dict[str, Any]]:
    """The rows of the table of revisions up to number ``until``, the oldest first, each with what it changed."""
    kept = [revision for revision in reversed(catalogue.revisions(procedure)) if revision.number <= until]
    former: Definition | None = None
    rows = []
    for revision in kept:
        described = definition.of(revision)
        rows.append(
            {
                "number": vietnamese.ordinal(revision.number),
                "date": vietnamese.short_date(clock.local(revision.effective_at or revision.published_at).date()),
                "changes": changes(former, described),
                "basis": revision.approval_basis,
            }
        )
        former = described
    return rows


def changes(former: Definition | None, later: Definition) -> list[str]:
    """What a revision changed, as sentences; the first was new."""
    if former is None:
        return ["Ban hành lần đầu."]
    found = [difference_words.sentence(change) for change in differences.between(former, later).changes]
    more = len(found) - MOST_CHANGES
    told = found[:MOST_CHANGES] or ["Không đổi bước, biểu mẫu, quy tắc nào."]
    return [*told, f"Và {more} điểm khác."] if more > 0 else told


def _replacement(revision: ProcedureRevision) -> ProcedureRevision | None:
    """The revision that took its place: the next one that was ever in force."""
    query = sa.select(ProcedureRevision).where(
        ProcedureRevision.procedure_id == revision.procedure_id,
        ProcedureRevision.number > revision.number,
        ProcedureRevision.state.in_((catalogue.EFFECTIVE, catalogue.OBSOLETE)),
    )
    return session().scalars(query.order_by(ProcedureRevision.number).limit(1)).one_or_none()


def _blocks(given: list[Signature], sha256: str) -> list[dict[str, Any]]:
    meant: Mapping[str, list[dict[str, str]]] = {meaning: [] for meaning in signatures.MEANINGS}
    for signature in sorted(given, key=lambda signature: (signature.signed_at, signature.id)):
        if signature.sha256 == sha256:
            meant[signature.meaning].append(_signed(signature))
    return [
        {"meaning": words, "signed": meant[meaning]}
        for meaning, words in signatures.MEANINGS.items()
        if meaning in BLOCKS or meant[meaning]
    ]


def _signed(signature: Signature) -> dict[str, str]:
    """One signature as printed; ``acting_for``: the person it was given for, empty where it was the signer's own act."""
    other = session().get(Person, signature.on_behalf_of_id) if signature.on_behalf_of_id else None
    return {
        "name": signature.name,
        "title": signature.title,
        "at": _moment(signature.signed_at),
        "sha256": signature.sha256,
        "acting_for": other.full_name if other else "",
    }


def _moment(instant: Any) -> str:
    return vietnamese.short_time(instant) if instant is not None else ""
