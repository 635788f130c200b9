"""The report II.06a as a file: the same lines for pages and API."""

from flask import Response

from engine.reports.settlement import COLUMNS, Line, Settlement
from web import downloads


def file(report: Settlement, kind: str) -> Response:
    """The table as ``csv`` or ``xlsx``, named after its period."""
    name = f"II.06a-{report.period.first.isoformat()}-{report.period.last.isoformat()}.{kind}"
    return downloads.table("II.06a", headings(), rows(report), name)


def headings() -> list[str]:
    """What stands above the columns."""
    return ["(1) TT", "(2) Lĩnh vực", *COLUMNS.values()]


def rows(report: Settlement) -> list[list[str | int]]:
    """A line for each field, then their sum."""
    return [*(_row(number, line.field, line) for number, line in enumerate(report.lines, 1)), _row("", "Tổng số", report.total)]


def _row(number: str | int, name: str, line: Line) -> list[str | int]:
    return [number, name, *(getattr(line, key) for key in COLUMNS)]
