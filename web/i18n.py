"""Vietnamese is the language of the source texts; English is a catalogue people switch to."""

from functools import cache
from pathlib import Path
from typing import Any

from babel.support import NullTranslations, Translations
from flask import Flask, g, has_app_context, session
from flask_babel import Babel, Domain

from web import guard

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
_KEY = "language"
_WORDS = "catalogue"
Catalogue = Translations | NullTranslations


class _Words(Domain):
    """The catalogues of this program, each read once in a process and looked up once in a request."""

    def get_translations(self) -> Catalogue:
        """The catalogue of the language this request speaks."""
        return catalogue()


class _Languages(Babel):
    """Flask-Babel with one domain for the process; its own would read the catalogue again in each request."""

    @property
    def domain_instance(self) -> Domain:
        """The domain of every request."""
        return _domain(self.domain)


def install(app: Flask) -> None:
    """Let every page speak the language its reader chose."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BABEL_TRANSLATION_DIRECTORIES="translations",
    )
    _Languages(app, locale_selector=chosen)
    app.jinja_env.install_gettext_callables(_translated, _counted, newstyle=True)  # type: ignore[attr-defined]  # jinja2.ext.i18n


def catalogue() -> Catalogue:
    """The words of the language this request speaks; those of the source texts outside a request."""
    known: Catalogue | None = g.get(_WORDS) if has_app_context() else _catalogue("vi")
    if known is None:
        known = _catalogue(chosen())
        setattr(g, _WORDS, known)
    return known


def chosen() -> str:
    """The language of this request: what was switched to in this session, else what the account says, else Vietnamese."""
    switched = session.get(_KEY)
    if switched in LANGUAGES:
        return str(switched)
    actor = guard.actor_or_none()
    return actor.language if actor is not None and actor.language in LANGUAGES else "vi"


def say(message: str, **values: Any) -> str:
    """A text in the language of this request, as ``flask_babel.gettext`` gives it, for what every line of a list asks."""
    text = catalogue().ugettext(message)
    return text % values if values else text


def switch(language: str) -> None:
    """Use ``language`` for the rest of this browser's session; an unknown one changes nothing."""
    if language in LANGUAGES:
        session[_KEY] = language
        g.pop(_WORDS, None)


@cache
def _domain(name: str) -> Domain:
    return _Words(domain=name)


@cache
def _catalogue(language: str) -> Catalogue:
    return Translations.load(str(FOLDER), [language])


def _translated(message: str) -> str:
    """For templates, which put the values in themselves."""
    return catalogue().ugettext(message)


def _counted(one: str, many: str, count: Any) -> str:
    return catalogue().ungettext(one, many, count)
