"""What stands on every page: the menu by permission, the number on the bell, the address of a static file."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from flask import Flask, current_app, request, url_for
from flask_babel import lazy_gettext as _l

from engine.outbox import notices
from engine.people import agencies
from web import guard, i18n

STATIC = Path(__file__).resolve().parent / "static"


@dataclass(frozen=True)
class Entry:
    """One entry of the menu. Its place is its access key; ``section`` is the beginning of the paths it stands for."""

    title: str
    endpoint: str
    permission: str
    section: str


#: In their order; an entry whose page does not exist is left out.
MENU = (
    Entry(_l("Hộp việc"), "inbox.index", "step.read", "/hop-viec"),
    Entry(_l("Tiếp nhận hồ sơ"), "intake.services", "dossier.open", "/tiep-nhan"),
    Entry(_l("Hồ sơ"), "dossiers.index", "dossier.read", "/ho-so"),
    Entry(_l("Công việc khác"), "cases.index", "case.read", "/cong-viec"),
    Entry(_l("Báo cáo"), "reports.index", "report.read", "/bao-cao"),
    Entry(_l("Người dùng"), "admin_people.index", "person.change", "/admin/people"),
    Entry(_l("Lịch làm việc"), "admin_calendar.index", "calendar.read", "/admin/calendar"),
    Entry(_l("Thủ tục hành chính"), "admin_services.index", "service.read", "/admin/services"),
    Entry(_l("Quy trình"), "admin_procedures.index", "procedure.read", "/admin/procedures"),
    Entry(_l("Vận hành"), "operator_desk.index", "incident.read", "/admin/operator"),
    Entry(_l("Nhật ký"), "admin_journal.index", "journal.read", "/admin/journal"),
)


def install(app: Flask) -> None:
    """Offer menu, bell, agency and file addresses to every template."""
    app.jinja_env.globals.update(
        menu=menu, unread_count=unread_count, agency_name=agency_name, asset=asset, LANGUAGES=i18n.LANGUAGES, language=i18n.chosen
    )
    app.jinja_env.globals["endpoint_exists"] = endpoint_exists


def menu() -> list[tuple[Entry, bool]]:
    """The entries this person may use, each with whether it is where they are."""
    open_to = [e for e in MENU if endpoint_exists(e.endpoint) and guard.may(e.permission)]
    here = max((e.section for e in open_to if _is_inside(e.section)), key=len, default=None)
    return [(entry, entry.section == here) for entry in open_to]


def endpoint_exists(endpoint: str) -> bool:
    """Whether this application has such a page."""
    return endpoint in current_app.view_functions


def unread_count() -> int:
    """The number on the bell."""
    actor = guard.actor_or_none()
    return notices.unread_count(actor.person_id) if actor else 0


def agency_name() -> str:
    """The agency of the person who looks; empty before sign-in."""
    actor = guard.actor_or_none()
    return agencies.name_of(actor.agency_id) if actor else ""


def asset(name: str) -> str:
    """The address of a file under ``web/static``, changing with its content so that browsers may keep it."""
    return _address(request.script_root, name)


@cache
def _address(_root: str, name: str) -> str:
    """Made once for each place the application is mounted at: every page names a dozen files."""
    return url_for("static", filename=name, v=_fingerprint(name))


@cache
def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def _is_inside(section: str) -> bool:
    return request.path == section or request.path.startswith(section + "/")
