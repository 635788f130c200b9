"""Every text of the screens has its English, and the compiled catalogue is the one that stands in the source."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po

from tests.web.conftest import Browser

WEB = Path(__file__).resolve().parents[2] / "web"
ENGLISH = WEB / "translations" / "en" / "LC_MESSAGES"
_METHODS = [("**/templates/**.html", "jinja2"), ("**.py", "python")]
_OPTIONS = {"**/templates/**.html": {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true"}}
_KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2), "_l": None, "lazy_gettext": None}


def source_texts() -> Iterator[tuple[str, str]]:
    """(where, text) of everything marked for translation."""
    for name, _line, message, _comments, _context in extract_from_dir(WEB, _METHODS, _OPTIONS, _KEYWORDS):
        yield name, message if isinstance(message, str) else message[0]


def catalogue() -> Catalog:
    return read_po(io.BytesIO((ENGLISH / "messages.po").read_bytes()), locale="en")


def key_of(message_id: str | tuple[str, ...] | list[str]) -> str:
    return message_id if isinstance(message_id, str) else message_id[0]


def english(of: Catalog) -> dict[str, list[str]]:
    return {key_of(m.id): [m.string] if isinstance(m.string, str) else list(m.string or ()) for m in of if m.id}


def test_every_text_has_its_english() -> None:
    known = {key_of(m.id) for m in catalogue() if m.id and (all(m.string) if isinstance(m.string, tuple) else m.string)}
    missing = sorted({f"{where}: {text}" for where, text in source_texts() if text not in known})
    assert missing == []


def test_the_catalogue_holds_no_text_that_is_gone() -> None:
    used = {text for _where, text in source_texts()}
    assert [key_of(m.id) for m in catalogue() if m.id and key_of(m.id) not in used] == []


def test_the_compiled_catalogue_is_its_source() -> None:
    compiled = read_mo(io.BytesIO((ENGLISH / "messages.mo").read_bytes()))
    assert english(compiled) == english(catalogue())


def test_values_named_in_a_text_are_named_in_its_english() -> None:
    wrong = [m.id for m in catalogue() if m.id and m.check()]
    assert wrong == []


def test_the_language_is_switched_and_remembered(browse: Callable[..., Browser]) -> None:
    browser = browse("clerk")
    assert "Tài khoản của tôi" in browser.get("/account").text
    assert browser.post("/account/language", {"language": "en", "next": "/account"}).location == "/account"
    assert '<html lang="en">' in browser.get("/account").text
    assert "My account" in browser.page
    assert "My account" in browse("clerk").get("/account").text
