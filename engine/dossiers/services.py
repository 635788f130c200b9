"""Public services (thủ tục hành chính): import, look-up, change. A change is a new edition; a dossier keeps its own."""

import json
import uuid
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import clock, text
from engine.dossiers import service_files
from engine.dossiers.models import PublicService
from engine.errors import AnswersRejected, Conflict, NotFound
from engine.journal import entries
from engine.people import access, agencies
from engine.people.actors import Actor
from engine.transaction import session

#: The services carried with the product; source and reliability of each stand in the file.
SEED = Path(__file__).parent / "data" / "public_services.json"

_UNITS = ("working_day", "working_hour", "calendar_day")
_WORKING_HOURS_A_DAY = 8
_COMPARED = (
    "name",
    "field",
    "unit",
    "limit_value",
    "limit_unit",
    "limit_text",
    "components",
    "sets",
    "fee_text",
    "result",
    "law",
    "steps",
    "terms",
    "after_supplement",
    "is_unverified",
    "verification_note",
)
_KEPT = (*_COMPARED, "code", "procedure_code")


def import_file(path: Path, *, agency_id: uuid.UUID, by: Actor | None) -> tuple[int, int]:
    """Publish every service of a JSON file (``{"procedures": [...]}``) for an agency and those below it.

    Returns how many were added or changed, and how many stood already as given. Refuses the whole file with
    ``AnswersRejected`` naming each bad entry.
    """
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))["procedures"]
    except (OSError, ValueError, KeyError, TypeError) as cause:
        words = f"Không đọc được tệp {path.name}: cần tệp JSON (UTF-8) có danh sách procedures. Kiểm tra đường dẫn và nội dung."
        raise AnswersRejected({"file": [words]}) from cause
    wanted, faults = [], {}
    for position, item in enumerate(listed, start=1):
        try:
            wanted.append(service_files.facts_of(item, position))
        except (KeyError, TypeError, ValueError, ArithmeticError) as cause:
            faults[f"procedures.{position}"] = [f"Mục {position}: thiếu hoặc sai {cause}."]
    if faults:
        raise AnswersRejected(faults, "Tệp dịch vụ công có mục chưa đúng, không mục nào được nhập.")
    changed = sum(publish(agency_id, facts, by=by)[1] for facts in wanted)
    return changed, len(wanted) - changed


def publish(agency_id: uuid.UUID, facts: Mapping[str, Any], *, by: Actor | None) -> tuple[PublicService, bool]:
    """Make ``facts`` the present edition of a service. Returns the service and whether anything changed.

    ``by`` needs ``service.change`` in this very agency; None is the operator's command.
    """
    if by is not None:
        access.require(by, "service.change", agency_id)
    _refuse_impossible(facts)
    former = _newest(agency_id, facts["code"])
    if former is not None and all(_same(getattr(former, name), facts[name]) for name in _COMPARED):
        return former, False
    service = PublicService(agency_id=agency_id, edition=former.edition + 1 if former else 1, valid_from=clock.today(), **facts)
    service.search_text = text.fold(f"{service.code} {service.name} {service.field}")
    if former is not None:
        former.valid_to = clock.today()
    else:
        service.valid_from = date(2019, 1, 1)
    session().add(service)
    session().flush()
    before = {name: getattr(former, name) for name in _COMPARED} if former else None
    after = {name: facts[name] for name in _COMPARED}
    entries.append(
        "service.published", agency_id=agency_id, by=by, code=service.code, edition=service.edition, before=before, after=after
    )
    return service, True


def change(
    agency_id: uuid.UUID, code: str, changes: Mapping[str, Any], *, seen: uuid.UUID, by: Actor | None
) -> tuple[PublicService, bool]:
    """The service in force with ``changes`` (names of ``PublicService``) as the agency's next edition.

    A service of an agency above becomes the agency's own by this; the one above stays as it is. ``seen``: the edition the
    changes were made on; ``Conflict`` where another is in force by now. Otherwise as ``publish``.
    """
    present = get(agency_id, code)
    if present.id != seen:
        raise Conflict("Thủ tục vừa được người khác sửa. Mở lại thủ tục, xem bản mới rồi sửa tiếp.")
    facts = {name: getattr(present, name) for name in _KEPT} | dict(changes)
    return publish(agency_id, facts | {"division_code": service_files.division_of(facts["unit"])}, by=by)


