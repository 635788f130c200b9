"""A form sent twice acts once: each form carries a key, and its repeat gets the first answer (R04)."""

import hashlib
import json
import uuid

from flask import Flask, redirect, request
from flask.typing import ResponseReturnValue

from engine.cases import idempotency
from web import guard, typed

FIELD = "idempotency_key"


def install(app: Flask) -> None:
    """Offer fresh keys to the form macros (``once()``)."""
    app.jinja_env.globals["new_key"] = lambda: uuid.uuid4().hex


def former_answer() -> ResponseReturnValue | None:
    """First thing in the page's transaction: the redirect this very form got before, or None: then act."""
    asked = _asked()
    known = idempotency.remember(asked) if asked else None
    return redirect(known.location, code=303) if known and known.location else None


def leads_to(location: str) -> None:
    """Last thing in the page's transaction: keep where the reader is led, with what was done."""
    asked = _asked()
    if asked is not None:
        idempotency.store(asked, idempotency.Answer(303, "text/html", b"", location))


def _asked() -> idempotency.Request | None:
    key = request.form.get(FIELD, "")
    if not key:
        return None
    body = json.dumps(sorted(typed.posted()), ensure_ascii=False).encode()
    person_id = guard.current_actor().person_id
    return idempotency.Request(person_id, key, f"{request.method} {request.path}", hashlib.sha256(body).hexdigest())
