"""Vietnamese is the language of the source texts; English is a catalogue people switch to."""

from flask import Flask, session
from flask_babel import Babel

from web import guard

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_KEY = "language"


def install(app: Flask) -> None:
    """Let every page speak the language its reader chose."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    Babel(app, locale_selector=chosen)


def chosen() -> str:
    """The language of this request: what was switched to in this session, else what the account says, else Vietnamese."""
    switched = session.get(_KEY)
    if switched in LANGUAGES:
        return str(switched)
    actor = guard.actor_or_none()
    return actor.language if actor is not None and actor.language in LANGUAGES else "vi"


def switch(language: str) -> None:
    """Use ``language`` for the rest of this browser's session; an unknown one changes nothing."""
    if language in LANGUAGES:
        session[_KEY] = language
