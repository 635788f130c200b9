"""How a procedure's questions become inputs: what the field macros need to know beyond the question itself."""

from collections.abc import Mapping
from typing import Any

from flask import Flask
from werkzeug.datastructures import MultiDict

from engine.procedures.fields import Field
from engine.procedures.forms import Form

#: How a kind of question is typed most easily.
_SETTINGS: Mapping[str, dict[str, str]] = {
    "id_number": {"inputmode": "numeric", "maxlength": "20", "autocomplete": "off", "data-kind": "id_number"},
    "phone": {"inputmode": "tel", "maxlength": "20", "autocomplete": "off"},
    "email": {"maxlength": "254", "autocomplete": "off", "spellcheck": "false"},
}


def install(app: Flask) -> None:
    """Offer these to the field macros."""
    app.jinja_env.filters.update(input_settings=input_settings, choice_pairs=choice_pairs, choice_triples=choice_triples)


def input_settings(question: Field) -> dict[str, str]:
    """The attributes of a one-line input for this question."""
    return _SETTINGS.get(question.type) or {"maxlength": str(question.max_length or 255), "autocomplete": "off"}


def choice_pairs(question: Field) -> list[tuple[str, str]]:
    """(value, label) for a list to choose from."""
    return [(choice.value, choice.label) for choice in question.choices]


def choice_triples(question: Field) -> list[tuple[str, str, str]]:
    """(value, label, hint) for cards to choose from."""
    return [(choice.value, choice.label, choice.help) for choice in question.choices]


def shown_values(form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What each question shows: a draft, kept answers or a posted form (lists stay lists), else the form's defaults."""
    shown: dict[str, Any] = {}
    for question in form.fields:
        if question.name in answers:
            value = answers[question.name]
            is_posted = question.is_list and isinstance(answers, MultiDict)
            shown[question.name] = MultiDict(answers).getlist(question.name) if is_posted else value
        elif not answers and question.default is not None:
            shown[question.name] = question.default
    return shown


def labels(form: Form) -> dict[str, str]:
    """Name → label, for the error summary."""
    return {question.name: question.label for question in form.fields}
