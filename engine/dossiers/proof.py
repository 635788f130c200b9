"""The feasibility proof: can every public service a procedure handles keep its legal limit, whichever way a dossier goes?

Measured is from receipt (behind ``receive_dossier``; else from the beginning) until the result is there (the first step with the
status ``done``) or the case ends; while the clock is paused nothing counts.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass

import sqlalchemy as sa

from engine import clock
from engine.calendar.rules import WorkingCalendar
from engine.dossiers import legal_clock, papers_issued, rules
from engine.dossiers.models import PublicService
from engine.errors import Finding
from engine.people import agencies, working_time
from engine.procedures import feasibility, term_paths
from engine.procedures.definition import Definition
from engine.procedures.feasibility import Measured, Window
from engine.procedures.folder import Folder
from engine.procedures.term_graph import Clock
from engine.procedures.term_paths import Path
from engine.procedures.verdicts import Verdict
from engine.transaction import session

#: Services named one by one; of more of them only the number is told.
MOST = 20
_DONE = ("done", "returned")


@dataclass(frozen=True)
class Row:
    """One service an agency offers on the way that takes it longest."""

    service: PublicService
    measured: Measured


def judge(agency_id: uuid.UUID, folder: Folder, definition: Definition) -> Verdict:
    """Errors: services whose work takes longer than their limit leaves in the worst window, and ends without a paper.

    One warning for all services that use more than nine tenths of their time.
    """
    if not handles_services(definition):
        return Verdict()
    papers = tuple(papers_issued.missing(folder, definition))
    found = rows(agency_id, definition)
    if found is None:
        place = definition.facts.process_id
        told = Finding(place, "term.unmeasured", "Mô hình gọi quá nhiều quy trình con nên chưa cộng được thời hạn: hãy rút gọn.")
        return Verdict(papers, (told,))
    over = [_over(definition, row) for row in found if row.measured.is_over]
    return Verdict((*papers, *over[:MOST]), tuple(_close(definition, found)))


def handles_services(definition: Definition) -> bool:
    """Whether its cases are dossiers of public services."""
    return bool(definition.public_services)


def rows(agency_id: uuid.UUID, definition: Definition) -> list[Row] | None:
    """Each service the procedure handles, offered by the agency, one above, or (as its own) one below it: the tightest first.

    None where the model is too large to be measured. A service of an agency below is measured on that agency's calendar.
    """
    paths: dict[tuple[tuple[str, int], ...], tuple[Path, ...] | None] = {}
    windows: dict[tuple[int, str, str], Window] = {}
    found = []
    for service, calendar in _handled(agency_id, definition):
        terms = _terms(service, definition)
        key = tuple(sorted(terms.items()))
        if key not in paths:
            paths[key] = term_paths.longest(definition, terms, clock_of(definition))
        ways, limit = paths[key], legal_clock.limit_of(service)
        if ways is None:
            return None
        place = (id(calendar), str(limit.amount), str(limit.unit))
        if place not in windows:
            windows[place] = feasibility.worst(calendar, limit, clock.today())
        found.append(Row(service, Measured(_longest(ways), limit, windows[place])))
    return sorted(found, key=lambda row: (-row.measured.percent, row.service.code))


def clock_of(definition: Definition) -> Clock:
    """Between which elements of the model the legal clock runs."""
    calls = {name: _calling(definition, name) for name in ("receive_dossier", "pause_clock", "resume_clock")}
    ready = frozenset(element for element, step in definition.steps.items() if step.status in _DONE)
    return Clock(calls["receive_dossier"], ready, calls["pause_clock"], calls["resume_clock"])


def _calling(definition: Definition, capability: str) -> frozenset[str]:
    return frozenset(element for element, use in definition.calls.items() if use.capability == capability)


def _longest(ways: tuple[Path, ...]) -> Path:
    return ways[0] if ways else Path("", ())


def _terms(service: PublicService, definition: Definition) -> dict[str, int]:
    """Working minutes of each step of a dossier of this service, as intake plans them."""
    defaults = {element: step.term_minutes for element, step in definition.steps.items()}
    lenders = {element: step.borrows_from for element, step in definition.steps.items()}
    plan = rules.plan_terms(service.terms, defaults, lenders)
    return {element: plan.get(element, minutes or 0) for element, minutes in defaults.items()}


def _handled(agency_id: uuid.UUID, definition: Definition) -> Iterator[tuple[PublicService, WorkingCalendar]]:
    chain, below = agencies.chain(agency_id), agencies.subtree(agency_id)
    today = clock.today()
    query = sa.select(PublicService).where(
        PublicService.agency_id.in_({*chain, *below}), sa.or_(PublicService.valid_to.is_(None), PublicService.valid_to > today)
    )
    if "*" in definition.public_services:
        query = query.where(PublicService.procedure_code == definition.code)
    else:
        query = query.where(PublicService.code.in_(definition.public_services))
    offered: dict[tuple[uuid.UUID, str], PublicService] = {}
    for service in session().scalars(query.order_by(PublicService.code)):
        home = agency_id if service.agency_id in chain else service.agency_id
        former = offered.get((home, service.code))
        if former is None or (home == agency_id and chain.index(service.agency_id) < chain.index(former.agency_id)):
            offered[home, service.code] = service
    calendars: dict[uuid.UUID, WorkingCalendar] = {}
    for (home, _), service in offered.items():
        if home not in calendars:
            calendars[home] = working_time.calendar_of(home)
        yield service, calendars[home]


def _over(definition: Definition, row: Row) -> Finding:
    measured, service = row.measured, row.service
    steps = [f"{_name(definition, element)} {hours(minutes)}" for element, minutes in measured.path.steps]
    heaviest = max(measured.path.steps, key=lambda step: step[1])[0]
    message = (
        f"Thủ tục {service.code} {service.name}: các bước cộng lại {hours(measured.path.minutes)} ({' → '.join(steps)}), "
        f"thời hạn {measured.limit.text} chỉ có {hours(measured.window.minutes)} làm việc {when(measured)}. "
        f"Hãy rút thời hạn của bước, trước hết là “{_name(definition, heaviest)}”, hoặc công bố lại thời hạn của thủ tục."
    )
    return Finding(heaviest, "term.over", message)


def _close(definition: Definition, found: list[Row]) -> Iterator[Finding]:
    close = [row for row in found if row.measured.is_close]
    if close:
        names = ", ".join(f"{row.service.code} ({row.measured.percent} %)" for row in close[:5])
        more = f" và {len(close) - 5} thủ tục khác" if len(close) > 5 else ""
        message = (
            f"{len(close)} thủ tục dùng trên 90 % thời hạn theo luật: {names}{more}. Trễ một bước là trễ cả hồ sơ; "
            "xem bảng ở trang Kiểm tra."
        )
        yield Finding(definition.facts.process_id, "term.close", message)


def _name(definition: Definition, element: str) -> str:
    facts = definition.facts.elements.get(element)
    return (facts.name if facts else "") or element


def hours(minutes: int) -> str:
    """Working minutes as people read them: ``12 giờ``, ``2 giờ 30 phút``, ``45 phút``."""
    whole, rest = divmod(minutes, 60)
    return " ".join([*([f"{whole} giờ"] if whole or not rest else []), *([f"{rest} phút"] if rest else [])])


def when(measured: Measured) -> str:
    """The worst window in words."""
    window = measured.window
    received, due = clock.local(window.received_at), clock.local(window.due_at)
    return f"(quãng lịch xấu nhất trong hai năm tới: nhận {received:%H:%M %d/%m/%Y}, hẹn trả {due:%d/%m/%Y})"
