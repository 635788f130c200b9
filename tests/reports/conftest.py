"""The one-stop shop of the demo ward, and dossiers of any history beside its own."""

from tests.dossiers.conftest import counter, database_content

__all__ = ["counter", "database_content"]
