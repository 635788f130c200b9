"""A headless Chromium that asks no other host, and what every screen is held to: policy, accessibility, width."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from web.gate import browser as system_browser

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDTHS = (1280, 360)
#: Milliseconds until a page is given up: how long it takes is not what is tested, and the machine may have other work.
PATIENCE = 120_000


@contextmanager
def launch() -> Iterator[Browser]:
    """A browser without a screen."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_browser.find(), args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Screen:
    """One page of a browser window, and what its console complained about."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def faults(self) -> list[str]:
        """What is wrong with the page as it stands: script errors, policy violations, accessibility, too wide."""
        wide = self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        found = list(self.complaints) + ([f"{wide} px too wide"] if wide else [])
        for violation in Axe().run(self.page).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found.append(f"{violation['id']}: {violation['nodes'][0]['html'][:200]}")
        return found

    def _hear(self, message: ConsoleMessage) -> None:
        is_status = message.text.startswith("Failed to load resource: the server responded with a status of")
        if message.type == "error" and not is_status:
            self.complaints.append(message.text)


def open_screen(context: BrowserContext) -> Screen:
    """A new page whose complaints are kept."""
    screen = Screen(context.new_page())
    screen.page.on("console", screen._hear)
    screen.page.on("pageerror", lambda error: screen.complaints.append(str(error)))
    return screen


def window(browser: Browser, width: int, **settings: Any) -> BrowserContext:
    """A fresh window (no cookies) of that width; scripts that a page must not run are not run for the test either."""
    context = browser.new_context(
        viewport={"width": width, "height": 800}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **settings
    )
    context.set_default_timeout(PATIENCE)
    return context
