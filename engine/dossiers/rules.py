"""Arithmetic of dossiers, without a database: statuses, codes, terms."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from engine.procedures.parts import PORTAL_STATUSES

#: The ten portal statuses in the order of their codes 1–10, with their names on screen.
STATUSES = PORTAL_STATUSES

CHANNELS = ("counter", "post", "online")

#: Where a dossier stands when several things are open at once: the first of these that applies.
_PRECEDENCE = (
    "withdrawal_requested",
    "awaiting_supplement",
    "awaiting_payment",
    "registered",
    "received",
    "processing",
    "done",
    "returned",
)

#: TT 01/2018/TT-VPCP Đ.19, and the codes of QĐ 20/2020/QĐ-TTg read from the top.
CODE = re.compile(r"(\d{3}\.\d{2}\.\d{2}\.[A-Z]\d{2}|[A-Z]\d{2}(\.\d{1,3}){0,6})-\d{6}-\d{4,6}")


def status_of(open_statuses: Iterable[str], *, outcome: str | None) -> str | None:
    """The one status a dossier shows, from the statuses of everything it waits for; ``outcome`` once it has ended.

    None when nothing says otherwise: the former status stays. A result that is there outweighs a request to withdraw.
    """
    if outcome in ("refused", "stopped", "returned"):
        return outcome
    present = set(open_statuses)
    if present & {"done", "returned"}:
        present.discard("withdrawal_requested")
    return next((status for status in _PRECEDENCE if status in present), None)


def dossier_code(agency_code: str, day: date, ordinal: int) -> str:
    """Mã số hồ sơ: agency code, day of receipt, ordinal of the day in four digits (TT 01/2018/TT-VPCP Đ.19).

    >>> dossier_code("H26.19.27", date(2025, 7, 7), 12)
    'H26.19.27-250707-0012'
    """
    return f"{agency_code}-{day:%y%m%d}-{ordinal:04d}"


def derive_terms(steps: Sequence[Mapping[str, Any]]) -> dict[str, int]:
    """Working minutes per step of the dossier procedure (BPMN id), from the steps of a service as published.

    ``steps``: [{name, role, hours, element?}] in their order. ``element`` decides where given; else the published role does.
    Steps of no duration are left out.
    """
    terms: dict[str, int] = {}
    last_leader = max((i for i, step in enumerate(steps) if _is_leader(step)), default=-1)
    for index, step in enumerate(steps):
        minutes = round(float(step.get("hours") or 0) * 60)
        element = step.get("element") or _element_of(step, is_last_leader=index == last_leader)
        if minutes:
            terms[element] = terms.get(element, 0) + minutes
    return terms


def plan_terms(
    budgeted: Mapping[str, int], defaults: Mapping[str, int | None], lenders: Mapping[str, str | None]
) -> dict[str, int]:
    """Terms of one dossier: what the service budgets, and for a step it forgot its default, taken out of the step that lends.

    ``lenders``: step → the step it borrows from. A lender gives at most a quarter, so the sum stays within the legal limit.
    """
    plan = {element: int(minutes) for element, minutes in budgeted.items()}
    for element, lender in lenders.items():
        default = defaults.get(element)
        if element in plan or not lender or not default or lender not in budgeted:
            continue
        borrowed = min(default, int(budgeted[lender]) // 4)
        plan[element] = borrowed
        plan[lender] -= borrowed
    return plan


def _is_leader(step: Mapping[str, Any]) -> bool:
    role = str(step.get("role", "")).casefold()
    return any(word in role for word in ("chủ tịch", "giám đốc", "trưởng/phó trưởng phòng"))


def _element_of(step: Mapping[str, Any], *, is_last_leader: bool) -> str:
    role, name = str(step.get("role", "")).casefold(), str(step.get("name", "")).casefold()
    if "tiếp nhận" in role:
        return "hand_over"
    if "trả kết quả" in role:
        return "return_result"
    if "văn thư" in role:
        return "number_seal"
    if _is_leader(step):
        return "sign" if is_last_leader else "process"
    if "lãnh đạo" in role:
        return "assign" if "phân công" in name else "check"
    return "process"
