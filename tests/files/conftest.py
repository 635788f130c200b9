"""One agency and a folder for its files."""

from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine

from engine.people import agencies
from engine.transaction import transaction


@pytest.fixture(autouse=True)
def data_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's files lie."""
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def agency_id(db: Engine) -> UUID:
    """A commune."""
    with transaction():
        return agencies.create("H31.1", "UBND xã", "commune").id
