"""The committed bill of materials says what the locks say (R56)."""

import json

from packaging.utils import canonicalize_name

from web.gate import bill, locks
from web.installing import RUNTIME_LOCK


def test_the_committed_bill_fits_the_locks() -> None:
    assert bill.BILL.read_text(encoding="utf-8") == bill.content(), "run `python -m web.gate.bill`"


def test_every_library_that_runs_is_on_the_bill_once() -> None:
    known = [part["purl"] for part in json.loads(bill.content())["components"] if part.get("purl", "").startswith("pkg:pypi/")]
    locked = [f"pkg:pypi/{pin.name}@{str(pin.specifier).removeprefix('==')}" for pin in locks.pins(RUNTIME_LOCK)]
    assert (sorted(known), len({canonicalize_name(address) for address in known})) == (sorted(locked), len(known))


def test_what_builds_the_scripts_is_not_on_the_bill() -> None:
    names = {part["name"] for part in json.loads(bill.content())["components"]}
    assert ("bpmn-js" in names, "esbuild" in names, "engine/printing/fonts/Tinos_400Regular.ttf" in names) == (True, False, True)
