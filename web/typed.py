"""What somebody typed comes back: after an expired session, after a refusal, after proving who they are once more."""

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, g, request, session
from werkzeug.datastructures import MultiDict

from engine.text import has_control_characters

#: Names that belong to the page and not to the answers.
PAGE_FIELDS = frozenset({"csrf_token", "version", "idempotency_key", "next", "typed"})
#: Larger forms are not kept; a dossier's form is a few kilobytes.
LARGEST = 300_000
_KEY = "typed"

Fields = list[tuple[str, str]]


def install(app: Flask) -> None:
    """Let templates ask for what was typed before."""
    app.before_request(_forget_sent)
    app.jinja_env.globals["typed_again"] = again


def answers() -> MultiDict[str, str]:
    """The posted form without what belongs to the page: what a service accepts as answers."""
    return MultiDict(posted())


def posted() -> Fields:
    """The fields of this request that are worth keeping: no page fields, no secrets, no files."""
    return [
        (name, value)
        for name, values in request.form.lists()
        if not has_control_characters(name + "".join(values))
        if name not in PAGE_FIELDS and "password" not in name and name != "code"
        for value in values
    ]


def is_same_origin() -> bool:
    """Whether the request came from one of our own pages: what a stranger's page posts is not kept."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin") or request.referrer or ""
    return urlsplit(origin).netloc == request.host


def form_path() -> str:
    """The page whose form was posted: the one it came from, where that is ours, else the address posted to."""
    referrer = urlsplit(request.referrer or "")
    return safe_path(referrer.path) if referrer.netloc == request.host and referrer.path else request.path


def keep(path: str, fields: Iterable[tuple[str, str]]) -> None:
    """Have ``fields`` back in the form at ``path``, until it is sent."""
    kept = as_kept(path, fields)
    if kept is not None:
        session[_KEY] = kept


def as_kept(path: str, fields: Iterable[tuple[str, str]]) -> dict[str, Any] | None:
    """The same as a value for a new session; None when there is nothing, or too much, to keep."""
    pairs = [[name, value] for name, value in fields]
    if not pairs or sum(len(name) + len(value) for name, value in pairs) > LARGEST:
        return None
    return {"path": path, "fields": pairs}


def packed(fields: Fields) -> str:
    """``fields`` as the one hidden field that travels through the sign-in page."""
    return json.dumps(fields, ensure_ascii=False) if fields else ""


def unpacked(text: str) -> Fields:
    """What ``packed`` made; nothing for anything else."""
    try:
        pairs = json.loads(text) if text and len(text) <= 2 * LARGEST else []
    except ValueError:
        return []
    if not isinstance(pairs, list):
        return []
    wellformed = [p for p in pairs if isinstance(p, list) and len(p) == 2 and all(isinstance(part, str) for part in p)]
    return [(name, value) for name, value in wellformed if name not in PAGE_FIELDS]


def again() -> MultiDict[str, str]:
    """What was typed into the form of this page before; empty otherwise."""
    if _KEY not in g:
        kept = session.get(_KEY)
        fields = kept["fields"] if isinstance(kept, dict) and kept.get("path") == request.path else []
        g.typed = MultiDict([(name, value) for name, value in fields] if request.method == "GET" else [])
    found: MultiDict[str, str] = g.typed
    return found


def safe_path(target: str | None) -> str:
    """``target`` where it is a path of this very product, else the front page: never another host."""
    parts = urlsplit(target or "")
    is_ours = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.path.startswith(("//", "/\\"))
    if not is_ours or any(ord(letter) < 32 or letter == "\\" for letter in target or ""):
        return "/"
    return target or "/"


def _forget_sent() -> None:
    """A form sent again is no longer waiting to be."""
    if request.method != "POST":
        return
    kept = session.get(_KEY)
    if isinstance(kept, dict) and kept.get("path") in (request.path, form_path()):
        session.pop(_KEY)
