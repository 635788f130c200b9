"""The browser's session lives in the database; the cookie carries a random token and nothing else (R44)."""

import uuid
from datetime import datetime
from typing import Any

import structlog
from flask import Flask, Request, Response, g, session
from flask.sessions import SessionInterface, SessionMixin
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from engine import clock
from engine.people import second_factor, sign_in
from engine.people import sessions as stored
from engine.people.actors import Actor
from engine.people.models import Person
from engine.settings import Settings
from engine.transaction import session as database_session
from engine.transaction import transaction
from web import security

PLAIN_COOKIE = "quytrinh"
#: Over TLS the browser itself refuses this name from any other host or path.
SECURE_COOKIE = "__Host-quytrinh"
#: These paths know no browser session: bearer tokens, probes, files.
_WITHOUT = ("/api/", "/static/", "/healthz", "/readyz", "/metrics")
_log = structlog.get_logger("web.sessions")


class BrowserSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls ``session``: small JSON values, the person once signed in, the moment they last proved who they are."""

    def __init__(self, token: str | None = None, initial: dict[str, Any] | None = None) -> None:
        super().__init__(initial or {}, on_update=_mark_modified)
        self.token = token
        #: As it was found at the beginning of the request; None where there was none.
        self.found: stored.Opened | None = None
        self.person_id: uuid.UUID | None = None
        self.proved_at: datetime | None = None
        self.modified = False
        self.needs_touch = False
        self.is_cookie_due = False

    @property
    def is_fresh(self) -> bool:
        """Whether the person proved who they are within ``stored.FRESH`` (R45)."""
        return self.proved_at is not None and clock.now() - self.proved_at < stored.FRESH


def _mark_modified(changed: Any) -> None:
    changed.modified = True


class DatabaseSessions(SessionInterface):
    """Opens and saves the browser's session around each request."""

    def open_session(self, app: Flask, request: Request) -> BrowserSession:
        """The living session of the cookie; an empty one, not yet stored, otherwise."""
        token = request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        if not token or request.path.startswith(_WITHOUT):
            return BrowserSession()
        try:
            found = stored.opened(token, request.remote_addr or "")
        except SQLAlchemyError as error:
            g.unread = error  # raised again where it can be answered: Flask opens the session before anybody answers errors
            return BrowserSession()
        if found is None:
            return BrowserSession()
        opened = BrowserSession(token, dict(found.data))
        opened.found, opened.proved_at = found, found.proved_at
        opened.person_id = found.actor.person_id if found.actor else None
        opened.needs_touch = found.needs_touch
        return opened

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Write what changed; what the page already committed is never turned into a failure by this."""
        if not isinstance(session, BrowserSession):
            return
        if session.modified or session.needs_touch:
            try:
                _store(session)
            except SQLAlchemyError as error:
                _log.error("session not saved", reason=type(error).__name__)
                return
        if session.is_cookie_due:
            self._set_cookie(app, session, response)
        if session.accessed:
            response.vary.add("Cookie")

    def _set_cookie(self, app: Flask, session: BrowserSession, response: Response) -> None:
        name, is_secure = app.config["SESSION_COOKIE_NAME"], app.config["SESSION_COOKIE_SECURE"]
        if session.token is None:
            response.delete_cookie(name, path="/", secure=is_secure, httponly=True, samesite="Lax")
        else:
            response.set_cookie(name, session.token, path="/", secure=is_secure, httponly=True, samesite="Lax")


def install(app: Flask, settings: Settings) -> None:
    """Make ``app`` keep its sessions in the database."""
    is_secure = security.is_https(settings)
    app.config.update(SESSION_COOKIE_NAME=SECURE_COOKIE if is_secure else PLAIN_COOKIE, SESSION_COOKIE_SECURE=is_secure)
    app.session_interface = DatabaseSessions()
    app.before_request(_refuse_unread)


def _refuse_unread() -> None:
    """Nobody is taken for signed out because the database did not answer."""
    if "unread" in g:
        raise g.unread


def current() -> BrowserSession:
    """This request's session."""
    opened = session._get_current_object()  # type: ignore[attr-defined]  # the proxy's way to its object
    if not isinstance(opened, BrowserSession):
        raise TypeError("sessions.install() was not called")
    return opened


def person() -> Person | None:
    """The person signed in with this browser; None before that."""
    person_id = current().person_id
    return database_session().get(Person, person_id) if person_id else None


def actor() -> Actor | None:
    """As whom this browser acts: who it was at the beginning of the request."""
    found = current().found
    if found is None or found.actor is None:
        return None
    g.duty = _duty_of(found, found.actor)
    return found.actor


def duty() -> str | None:
    """The page the person must see to before any other: a new password, a second factor; None when all is done."""
    found: str | None = g.get("duty")
    return found


def start(somebody: Person, *, address: str, has_second_factor: bool, kept: dict[str, Any]) -> Actor:
    """Sign in, inside the page's transaction: a new token (whoever knew the former one has nothing) holding only ``kept``."""
    opened = current()
    actor_in = sign_in.signed_in(somebody, address=address, second_factor=has_second_factor)
    opened.token = stored.renew(opened.token or "", somebody.id, data=kept, is_proved=True)
    _become(opened, somebody.id, kept)
    return actor_in


def prove() -> None:
    """The person just proved who they are once more: a new token, fresh for ``stored.FRESH``."""
    opened = current()
    opened.token = stored.renew(opened.token or "", opened.person_id, data=dict(opened), is_proved=True)
    _become(opened, opened.person_id, dict(opened))


def end(leaving: Actor) -> None:
    """Sign out, inside the page's transaction: the session is gone for every copy of its cookie."""
    opened = current()
    sign_in.signed_out(leaving)
    if opened.token is not None:
        stored.revoke(opened.token)
    opened.token = None
    _become(opened, None, {})


def _become(opened: BrowserSession, person_id: uuid.UUID | None, data: dict[str, Any]) -> None:
    opened.clear()
    opened.update(data)
    opened.person_id, opened.proved_at = person_id, clock.now() if person_id else None
    opened.modified = opened.needs_touch = False
    opened.is_cookie_due = True


def _duty_of(found: stored.Opened, somebody: Actor) -> str | None:
    if found.must_change_password:
        return "account.password"
    if second_factor.is_obligatory(somebody) and not found.has_second_factor:
        return "account.second_factor"
    return None


def _store(opened: BrowserSession) -> None:
    with transaction():
        if opened.token is None:
            if opened:
                opened.token = stored.start(data=dict(opened))
                opened.is_cookie_due = True
        elif opened.modified:
            stored.save(opened.token, dict(opened))
        else:
            stored.touch(opened.token)
