"""What pages need around a procedure's form: its values, whom and which files it may name, the version it was drawn from."""

import uuid
from collections.abc import Mapping
from typing import Any

from flask import request

from engine.cases import attachments
from engine.cases.models import Case
from engine.people import directory
from engine.procedures.forms import Form
from web import fields


def version() -> int | None:
    """The version the form was drawn from; None where it does not say."""
    sent = request.form.get("version", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 10 else None


def identifier(text: str | None) -> uuid.UUID | None:
    """The id chosen in a list; None for nothing, or for what is no id."""
    try:
        return uuid.UUID(text or "")
    except ValueError:
        return None


def shown(form: Form, answers: Mapping[str, Any], case: Case) -> dict[str, Any]:
    """What a template needs to draw ``form``: ``values``, ``labels``, ``people`` by question, ``files`` of the case."""
    return {
        "values": fields.shown_values(form, answers),
        "labels": fields.labels(form),
        "people": people(form, case),
        "files": [(str(found.id), found.file_name) for found in attachments.of(case)],
    }


def people(form: Form, case: Case) -> dict[str, list[tuple[str, str]]]:
    """Whom each question of ``form`` about a person may name: ``(id, name)``."""
    return {question.name: _people(case, question.role) for question in form.fields if question.type in ("person", "people")}


def _people(case: Case, role: str | None) -> list[tuple[str, str]]:
    if role is None:
        return [(str(person.id), person.full_name) for person in directory.staff(case.agency_id) if person.is_active]
    return [(str(person.id), person.full_name) for person in directory.holders(case.agency_id, role, case.division_id)]
