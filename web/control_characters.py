"""No control characters come in: not in fields, not in JSON, not in addresses (R49). ``engine.text.clean`` is the last wall."""

import re
from collections.abc import Iterator
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import NotFound

from engine import text
from engine.errors import AnswersRejected

#: How JSON may write one; a hit is looked at closely, everything else is passed unparsed.
_ESCAPED = re.compile(rb"\\u00(?:[01][0-9a-fA-F]|7[fF])|\\[bf]|\x7f")


def install(app: Flask) -> None:
    """Look at whatever ``app`` is sent. Call after the guard was installed: strangers are turned away first."""
    app.before_request(refuse)


def refuse() -> None:
    """``AnswersRejected`` naming each field; an address that holds any is nobody's (``NotFound``)."""
    if any(isinstance(value, str) and text.has_control_characters(value) for value in (request.view_args or {}).values()):
        raise NotFound()
    bad = [name for name, value in _texts() if text.has_control_characters(value)]
    if bad:
        raise AnswersRejected(
            {name: [text.NO_CONTROL_CHARACTERS] for name in bad}, "Thông tin gửi có ký tự điều khiển: xem từng mục."
        )


def _texts() -> Iterator[tuple[str, str]]:
    yield from request.args.items(multi=True)
    if request.method in ("GET", "HEAD"):
        return
    if request.is_json:
        body = request.get_data(cache=True)
        yield from _inside("", request.get_json(silent=True)) if _ESCAPED.search(body) else ()
        return
    yield from request.form.items(multi=True)
    for name, file in request.files.items(multi=True):
        yield name, file.filename or ""


def _inside(place: str, value: Any) -> Iterator[tuple[str, str]]:
    """Every text of a JSON value with its place, ``owner.full_name``; names of members count as texts too."""
    if isinstance(value, str):
        yield place, value
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from _inside(f"{place}.{number}" if place else str(number), inner)
    elif isinstance(value, dict):
        for name, inner in value.items():
            shown = f"{place}.{text.clean(name)}" if place else text.clean(name)
            yield shown, name
            yield from _inside(shown, inner)
