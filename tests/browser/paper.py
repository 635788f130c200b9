"""Printed papers read back as a citizen's eye and telephone do: the text layer, and the code on the drawn page."""

import time

from playwright.sync_api import FloatRect, Page

from tests.printing import reading
from tests.printing.reading import text

__all__ = ["flat", "qr_code", "text"]

#: Where the browser's viewer draws the right half of the head of the first page, in a window 1280 wide.
_CORNER: FloatRect = {"x": 700, "y": 60, "width": 560, "height": 400}
_PATIENCE_SECONDS = 20.0


def flat(words: str) -> str:
    """Without white space: the columns of a table break words anywhere."""
    return "".join(words.split())


def qr_code(viewer: Page) -> str:
    """What a telephone reads from the paper that ``viewer`` shows, once it is drawn; empty where there is nothing to read."""
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        found = reading.codes(viewer.screenshot(clip=_CORNER)).get("QR Code", "")
        if found or time.monotonic() > end:
            return found
        time.sleep(0.2)
