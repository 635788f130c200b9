"""Answers that are files: bytes with a name, opened by nobody but the reader's own programs (R50)."""

from typing import Any
from urllib.parse import quote

import orjson
from flask import Response

#: A body of bytes, as OpenAPI 3.1 says it.
BYTES: dict[str, Any] = {"type": "string", "format": "binary"}
#: Media types of a model and of a packed folder, and a body that is one of them.
XML, ZIP = "application/xml", "application/zip"
MODEL_OR_FOLDER = {"required": True, "content": {kind: {"schema": BYTES} for kind in (XML, ZIP)}}
SANDBOX = "default-src 'none'; sandbox"


def inline(content: bytes, media_type: str, file_name: str) -> Response:
    """Bytes shown in the reader's own viewer."""
    return _file(content, media_type, f"inline; {_named(file_name)}")


def attachment(content: bytes, media_type: str, file_name: str) -> Response:
    """Bytes to be saved."""
    return _file(content, media_type, f"attachment; {_named(file_name)}")


def as_json(content: Any) -> Response:
    """Data whose shape a procedure or a register decides, in the order it has."""
    return Response(orjson.dumps(content, default=str), mimetype="application/json")


def _file(content: bytes, media_type: str, disposition: str) -> Response:
    response = Response(content, content_type=media_type)
    response.headers["Content-Disposition"] = disposition
    response.headers["Content-Security-Policy"] = SANDBOX
    return response


def _named(file_name: str) -> str:
    plain = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-_.") else "_" for letter in file_name)
    return f"filename=\"{plain}\"; filename*=UTF-8''{quote(file_name)}"
