"""The one file that a form sends."""

from flask import request

from engine.errors import AnswersRejected

LARGEST_FILE = 5_000_000


def sent(refusal: str) -> bytes:
    """The uploaded ``file``; where there is none, or it is larger than ``LARGEST_FILE``, ``refusal`` says so at its field."""
    upload = request.files.get("file")
    content = upload.read(LARGEST_FILE + 1) if upload else b""
    if not content or len(content) > LARGEST_FILE:
        raise AnswersRejected({"file": [refusal]})
    return content
