"""Puts the API into the application: its resources, its document and the page that shows it."""

from importlib import import_module

from flask import Flask

from web import guard
from web.api import docs
from web.api.blueprint import KEY_PARAMETER, PREFIX, Interface

#: The modules of ``web.api``, each with its blueprint ``bp``: adding a noun is adding a line.
NOUNS = (
    "dossiers",
    "steps",
    "slips",
    "cases",
    "signals",
    "operator",
    "incidents",
    "timers",
    "workers",
    "files",
    "procedures",
    "procedure_drafts",
    "draft_approvals",
    "public_services",
    "registers",
    "reports",
    "deadlines",
    "people",
    "delegations",
    "notices",
    "outbox",
    "webhooks",
    "journal",
    "exports",
    "permissions",
)
VERSION = "1.0.0"
OPENAPI_VERSION = "3.1.0"
_KEY = {
    "name": "Idempotency-Key",
    "description": "Gửi lại cùng khóa và cùng nội dung thì nhận đúng câu trả lời cũ, không làm lần thứ hai; giữ ít nhất 72 giờ.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_OPTIONS = {
    "info": {"description": "Giao diện lập trình của quytrinh. Lỗi theo RFC 9457; danh sách đi theo `cursor`."},
    "security": [{"bearer": []}],
}


def install(app: Flask) -> None:
    """Register every noun and serve ``openapi.json``, open to all: it tells nothing of anybody."""
    app.config.update(
        API_TITLE="quytrinh",
        API_VERSION=VERSION,
        OPENAPI_VERSION=OPENAPI_VERSION,
        OPENAPI_URL_PREFIX=PREFIX,
        API_SPEC_OPTIONS=_OPTIONS,
    )
    api = Interface(app)
    api.spec.components.security_scheme("bearer", {"type": "http", "scheme": "bearer"})
    api.spec.components.parameter(KEY_PARAMETER, "header", _KEY)
    for noun in NOUNS:
        api.register_blueprint(import_module(f"web.api.{noun}").bp)
    app.register_blueprint(docs.bp)
    guard.declare(app, "api-docs.openapi_json", guard.PUBLIC)
