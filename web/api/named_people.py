"""Programs may name a person by account name where the engine takes an id."""

import uuid
from collections.abc import Mapping
from typing import Any

from engine.errors import AnswersRejected
from engine.people import directory
from engine.procedures.forms import Form

_NOBODY = "Không có ai mang mã hoặc tên đăng nhập này. Xem danh sách ở GET /people."


def person_id(name: str, field: str) -> uuid.UUID:
    """The id of the person known by ``name``, an id or an account name; ``AnswersRejected`` on ``field`` where there is none."""
    try:
        return uuid.UUID(name)
    except ValueError:
        person = directory.by_login(name)
    if person is None:
        raise AnswersRejected({field: [_NOBODY]})
    return person.id


def with_ids(form: Form | None, answers: Mapping[str, Any]) -> dict[str, Any]:
    """``answers`` with ids in place of account names wherever the form asks for a person, or for several."""
    asked = {field.name for field in form.fields if field.type in ("person", "people")} if form else set()
    return {name: _with_ids(name, value) if name in asked else value for name, value in answers.items()}


def _with_ids(name: str, value: Any) -> Any:
    if isinstance(value, list):
        return [_with_ids(name, one) for one in value]
    return str(person_id(value, name)) if isinstance(value, str) and value.strip() else value
