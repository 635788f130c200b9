"""The password asked again for a signature: taken from the request, compared at once, kept nowhere."""

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import g, request

from engine.people import signatures
from engine.people.signatures import Proof
from web import guard

#: The field of a form or of a JSON body that holds it.
FIELD = "password"
_GIVEN = "proof_of_person"

View = TypeVar("View", bound=Callable[..., Any])


def of_form() -> Proof:
    """The proof that the posted form carries. Call it outside of a transaction; refuses as ``signatures.prove``."""
    return signatures.prove(guard.current_actor(), request.form.get(FIELD, ""))


def asked(view: View) -> View:
    """Compare the password of a JSON body before the view's transaction begins; a body without one passes: the act may need none.

    Refuses as ``signatures.prove``. Stands between the guard and the door.
    """

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Any:
        password = _sent()
        if password:
            setattr(g, _GIVEN, signatures.prove(guard.current_actor(), password))
        return view(*args, **kwargs)

    return door  # type: ignore[return-value]  # the same call, wrapped


def given() -> Proof | None:
    """The proof of this request; None where no password was sent."""
    proof: Proof | None = g.get(_GIVEN)
    return proof


def without_password(body: bytes) -> bytes:
    """A JSON body as it is, or without the password it carries."""
    if not _sent():
        return body
    kept = {name: value for name, value in request.get_json().items() if name != FIELD}
    return json.dumps(kept, sort_keys=True, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _sent() -> str:
    body = request.get_json(silent=True) if request.is_json else None
    password = body.get(FIELD) if isinstance(body, dict) else None
    return password if isinstance(password, str) else ""
