"""The time left until a due moment as every line of a list shows it: drawn once for each amount in a process."""

from functools import lru_cache

from flask import Flask, current_app
from markupsafe import Markup

from web import formats, i18n

_MOST_KEPT = 4_096


def install(app: Flask) -> None:
    """Offer ``left_badge`` to templates."""
    app.jinja_env.globals["left_badge"] = left_badge


def left_badge(minutes: int, term: int | None = None) -> Markup:
    """Working minutes left in words and colour (``formats.time_left``, ``formats.due_level``), negative when overdue."""
    return _badge(i18n.catalogue(), minutes, formats.due_level(minutes, term))


@lru_cache(maxsize=_MOST_KEPT)
def _badge(_words: i18n.Catalogue, minutes: int, level: str) -> Markup:
    macros = current_app.jinja_env.get_template("macros/status.html").module
    drawn: Markup = macros.badge(formats.time_left(minutes), level, "warning" if minutes < 0 else "clock")  # type: ignore[attr-defined]
    return drawn
