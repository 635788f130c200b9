"""Small procedures to be proved: a drawn process, one form whose choice ``answer`` leads on."""

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from engine.procedures import definition, folder
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from tests.bench.model import Process
from tests.cases import drawn

YES_NO = {"name": "answer", "type": "choice", "label": "Trả lời", "required": True, "routes": True, "choices": {"yes": "Có", "no": "Không"}}  # fmt: skip
YES, NO = 'answer == "yes"', 'answer == "no"'


def made(
    process: Process, *more: Process, fields: Sequence[Mapping[str, Any]] = (YES_NO,), extra: str = "", **sheet: Any
) -> Folder:
    """The folder of a drawn process; every step asks ``fields``."""
    files = drawn.files_of(process, *more, extra=extra, sheet=sheet)
    if "forms/form.yaml" in files:
        form = {"title": "Bước", "fields": [dict(field) for field in fields]}
        files["forms/form.yaml"] = yaml.safe_dump(form, allow_unicode=True).encode()
    return folder.of(files.items())


def defined(process: Process, *more: Process, **given: Any) -> Definition:
    """Its definition."""
    return definition.read(made(process, *more, **given))


def straight(*steps: str) -> Process:
    """A process that does these steps one after another."""
    process = Process().element("startEvent", "s").element("endEvent", "e", name="Xong")
    for step in steps:
        process.element("userTask", step, name=f"Làm {step}")
    return process.chain("s", *steps, "e")
