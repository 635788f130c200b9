"""Where words leave us and where we reach out: few places, each known (R48, R52)."""

import ast
import re

import pytest

from tests.house import source
from web.refusing import ROOT

#: Ways around the escaping of pages.
_RAW = re.compile(r"\|\s*safe\b|\bMarkup\(|autoescape\s+false|render_template_string|from_string\(")
#: Ways to make a page out of words in a script; the two known places take a piece of page our own server rendered.
_RAW_SCRIPT = re.compile(r"\b(?:innerHTML|outerHTML|insertAdjacentHTML)\b|document\.write|\beval\(|new Function")
RAW_SCRIPTS = {"web/static/js/deadline-preview.js", "web/static/js/intake.js"}
#: Module → who may import it, and why the product reaches out there.
OUTWARD = {
    "smtplib": {"engine/outbox/mail.py"},  # the mail server of the settings
    "http.client": {"engine/outbox/calling.py"},  # webhooks: the one client for outgoing HTTP
    "socket": {
        "engine/files/scanner.py",  # clamd
        "engine/outbox/addresses.py",  # webhooks: a name is asked for once
        "engine/outbox/calling.py",  # and its answer called
        "engine/schedule/worker.py",  # own name
        "web/refusing.py",  # is the port free
    },
}
NEVER = {
    "requests",
    "httpx",
    "aiohttp",
    "urllib3",
    "urllib.request",
    "ftplib",
    "telnetlib",
    "pickle",
    "marshal",
    "shelve",
}


def test_no_page_goes_around_the_escaping() -> None:
    own = [path for path in source.files("web", "engine") if path.suffix in (".py", ".html") and "vendor" not in path.parts]
    raw = [source.name(path) for path in own if _RAW.search(path.read_text(encoding="utf-8"))]

    assert raw == []


def test_every_template_has_the_ending_that_is_escaped() -> None:
    assert [source.name(path) for path in source.files("web/templates") if path.suffix != ".html"] == []


def test_scripts_make_pages_in_known_places_only() -> None:
    raw = {source.name(path) for path in source.files("web/static/js") if _RAW_SCRIPT.search(path.read_text(encoding="utf-8"))}

    assert raw == RAW_SCRIPTS


def test_the_product_reaches_out_in_known_places_only() -> None:
    reaching = {f"{source.name(path)} {name}" for path in source.modules("engine", "web") for name in _imports(source.tree(path))}
    known = {f"{place} {name}" for name, places in OUTWARD.items() for place in places}

    assert {found for found in reaching if found.split()[1] in {*NEVER, *OUTWARD}} - known == set()


@pytest.mark.parametrize("text", ["{{ name|safe }}", "{% autoescape false %}", "Markup(name)", "{{ name | safe }}"])
def test_a_way_around_the_escaping_is_found(text: str) -> None:
    assert _RAW.search(text) is not None


def test_an_import_is_found_however_it_is_written() -> None:
    module = ast.parse("import urllib.request\nfrom http import client\nfrom requests import get\n")

    assert _imports(module) >= {"urllib.request", "http.client", "requests"}


def test_the_places_are_there() -> None:
    assert [place for places in [*OUTWARD.values(), RAW_SCRIPTS] for place in places if not (ROOT / place).is_file()] == []


def _imports(module: ast.Module) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found