def editions(agency_id: uuid.UUID, code: str) -> list[PublicService]:
    """Every edition of a service the agency or one above it published: the nearest agency's first, newest first."""
    chain = agencies.chain(agency_id)
    select = sa.select(PublicService).where(PublicService.agency_id.in_(chain), PublicService.code == code)
    return sorted(session().scalars(select), key=lambda s: (chain.index(s.agency_id), -s.edition))


def available(agency_id: uuid.UUID, query: str = "") -> list[PublicService]:
    """Services an agency offers today, its own before its ancestors'; ``query``: code, name or field without diacritics."""
    chain = agencies.chain(agency_id)
    today = clock.today()
    select = sa.select(PublicService).where(
        PublicService.agency_id.in_(chain), sa.or_(PublicService.valid_to.is_(None), PublicService.valid_to > today)
    )
    for word in text.fold(query).split():
        select = select.where(PublicService.search_text.contains(word, autoescape=True))
    nearest: dict[str, PublicService] = {}
    for service in session().scalars(select.order_by(PublicService.name)):
        former = nearest.get(service.code)
        if former is None or chain.index(service.agency_id) < chain.index(former.agency_id):
            nearest[service.code] = service
    return sorted(nearest.values(), key=lambda s: (s.field, s.name))


def get(agency_id: uuid.UUID, code: str) -> PublicService:
    """The edition in force of one service of an agency. Refuses with ``NotFound``."""
    chain = agencies.chain(agency_id)
    select = sa.select(PublicService).where(
        PublicService.agency_id.in_(chain),
        PublicService.code == code,
        sa.or_(PublicService.valid_to.is_(None), PublicService.valid_to > clock.today()),
    )
    found = sorted(session().scalars(select), key=lambda s: chain.index(s.agency_id))
    if not found:
        raise NotFound(f"Không có thủ tục hành chính mã {code}. Hãy chọn trong danh mục của cơ quan.")
    return found[0]


def _newest(agency_id: uuid.UUID, code: str) -> PublicService | None:
    select = sa.select(PublicService).where(PublicService.agency_id == agency_id, PublicService.code == code)
    return session().scalars(select.order_by(PublicService.edition.desc()).limit(1)).one_or_none()


def _same(former: Any, given: Any) -> bool:
    return bool(former == given)


def _refuse_impossible(facts: Mapping[str, Any]) -> None:
    faults: dict[str, list[str]] = {}
    if facts["limit_unit"] not in _UNITS:
        faults["limit_unit"] = [f"Đơn vị thời hạn phải là một trong: {', '.join(_UNITS)}."]
    if not 0 <= facts["limit_value"] <= 3650:
        faults["limit_value"] = ["Thời hạn phải từ 0 đến 3650."]
    if not facts["name"]:
        faults["name"] = ["Phải có tên thủ tục."]
    if not facts["components"]:
        faults["components"] = ["Ghi ít nhất một thành phần hồ sơ."]
    if facts["after_supplement"] not in ("restart", "pause"):
        faults["after_supplement"] = ["Sau bổ sung: chọn tính lại từ đầu (restart) hoặc tạm dừng (pause)."]
    budget = _budget_minutes(facts["limit_value"], facts["limit_unit"])
    planned = sum(int(minutes) for minutes in facts["terms"].values())
    if budget is not None and planned > budget:
        faults["terms"] = [
            f"Tổng thời gian các bước ({planned / 60:g} giờ) vượt thời hạn giải quyết ({budget / 60:g} giờ làm việc)."
        ]
    if faults:
        raise AnswersRejected(faults, f"Thủ tục {facts['code']} chưa đúng.")


def _budget_minutes(value: Decimal, unit: str) -> int | None:
    """Working minutes a limit gives; None for calendar days, whose working time depends on when they start."""
    if unit == "calendar_day":
        return None
    hours = value if unit == "working_hour" else (value or 1) * _WORKING_HOURS_A_DAY
    return int(hours * 60)
