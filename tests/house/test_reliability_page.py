"""``docs/reliability.md`` names only tests that exist, and leaves out no test of the faults."""

import re

from tests.house import source
from web.refusing import ROOT

_PAGE = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")


def test_every_fault_has_its_row() -> None:
    named = set(re.findall(r"`(tests/faults/\w+\.py::test_\w+)`", _PAGE))
    known = {
        f"{source.name(path)}::{name}"
        for path in source.modules("tests/faults")
        for name in re.findall(r"^def (test_\w+)", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    left_out = {f"tests/faults/{name}" for name in ("test_checker.py::test_lost_mail_is_found",)}
    long_forms = {"tests/faults/test_kills.py::test_a_hundred_kills_lose_nothing_and_do_nothing_twice"}

    assert named == known - left_out - long_forms
