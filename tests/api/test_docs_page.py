"""The page that shows the API: everything from this server, nothing the content policy forbids."""

import hashlib
import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from tests.api.conftest import Office
from tests.chromium import open_screen, window
from web.navigation import STATIC


@pytest.fixture
def address(office: Office) -> Iterator[str]:
    """The office's application, listening."""
    server = make_server("127.0.0.1", 0, office.app, threaded=True)
    listening = threading.Thread(target=server.serve_forever, daemon=True)
    listening.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    listening.join()


def test_page_takes_nothing_from_elsewhere(office: Office) -> None:
    page = office.app.test_client().get("/api/docs")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]


def test_viewer_is_the_one_whose_checksum_is_kept() -> None:
    vendor = STATIC / "vendor"
    lines = (vendor / "SHA256SUMS").read_text(encoding="ascii").splitlines()
    kept = {name: checksum for checksum, name in (line.split("  ") for line in lines)}
    for name in ("swagger-ui-bundle.js", "swagger-ui.css"):
        assert kept[name] == hashlib.sha256((vendor / name).read_bytes()).hexdigest()
    assert (vendor / "licences" / "swagger-ui-dist.txt").read_text(encoding="utf-8").lstrip().startswith("Apache License")


@pytest.mark.browser
def test_page_lists_the_operations_without_a_complaint_of_the_browser(address: str, chromium: Browser) -> None:
    context = window(chromium, 1280)
    screen = open_screen(context)
    screen.page.goto(f"{address}/api/docs")
    screen.page.wait_for_selector(".opblock")
    shown = screen.page.locator(".opblock-summary-path").count()
    complaints = screen.complaints
    context.close()
    assert complaints == []
    assert shown > 40
