"""The hashed locks: ``python -m web.gate.locks`` writes them anew with uv, the gate holds them against ``pyproject.toml``.

They carry markers for every supported Python and name no package index, so that they work behind any mirror.
"""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from web.installing import DEV_LOCK, RUNTIME_LOCK
from web.refusing import ROOT

_HEADER = "# Made by `python -m web.gate.locks` from pyproject.toml; not to be edited.\n"


def problems() -> str:
    """What is wrong with the locks or with ``.venv`` beside them; nothing when all is well."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    runtime = project["dependencies"]
    development = [*runtime, *project["optional-dependencies"]["dev"]]
    found = [*check(RUNTIME_LOCK, runtime), *check(DEV_LOCK, development), *_check_installed()]
    return "\n".join(found)


def check(lock: Path, wanted: list[str]) -> list[str]:
    """What is wrong with one lock that must hold the requirements ``wanted``, each an exact version."""
    text = lock.read_text(encoding="utf-8")
    locked = {canonicalize_name(pin.name): str(pin.specifier) for pin in pins(lock)}
    found = [
        f"{lock.name}: {line.strip()} names an index" for line in text.splitlines() if re.search(r"https?://|--\w*-?index", line)
    ]
    found += [f"{lock.name}: {block.split()[0]} has no hash" for block in _blocks(text) if "--hash=sha256:" not in block]
    for line in wanted:
        requirement = Requirement(line)
        if locked.get(canonicalize_name(requirement.name)) != str(requirement.specifier):
            found.append(f"{lock.name}: {line} is not locked: run `python -m web.gate.locks`")
    return found


def _check_installed() -> list[str]:
    found = []
    for pin in pins(DEV_LOCK):
        if pin.marker and not pin.marker.evaluate():
            continue
        try:
            version = metadata.version(pin.name)
        except metadata.PackageNotFoundError:
            version = "absent"
        if version not in pin.specifier:
            found.append(f".venv: {pin.name} is {version}, locked {pin.specifier}")
    return found


def _blocks(text: str) -> list[str]:
    """One text for each pinned package, with its hashes."""
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return re.split(r"\n(?=\S)", "\n".join(lines))


def pins(lock: Path) -> list[Requirement]:
    """Every package of a lock with its exact version."""
    return [Requirement(block.split("\\")[0]) for block in _blocks(lock.read_text(encoding="utf-8"))]


def write() -> None:
    """Resolve ``pyproject.toml`` for every supported Python and write both locks; wheels only."""
    _compile(RUNTIME_LOCK)
    _compile(DEV_LOCK, "--extra", "dev", "--constraint", str(RUNTIME_LOCK))


def _compile(lock: Path, *more: str) -> None:
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--only-binary", ":all:"]
    options += ["--no-emit-index-url", "--no-annotate", "--no-header", "--quiet"]
    command = [sys.executable, "-m", "uv", "pip", "compile", *options, *more, "pyproject.toml", "--output-file", str(lock)]
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    lock.write_text(_HEADER + lock.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    write()
