"""The office of the case tests, for the worker that keeps its time."""

from tests.cases.conftest import office

__all__ = ["office"]
