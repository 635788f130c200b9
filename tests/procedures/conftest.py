"""The dossier folder as files that a test may change, and the capabilities of the product."""

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from engine import assembly
from engine.cases import capabilities
from engine.cases.capabilities import Capability
from engine.procedures import folder
from engine.procedures.folder import Folder

DOSSIER = Path(__file__).parents[2] / "processes" / "dossier"
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture(scope="session")
def known() -> Mapping[str, Capability]:
    """What models may call."""
    assembly.assemble()
    return capabilities.facts()


@pytest.fixture(scope="session")
def dossier() -> Folder:
    """The dossier procedure as it stands."""
    return folder.read(DOSSIER)


@pytest.fixture
def changed(dossier: Folder) -> Callable[[str, str, str], Folder]:
    """The dossier folder with one text replaced in one file."""

    def change(path: str, old: str, new: str) -> Folder:
        content = dossier.files[path].decode()
        assert old in content, f"{path} does not contain {old}"
        return folder.of({**dossier.files, path: content.replace(old, new).encode()}.items())

    return change
