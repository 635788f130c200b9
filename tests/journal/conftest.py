"""Agencies to keep a journal for."""

from collections.abc import Callable
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine

from engine.people import agencies
from engine.transaction import transaction


@pytest.fixture
def make_agency(db: Engine) -> Callable[[str], UUID]:
    """Create a commune with this code in its own transaction; its chain already holds ``agency.created``."""

    def make(code: str) -> UUID:
        with transaction():
            return agencies.create(code, f"UBND {code}", "commune").id

    return make
