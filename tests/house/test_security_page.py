"""``docs/security.md`` names every requirement, and only files and tests that exist."""

import re

from tests.house import source
from web.refusing import ROOT

_PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
_PLACE = re.compile(r"`((?:engine|web|docs)/[\w/.-]+)`")


def test_every_requirement_has_a_row() -> None:
    assert sorted(set(re.findall(r"^\| (R\d+) \|", _PAGE, re.MULTILINE))) == [f"R{number}" for number in range(43, 57)]


def test_every_named_test_exists() -> None:
    named = set(_TEST.findall(_PAGE))
    known = {
        (source.name(path), name)
        for path in source.modules("tests")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }

    assert named - known == set()
    assert len(named) > 50


def test_every_named_file_exists() -> None:
    assert [place for place in sorted(set(_PLACE.findall(_PAGE))) if not (ROOT / place).exists()] == []
