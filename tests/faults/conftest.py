"""The whole office in a fresh database for each trial."""

import pytest


@pytest.fixture
def database_content() -> str:
    """Agencies, people, services and the dossier procedure."""
    return "office"
