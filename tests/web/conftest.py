"""The whole web application over a fresh database with the demo province, and browsers that sign in."""

import html
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from engine.people import demo
from engine.settings import Settings
from engine.transaction import transaction
from tests.clocks import StoppedClock
from tests.web.office import Office
from web import first_contents
from web.app import create_app
from web.database import database

#: Run a test on both kinds of databases.
ON_BOTH = pytest.mark.parametrize(
    "database_url", ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)], indirect=True
)
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


class Browser:
    """A browser without a screen: keeps cookies, and sends the CSRF token of the page it saw last."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()
        self.page = ""
        self.path = ""

    def get(self, path: str, **settings: Any) -> TestResponse:
        """Open a page; redirects are not followed."""
        return self._see(path, self.client.get(path, **settings))

    def post(self, path: str, fields: dict[str, Any] | None = None, **settings: Any) -> TestResponse:
        """Send a form from the page seen last, as a browser does: token, Origin and Referer included."""
        token = _TOKEN.search(self.page)
        sent = ({"csrf_token": html.unescape(token[1])} if token else {}) | (fields or {})
        headers = {"Origin": "http://localhost", "Referer": f"http://localhost{self.path}"} | settings.pop("headers", {})
        return self._see(path, self.client.post(path, data=sent, headers=headers, **settings), is_form=True)

    def sign_in(self, login: str, password: str = demo.PASSWORD) -> TestResponse:
        """From the sign-in page to the front page."""
        self.get("/sign-in")
        return self.post("/sign-in", {"login": login, "password": password})

    def _see(self, path: str, response: TestResponse, is_form: bool = False) -> TestResponse:
        if response.mimetype == "text/html" and response.text and response.status_code != 303:
            self.page = response.text
            self.path = self.path if is_form else path
        return response


@pytest.fixture
def database_content() -> str:
    """The whole office."""
    return "office"


@pytest.fixture
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database: SQLite, unless the test asks for others (``@ON_BOTH``)."""
    url: str = request.getfixturevalue(f"{getattr(request, 'param', 'sqlite')}_url")
    return url


@pytest.fixture
def demo_settings(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings of a demo on a fresh database, in the environment too; password hashes are cheap."""
    monkeypatch.setenv("QUYTRINH_DATABASE_URL", database_url)
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    return Settings(database_url=database_url, data_dir=tmp_path / "data", is_testing=True)


@pytest.fixture
def app(demo_settings: Settings) -> Iterator[Flask]:
    """The application, with the demo province in its database."""
    made = create_app(demo_settings)
    with made.app_context(), transaction():
        demo.seed()
    yield made
    with made.app_context():
        database.session.remove()
        database.engine.dispose()


@pytest.fixture
def browse(app: Flask) -> Callable[..., Browser]:
    """Call it for a browser; with a login, for one that is signed in."""

    def start(login: str | None = None) -> Browser:
        browser = Browser(app)
        if login is not None:
            assert browser.sign_in(login).status_code == 303
        return browser

    return start


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """The application on a port of its own; its address. Add routes to ``app`` before the first request."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    serving = threading.Thread(target=server.serve_forever, daemon=True)
    serving.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    serving.join(10)


@pytest.fixture
def wednesday(stopped_clock: StoppedClock) -> StoppedClock:
    """Wednesday 18 November 2026, 08:00, before anything is written."""
    stopped_clock.freeze("2026-11-18T08:00")
    return stopped_clock


@pytest.fixture
def office(wednesday: StoppedClock, app: Flask) -> Office:
    """The demo ward at work, with its procedures and services."""
    with app.app_context():
        first_contents.enter()
    return Office(app)
