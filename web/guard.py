"""Who asks, and may they: one layer for pages and API, deny by default (R43).

A view says what it needs with ``@requires("permission")``, ``@signed_in`` (any account) or ``@public``. A view that says nothing
is refused to everybody. Pages know people by the browser's session, ``/api`` by a bearer token and by nothing else.
"""

from collections.abc import Callable
from typing import Any, TypeVar

import structlog
from flask import Flask, current_app, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user
from werkzeug.exceptions import Unauthorized

from engine.errors import NotAllowed
from engine.people import policy, tokens
from engine.people.actors import Actor
from web import beyond, expired, security, sessions, typed

#: What a view needs when it is no permission of the policy table.
PUBLIC = "(public)"
SIGNED_IN = "(signed in)"

#: What a person with an open duty (new password, second factor) may still use.
ALWAYS_OPEN = frozenset({"account.password", "account.second_factor", "account.prove", "account.language", "sign_in.leave"})

_MARK = "needed_permission"
_FRESH = "needs_fresh_proof"
_TABLE = "guard"
_NOBODY = "asks_nobody"
_ASKING = "asking"
_UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})

View = TypeVar("View", bound=Callable[..., Any])


class _Account(UserMixin):
    """What Flask-Login keeps of a person: the actor, loaded once for each request."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor

    def get_id(self) -> str:
        return str(self.actor.person_id)


def requires(permission: str) -> Callable[[View], View]:
    """Open a view to those whose roles hold ``permission``; a word the policy table lacks is a mistake in the code."""
    if permission not in policy.PERMISSIONS:
        raise ValueError(f"unknown permission: {permission}")
    return _marking(permission)


def signed_in(view: View) -> View:
    """Open a view to everybody with an account: what belongs to the person alone."""
    return _marking(SIGNED_IN)(view)


def public(view: View) -> View:
    """Open a view to everybody."""
    return _marking(PUBLIC)(view)


def freshly_proved(view: View) -> View:
    """Ask for the password or second factor once more where the last proof is older than ten minutes (R45)."""
    setattr(view, _FRESH, _UNSAFE | {"GET", "HEAD"})
    return view


def freshly_proved_to_change(view: View) -> View:
    """The same for what the view changes; looking at its page needs no proof."""
    setattr(view, _FRESH, _UNSAFE)
    return view


def methods_needing_proof(app: Flask, endpoint: str) -> frozenset[str]:
    """The methods of an endpoint that ask for fresh proof."""
    found: frozenset[str] = getattr(app.view_functions[endpoint], _FRESH, frozenset())
    return found


def declare(app: Flask, endpoint: str, permission: str) -> None:
    """Say what an endpoint needs whose view is not ours (a library's documentation pages)."""
    app.extensions.setdefault(_TABLE, {})[endpoint] = permission


def declared(app: Flask) -> dict[tuple[str, str], str | None]:
    """Every (endpoint, method) of ``app`` and what it needs: a permission, ``PUBLIC``, ``SIGNED_IN`` or None (refused to all)."""
    return {
        (rule.endpoint, method): _needed(app, rule.endpoint, method)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
    }


def actor_or_none() -> Actor | None:
    """Who asks; None before sign-in, and once the database could not be asked (``ask_nobody``)."""
    if g.get(_NOBODY):
        return None
    known: Actor | None = g.get(_ASKING)
    if known is not None:
        return known
    account = current_user._get_current_object() if current_user else None
    return account.actor if isinstance(account, _Account) else None


def ask_nobody() -> None:
    """The database does not answer: the rest of this request's answer is written without asking it who reads."""
    setattr(g, _NOBODY, True)


def current_actor() -> Actor:
    """Who asks. Only for views that need somebody."""
    actor = actor_or_none()
    if actor is None:
        raise Unauthorized()
    return actor


def may(permission: str) -> bool:
    """Whether the person who asks holds ``permission``: for menus and buttons."""
    actor = actor_or_none()
    return actor is not None and policy.allows(actor, permission)


def is_api() -> bool:
    """Whether the request is for the JSON API."""
    return request.path.startswith("/api/")


def install(app: Flask) -> None:
    """Put the guard in front of every view of ``app``."""
    logins = LoginManager(app)
    logins.session_protection = None  # our own sessions do more: see web.sessions
    logins.request_loader(_load_account)
    declare(app, "static", PUBLIC)
    app.before_request(check)
    app.jinja_env.globals.update(may=may, actor_or_none=actor_or_none)


def check() -> ResponseReturnValue | None:
    """Answer in place of the view where the view may not run."""
    if request.endpoint is None or request.method == "OPTIONS":
        return None
    needed = _needed(current_app, request.endpoint, request.method)
    if needed is None:
        raise NotAllowed("Chức năng này chưa được mở cho ai; hãy báo quản trị viên.")
    if needed != PUBLIC:
        answer = _require(needed)
        if answer is not None:
            return answer
    if is_api():
        return None
    if request.method in _UNSAFE:
        security.csrf.protect()
    needs_proof = request.method in methods_needing_proof(current_app, request.endpoint)
    return ask_for_proof() if needs_proof and not sessions.current().is_fresh else None


def _require(needed: str) -> ResponseReturnValue | None:
    actor = actor_or_none()
    if actor is None:
        if is_api():
            raise Unauthorized("Cần mã truy cập hợp lệ trong tiêu đề Authorization: Bearer.")
        return expired.ask_to_sign_in()
    duty = None if is_api() else sessions.duty()
    if duty is not None and request.endpoint not in ALWAYS_OPEN:
        return redirect(url_for(duty), code=303)
    if needed != SIGNED_IN:
        policy.require(actor, needed)
    beyond.fence_in(actor)
    return None


def ask_for_proof() -> ResponseReturnValue:
    """What was typed waits in the session while the person proves who they are."""
    here = request.full_path.rstrip("?")
    if request.method in _UNSAFE:
        here = typed.form_path()
        typed.keep(here, typed.posted())
    return redirect(url_for("account.prove", next=here), code=303)


def _load_account(_request: Any) -> _Account | None:
    """Flask-Login's question, answered once for each request."""
    if is_api():
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        actor = tokens.actor_for(token.strip(), address()) if scheme.lower() == "bearer" and token else None
    else:
        actor = sessions.actor()
    if actor is None:
        return None
    structlog.contextvars.bind_contextvars(person_id=str(actor.person_id), agency_id=str(actor.agency_id))
    setattr(g, _ASKING, actor)
    return _Account(actor)


def address() -> str:
    """The network address the request came from."""
    return request.remote_addr or ""


def _marking(permission: str) -> Callable[[View], View]:
    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return mark


def _needed(app: Flask, endpoint: str, method: str) -> str | None:
    special: str | None = app.extensions.get(_TABLE, {}).get(endpoint)
    if special is not None:
        return special
    view = app.view_functions.get(endpoint)
    view_class = getattr(view, "view_class", None)
    if view_class is not None:
        handler = getattr(view_class, ("get" if method == "HEAD" else method).lower(), None)
        view = handler if getattr(handler, _MARK, None) is not None else view_class
    found: str | None = getattr(view, _MARK, None)
    return found
