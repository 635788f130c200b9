"""The API's doors: one transaction for each act, and one answer for each ``Idempotency-Key`` (R02, R04)."""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Response, make_response, request
from werkzeug.datastructures import FileStorage

from engine.cases import idempotency
from engine.cases.idempotency import Answer, Request
from engine.transaction import transaction
from web import guard, proofs

HEADER = "Idempotency-Key"

View = TypeVar("View", bound=Callable[..., Any])


def acting(view: View) -> View:
    """Run the view inside its one transaction; its answer under the caller's key is kept in the same transaction.

    A refusal undoes everything, its key too: sending it again asks again.
    """

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        asked = _asked()
        with transaction():
            known = idempotency.remember(asked) if asked else None
            if known is not None:
                return _again(known)
            response = make_response(view(*args, **kwargs))
            if asked:
                idempotency.store(asked, _kept(response))
            return response

    return door  # type: ignore[return-value]  # the same call, wrapped


def examining(view: View) -> View:
    """Run a view that changes nothing but takes a while outside any transaction; its answer is kept under the key too."""

    @wraps(view)
    def door(*args: Any, **kwargs: Any) -> Response:
        asked = _asked()
        if asked is None:
            return make_response(view(*args, **kwargs))
        with transaction():
            known = idempotency.remember(asked)
        if known is not None:
            return _again(known)
        response = make_response(view(*args, **kwargs))
        with transaction():
            faster = idempotency.remember(asked)
            if faster is None:
                idempotency.store(asked, _kept(response))
        return _again(faster) if faster is not None else response

    return door  # type: ignore[return-value]  # the same call, wrapped


def body_hash() -> str:
    """SHA-256, hex, of what was sent; of an upload its fields and files, whose boundary differs at each attempt.

    A password sent along is left out: nothing of it is kept, not even in a hash.
    """
    if request.mimetype != "multipart/form-data":
        return hashlib.sha256(proofs.without_password(request.get_data(cache=True))).hexdigest()
    whole = hashlib.sha256()
    for name, value in sorted(request.form.items(multi=True)):
        _add(whole, name.encode(), value.encode("utf-8", "surrogatepass"))
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        _add(whole, name.encode(), (file.filename or "").encode("utf-8", "surrogatepass"), _digest(file))
    return whole.hexdigest()


def _asked() -> Request | None:
    key = request.headers.get(HEADER)
    if key is None:
        return None
    route = f"{request.method} {request.full_path.rstrip('?')}"
    return Request(guard.current_actor().person_id, key, route, body_hash())


def _kept(response: Response) -> Answer:
    return Answer(response.status_code, response.content_type or "", response.get_data(), response.headers.get("Location"))


def _again(known: Answer) -> Response:
    response = Response(known.body, status=known.status, content_type=known.media_type)
    if known.location:
        response.headers["Location"] = known.location
    return response


def _digest(file: FileStorage) -> bytes:
    found = hashlib.file_digest(file.stream, "sha256").digest()  # type: ignore[arg-type]  # a binary file
    file.stream.seek(0)
    return found


def _add(whole: Any, *parts: bytes) -> None:
    for part in parts:
        whole.update(len(part).to_bytes(8, "big") + part)
