"""Puts the application together: settings, database, guard, pages, API."""

from importlib import import_module

from flask import Flask
from whitenoise import WhiteNoise

from engine import assembly
from engine import settings as engine_settings
from engine.settings import Settings
from web import (
    beyond,
    control_characters,
    database,
    due_marks,
    fields,
    formats,
    guard,
    health,
    i18n,
    logs,
    metrics,
    navigation,
    once,
    operator_words,
    places,
    problems,
    role_names,
    security,
    sessions,
    typed,
    words,
)
from web.api import mount

#: The modules of ``web.pages``, each with its blueprint ``bp``: adding a page is adding a line.
PAGES = (
    "front",
    "sign_in",
    "account",
    "drafts",
    "inbox",
    "intake",
    "dossiers",
    "search",
    "reports",
    "steps",
    "cases",
    "slips",
    "files",
    "notices",
    "delegations",
    "status",
    "admin_people",
    "admin_positions",
    "admin_calendar",
    "admin_calendar_days",
    "admin_calendar_change",
    "admin_services",
    "admin_service_edit",
    "admin_forms",
    "admin_procedures",
    "procedure_drafts",
    "draft_submit",
    "procedure_import",
    "draft_diff",
    "procedure_migration",
    "procedure_state",
    "procedure_print",
    "draft_model",
    "draft_forms",
    "draft_rules",
    "draft_slips",
    "draft_word_slips",
    "draft_play",
    "draft_scenarios",
    "draft_proof",
    "admin_journal",
    "admin_outbox",
    "admin_webhooks",
    "operator_desk",
    "operator_incidents",
    "operator_timers",
    "operator_case",
    "operator_values",
    "account_tokens",
)
STATIC_SECONDS = 24 * 3600


def create_app(settings: Settings | None = None) -> Flask:
    """The whole web application for one database. ``settings`` default to those of the environment."""
    settings = settings or engine_settings.load()
    logs.configure(settings)
    app = Flask("web", static_folder=str(navigation.STATIC))
    app.config.update(SECRET_KEY=settings.secret_key, SETTINGS=settings, TEMPLATES_AUTO_RELOAD=False)
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # the default provider has it
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    database.bind(app, settings.database_url)
    assembly.assemble()
    parts = (logs, metrics, typed, once, fields, formats, due_marks, navigation, places, role_names, words, operator_words, i18n)
    for part in parts:
        part.install(app)
    sessions.install(app, settings)
    security.install(app, settings)
    beyond.install(app)
    guard.install(app)
    control_characters.install(app)
    _register(app)
    problems.install(app)
    _wrap(app, settings)
    return app


def _register(app: Flask) -> None:
    app.register_blueprint(health.bp)
    for name in PAGES:
        app.register_blueprint(import_module(f"web.pages.{name}").bp)
    mount.install(app)


def _wrap(app: Flask, settings: Settings) -> None:
    """Static files are answered before Flask; the proxy's headers are read before everything."""
    files = WhiteNoise(
        app.wsgi_app, root=navigation.STATIC, prefix="static/", max_age=STATIC_SECONDS, add_headers_function=_add_file_headers
    )
    app.wsgi_app = security.behind_proxy(files, settings)  # type: ignore[method-assign]  # Flask's own advice


def _add_file_headers(headers: dict[str, str], path: str, url: str) -> None:
    for name, value in security.HEADERS.items():
        headers[name] = value
