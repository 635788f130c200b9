"""The child process that fills Word templates. Started by ``press`` as the one that sets type is; never inside the application.

A template is a file somebody uploaded, and the library that reads it was not made for that: here it can neither outlive its time
nor fill the memory, and sees no secret. What its tags may say is decided by ``docx_language`` before anything is filled.

Frames as in ``compositor``: a request is ``{template, data, shape, pictures}`` (template and pictures in base64), the answer
``{pages: 1}`` and the filled document, or ``{refused, detail}``.
"""

import base64
import io
import json
import os
import sys
import zipfile
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

from docx.opc.exceptions import OpcError  # the line above makes the imports below possible in isolated mode
from docx.shared import Mm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import Template
from jinja2.exceptions import TemplateError
from lxml import etree

from engine.printing import docx_language
from engine.printing.compositor import limit_memory, read_frame, write_frame

_BROKEN = (OpcError, zipfile.BadZipFile, etree.LxmlError, KeyError, ValueError, AttributeError, RecursionError)


class BoundedTemplate(Template):
    """A template that stops when it has written too much."""

    def render(self, *args: Any, **kwargs: Any) -> str:
        """The whole text, piece by piece."""
        pieces, written = [], 0
        for piece in self.generate(*args, **kwargs):
            written += len(piece)
            if written > docx_language.MOST_OUTPUT:
                raise docx_language.Refused("Mẫu điền ra quá dài.")
            pieces.append(piece)
        return "".join(pieces)


class CheckedTemplate(DocxTemplate):  # type: ignore[misc]  # the library carries no types
    """A Word template every part of which is checked before it is filled."""

    def __init__(self, template: bytes, shape: dict[str, Any]) -> None:
        super().__init__(io.BytesIO(template))
        self.shape = shape

    def render_xml_part(self, src_xml: str, part: Any, context: dict[str, Any], jinja_env: Any = None) -> str:
        """Check what stands in one part of the file, then fill it."""
        docx_language.check(src_xml, self.shape)
        return str(super().render_xml_part(src_xml, part, context, jinja_env))

    def render_properties(self, context: dict[str, Any], jinja_env: Any = None) -> None:
        """The facts about the file (title, author …) are no place for fields: they stay as they are."""


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    limit_memory()
    while (request := read_frame(sys.stdin.buffer)) is not None:
        try:
            filled = fill(json.loads(request))
        except docx_language.Refused as refusal:
            write_frame(answers, json.dumps({"refused": "template", "detail": str(refusal)}).encode())
        except (TemplateError, *_BROKEN) as error:
            said = f"Không đọc được mẫu Word: {error or type(error).__name__}"
            write_frame(answers, json.dumps({"refused": "template", "detail": said}).encode())
        else:
            write_frame(answers, json.dumps({"pages": 1}).encode())
            write_frame(answers, filled)
        answers.flush()


def fill(request: dict[str, Any]) -> bytes:
    """The template with its fields replaced by what the data says."""
    template = CheckedTemplate(base64.b64decode(request["template"]), request["shape"])
    environment = docx_language.environment()
    environment.template_class = BoundedTemplate
    template.init_docx()
    pictures = {
        name: InlineImage(template, io.BytesIO(base64.b64decode(picture["png"])), width=Mm(picture["width"]))
        for name, picture in request["pictures"].items()
    }
    template.render({**request["data"], **pictures}, environment, autoescape=True)
    content = io.BytesIO()
    template.save(content)
    return content.getvalue()


if __name__ == "__main__":
    main()
