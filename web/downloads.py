"""Answers that are files: papers to print in the reader's viewer, tables and attachments to be saved, never opened here (R50)."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import quote

from flask import Response

from web import spreadsheets

#: A browser's own viewer draws the paper; nothing else may run or load.
_VIEWER = "default-src 'none'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
_SANDBOX = "default-src 'none'; sandbox"


def to_print(content: bytes, file_name: str) -> Response:
    """A PDF we made ourselves, shown for printing."""
    return _file(content, "application/pdf", f"inline; {_named(file_name)}", _VIEWER)


def to_save(content: bytes, media_type: str, file_name: str) -> Response:
    """What somebody uploaded: saved, never shown as a page of ours."""
    return _file(content, media_type, f"attachment; {_named(file_name)}", _SANDBOX)


def table(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], file_name: str) -> Response:
    """A table to be saved; its name ends in ``.csv`` or ``.xlsx``."""
    if file_name.endswith(".csv"):
        return to_save(spreadsheets.as_csv(headings, rows), spreadsheets.CSV, file_name)
    return to_save(spreadsheets.as_xlsx(title, headings, rows), spreadsheets.XLSX, file_name)


def _file(content: bytes, media_type: str, disposition: str, policy: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = disposition
    response.headers["Content-Security-Policy"] = policy
    return response


def _named(file_name: str) -> str:
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in file_name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
