"""The office of the case tests, for the worker that keeps its time."""

from tests.cases.conftest import database_content, office

__all__ = ["database_content", "office"]
