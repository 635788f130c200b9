"""What a delegation may say: dates, signing capacity, and that nobody has two capacities for one piece of work.

Signing capacities after NĐ 30/2020/NĐ-CP (Điều 13, Phụ lục I): a deputy signs ``KT.`` for the head; the head of a unit signs
``TL.`` by order or ``TUQ.`` by written authorisation of the agency's head; whoever signs so does not pass it on. Pure arithmetic.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from engine.people.actors import Capacity
from engine.text import fold

#: Administration and oversight are given by positions alone: they are no work a colleague takes over.
OVERSIGHT = frozenset({"inspector", "admin"})
#: Nor is a deputy's part: it is the head's already.
UNDELEGABLE = OVERSIGHT | {"deputy"}
#: Who signs for the agency: a delegation of these roles says how.
SIGNING_ROLES = frozenset({"leader", "deputy"})
#: Roles of which something may be signed at all.
SIGNED_FOR = frozenset({"leader", "head"})
LONGEST = timedelta(days=366)


@dataclass(frozen=True)
class Extent:
    """Who does which work for whom. ``division_id`` is the giver's; no procedures and services: all work of the roles."""

    giver_id: uuid.UUID
    delegate_id: uuid.UUID
    division_id: uuid.UUID | None
    roles: frozenset[str]
    procedures: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


def period_faults(first_on: date, last_on: date, today: date) -> dict[str, list[str]]:
    """Why these days, both included, cannot be a delegation's; by field. It never reaches into the past, and a year at most."""
    if first_on < today:
        return {"starts_on": ["Ngày bắt đầu phải từ hôm nay trở đi: việc đã làm không ủy quyền lùi được."]}
    if last_on < first_on:
        return {"ends_on": ["Ngày kết thúc phải từ ngày bắt đầu trở đi."]}
    if last_on - first_on > LONGEST:
        return {"ends_on": ["Ủy quyền dài nhất một năm. Chọn ngày kết thúc sớm hơn, hết hạn thì lập lại."]}
    return {}


def role_fault(roles: Collection[str], held: Collection[str]) -> str | None:
    """Why ``roles`` cannot be delegated by who holds ``held``."""
    if not roles or set(roles) - set(held):
        return "Chọn ít nhất một vai trò mà chức vụ này đang giữ: không giao được quyền mình không có."
    if set(roles) & OVERSIGHT:
        return "Quyền quản trị và thanh tra không ủy quyền được; quản trị viên giao chức vụ có thời hạn thay cho ủy quyền."
    if "deputy" in roles:
        return "Cấp phó ký thay người đứng đầu nên không giao tiếp cho người khác được. Người đứng đầu lập ủy quyền mới."
    return None


def signing_fault(
    signing: str, roles: Collection[str], delegate: Sequence[Capacity], division_id: uuid.UUID | None
) -> str | None:
    """Why the delegate, with these positions in the agency, cannot sign so for the holder of ``roles`` in that division."""
    if not signing:
        return "Vai trò này ký văn bản: chọn KT. (cấp phó), TL. hoặc TUQ. (người đứng đầu đơn vị)." if _signs(roles) else None
    if not SIGNED_FOR & set(roles):
        return "Vai trò này không ký văn bản thay cơ quan: chọn “không ký thay”."
    if signing == "KT.":
        is_deputy = any(_is_deputy(capacity, roles, division_id) for capacity in delegate)
        return None if is_deputy else "KT. chỉ dành cho cấp phó của người giao. Chọn cấp phó, hoặc chọn TL., TUQ."
    if "leader" not in roles:
        return f"Chỉ người đứng đầu cơ quan mới giao ký {signing}"
    is_head = any("head" in capacity.roles for capacity in delegate)
    return None if is_head else f"{signing} chỉ dành cho người đứng đầu một đơn vị của cơ quan. Chọn trưởng phòng, hoặc chọn KT."


def clash(wanted: Extent, others: Iterable[Extent]) -> Extent | None:
    """Of delegations of the same time and agency, the first that leaves it open who does a piece of work, or for whom.

    For one giver a piece of work has one delegate, and one delegate does it for one giver. A scope of procedures and one of
    public services may meet in a dossier: they count as overlapping.
    """
    return next((other for other in others if _same_hands(wanted, other) and _same_work(wanted, other)), None)


def _same_hands(one: Extent, other: Extent) -> bool:
    return one.giver_id == other.giver_id or one.delegate_id == other.delegate_id


def _same_work(one: Extent, other: Extent) -> bool:
    if not set(one.roles) & set(other.roles):
        return False
    if None not in (one.division_id, other.division_id) and one.division_id != other.division_id:
        return False
    if _is_unlimited(one) or _is_unlimited(other):
        return True
    mixed = (one.procedures and other.services) or (one.services and other.procedures)
    return bool(mixed or set(one.procedures) & set(other.procedures) or set(one.services) & set(other.services))


def _is_unlimited(scope: Extent) -> bool:
    return not scope.procedures and not scope.services


def _signs(roles: Collection[str]) -> bool:
    return bool(SIGNING_ROLES & set(roles))


def _is_deputy(capacity: Capacity, roles: Collection[str], division_id: uuid.UUID | None) -> bool:
    """A deputy of the agency's head by role, of a division's by title and place."""
    if "leader" in roles:
        return "deputy" in capacity.roles
    return fold(capacity.title).startswith("pho ") and capacity.division_id in (None, division_id)
