"""A form: one sheet of questions that becomes the page, the API schema and the check of what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import marshmallow

from engine.errors import AnswersRejected
from engine.procedures import answers as readings
from engine.procedures import json_schema
from engine.procedures.fields import Field
from engine.procedures.typed_text import Refused

_MISSING = "Bắt buộc: hãy trả lời mục này."
_UNKNOWN = "Biểu mẫu không có mục này: hãy bỏ đi."


@dataclass(frozen=True)
class Section:
    """Questions that stand together under a title (empty: no title)."""

    title: str
    help: str
    fields: tuple[Field, ...]


class _Answer(marshmallow.fields.Field[Any]):
    """One question inside the marshmallow schema."""

    def __init__(self, question: Field) -> None:
        super().__init__(required=False, allow_none=True)
        self.question = question

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        try:
            return readings.read(self.question, value)
        except Refused as refusal:
            raise marshmallow.ValidationError(str(refusal)) from refusal


@dataclass(frozen=True)
class Form:
    """``name`` is its file; ``help`` says why the step exists and what to look at."""

    name: str
    title: str
    help: str
    sections: tuple[Section, ...]

    @cached_property
    def fields(self) -> tuple[Field, ...]:
        """All questions in their order."""
        return tuple(field for section in self.sections for field in section.fields)

    @cached_property
    def _schema(self) -> marshmallow.Schema:
        schema = marshmallow.Schema.from_dict({field.name: _Answer(field) for field in self.fields}, name="Answers")
        return schema(unknown=marshmallow.RAISE)

    def field(self, name: str) -> Field | None:
        """The question of that name, if the form has it."""
        return next((field for field in self.fields if field.name == name), None)

    def accept(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """The answers as they are kept: plain JSON values, only of visible questions, only what was answered.

        Takes strings of an HTML form (also a Werkzeug ``MultiDict``) and JSON values alike; an unticked box is false, and a
        question that was not even mentioned is answered by its default.
        ``AnswersRejected`` names every field with its reasons; unknown fields are refused too.
        """
        accepted, refusals = self._read(answers)
        kept: dict[str, Any] = {}
        errors = {name: reasons for name, reasons in refusals.items() if self.field(name) is None}
        for field in self.fields:
            if not field.is_visible(kept):
                continue
            if field.name in refusals:
                errors[field.name] = refusals[field.name]
            elif field.name in accepted:
                kept[field.name] = accepted[field.name]
        for field in self.fields:
            is_missing = field.name not in errors and kept.get(field.name) in (None, [], False)
            if is_missing and field.is_visible(kept) and field.must_be_answered(kept):
                errors[field.name] = [_MISSING]
        if errors:
            raise AnswersRejected(errors)
        return kept

    def visible(self, answers: Mapping[str, Any]) -> tuple[Field, ...]:
        """The questions to ask given what has been answered so far, right or wrong."""
        accepted, _refusals = self._read(answers)
        kept: dict[str, Any] = {}
        shown = []
        for field in self.fields:
            if field.is_visible(kept):
                shown.append(field)
                kept.update({field.name: accepted[field.name]} if field.name in accepted else {})
        return tuple(shown)

    def routing(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """From accepted answers, what the flow's conditions may read: every ``routes`` field, null where not answered."""
        return {field.name: answers.get(field.name) for field in self.fields if field.routes}

    def assignments(self, answers: Mapping[str, Any]) -> dict[str, str]:
        """From accepted answers, step (BPMN id) → id of the person it was given to."""
        given = {field.assigns: answers.get(field.name) for field in self.fields if field.assigns}
        return {element: person for element, person in given.items() if element and person}

    def initial(self) -> dict[str, Any]:
        """What a page offers at first: the defaults."""
        return {field.name: field.default for field in self.fields if field.default is not None}

    def json_schema(self) -> dict[str, Any]:
        """JSON Schema 2020-12 of the answers."""
        return json_schema.schema_of(self.title, self.help, self.fields)

    def _read(self, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """Accepted answers and refusals by field, before conditions are looked at."""
        sent, refusals = self._sent(answers)
        try:
            accepted = self._schema.load(sent)
        except marshmallow.ValidationError as error:
            accepted = error.valid_data if isinstance(error.valid_data, dict) else {}
            refusals.update({name: list(reasons) for name, reasons in error.messages_dict.items()})
        unsaid = {field.name: field.default for field in self.fields if field.default is not None and field.name not in answers}
        booleans = {field.name: False for field in self.fields if field.type == "boolean"}
        return {**booleans, **unsaid, **accepted}, refusals

    def _sent(self, answers: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
        """What was really answered (blanks left out), and the names the form does not have."""
        sent: dict[str, Any] = {}
        refusals: dict[str, list[str]] = {}
        for name in answers:
            field = self.field(name)
            if field is None:
                refusals[str(name)[:100]] = [_UNKNOWN]
                continue
            value = answers[name]
            if field.is_list and hasattr(answers, "getlist"):
                value = [part for part in answers.getlist(name) if not readings.is_blank(part)]
            if not readings.is_blank(value):
                sent[name] = value
        return sent, refusals
