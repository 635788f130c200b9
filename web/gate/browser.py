"""The browser that tests and screenshots drive: the system's Chromium, never one downloaded by a test tool."""

import os
import shutil

from web.installing import apt_install

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """The path of a Chromium on this machine."""
    return next((path for path in map(shutil.which, _NAMES) if path), None)


def ensure() -> str:
    """What is missing, after trying to install it as root; nothing when a Chromium is there."""
    if find():
        return ""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and apt_install("chromium") and find():
        return ""
    return "Không có Chromium: chạy `sudo apt-get install chromium`. / No Chromium: run `sudo apt-get install chromium`."
