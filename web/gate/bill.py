"""The bill of materials (R56): ``python -m web.gate.bill`` writes ``docs/sbom.cdx.json`` (CycloneDX 1.6) from the locks.

It names every library installed to run the product, every npm package the committed scripts and styles were built from, and
every committed file of others with its SHA-256. Nothing in it depends on the day or the machine, so a test holds it to the locks.
"""

import hashlib
import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from web.gate import locks
from web.installing import RUNTIME_LOCK
from web.refusing import ROOT

BILL = ROOT / "docs" / "sbom.cdx.json"
_NPM_LOCK = ROOT / "web" / "frontend" / "package-lock.json"
#: Folders of files made by others, each with its list of hashes.
_CARRIED = (ROOT / "engine" / "printing" / "fonts", ROOT / "web" / "static" / "vendor")
#: Builds the files and is not in them.
_TOOLS = ("esbuild", "@esbuild/")


def content() -> str:
    """The bill as it should stand in the repository."""
    components = [*_python(), *_npm(), *_files()]
    digest = hashlib.sha256(json.dumps(components).encode()).hexdigest()
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, digest)}",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "quytrinh", "bom-ref": "quytrinh"}},
        "components": components,
    }
    return json.dumps(bill, ensure_ascii=False, indent=1) + "\n"


def _python() -> Iterator[dict[str, Any]]:
    """What the lock installs; its hashes are those of every wheel one of which is installed."""
    for pin in locks.pins(RUNTIME_LOCK):
        version = str(pin.specifier).removeprefix("==")
        marker = [{"name": "quytrinh:marker", "value": str(pin.marker)}] if pin.marker else []
        yield _component("library", pin.name, version, f"pkg:pypi/{pin.name}@{version}", properties=marker)


def _npm() -> Iterator[dict[str, Any]]:
    packages: dict[str, dict[str, Any]] = json.loads(_NPM_LOCK.read_text(encoding="utf-8"))["packages"]
    for path, known in sorted(packages.items()):
        name = path.rpartition("node_modules/")[2]
        if name and not name.startswith(_TOOLS):
            address = f"pkg:npm/{name.replace('@', '%40')}@{known['version']}"
            licence = [{"name": "quytrinh:licence", "value": known["license"]}] if "license" in known else []
            yield _component("library", name, known["version"], address, properties=licence)


def _files() -> Iterator[dict[str, Any]]:
    for folder in _CARRIED:
        for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
            digest, _, name = line.partition("  ")
            path = (folder / name).relative_to(ROOT).as_posix()
            yield {"type": "file", "name": path, "bom-ref": path, "hashes": [{"alg": "SHA-256", "content": digest}]}


def _component(kind: str, name: str, version: str, address: str, *, properties: list[dict[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {"type": kind, "name": name, "version": version, "bom-ref": address, "purl": address}
    return found | ({"properties": properties} if properties else {})


def write(path: Path = BILL) -> None:
    """Write the bill anew."""
    path.write_text(content(), encoding="utf-8")


if __name__ == "__main__":
    write()
