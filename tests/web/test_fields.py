"""Every kind of question becomes an input that the form accepts again."""

from typing import Any

import pytest
from flask import Flask, render_template_string
from lxml import html
from werkzeug.datastructures import MultiDict

from engine.procedures.fields import TYPES, Choice, Field
from engine.procedures.forms import Form, Section
from web import fields

PERSON, FILE = "0199aaaa-0000-7000-8000-000000000001", "0199aaaa-0000-7000-8000-000000000002"
#: Kind → kept answer, and what its input sends.
ANSWERS: dict[str, tuple[Any, Any]] = {
    "text": ('Nguyễn "Ánh" <b>', 'Nguyễn "Ánh" <b>'),
    "textarea": ("dòng một\ndòng hai", "dòng một\ndòng hai"),
    "number": (12, "12"),
    "money": (150000, "150.000"),
    "date": ("2026-12-31", "31/12/2026"),
    "datetime": ("2026-12-31T08:30:00+07:00", "31/12/2026 08:30"),
    "choice": ("b", "b"),
    "choices": (["a", "b"], ["a", "b"]),
    "boolean": (True, "on"),
    "person": (PERSON, PERSON),
    "people": ([PERSON], [PERSON]),
    "file": ([FILE], [FILE]),
    "id_number": ("001099012345", "001099012345"),
    "phone": ("0912345678", "0912345678"),
    "email": ("anh@example.vn", "anh@example.vn"),
}
_PAGE = """{% from "macros/forms.html" import field, error_summary %}
<div>{{ error_summary(errors, {"q": "Câu hỏi"}) }}
<form>{{ field(question, value, errors, people=[(person, "Bình")], files=[(file, "don.pdf")]) }}</form></div>"""


def question(kind: str, **more: Any) -> Field:
    choices = (Choice("a", "Một", "giải thích"), Choice("b", "Hai")) if kind in ("choice", "choices") else ()
    return Field("q", kind, "Câu hỏi", help="Vì sao hỏi", choices=choices, **more)


def drawn(app: Flask, asked: Field, value: Any = None, errors: dict[str, list[str]] | None = None, path: str = "/") -> Any:
    with app.test_request_context(path):
        page = render_template_string(_PAGE, question=asked, value=value, errors=errors or {}, person=PERSON, file=FILE)
        return html.fromstring(page)


def sent(page: Any) -> Any:
    """What a browser would send for the question."""
    return [value.strip("\n") for _name, value in page.xpath(".//form")[0].form_values()]


def test_every_kind_of_question_is_tried() -> None:
    assert sorted(ANSWERS) == sorted(TYPES)


@pytest.mark.parametrize("kind", TYPES)
def test_a_kept_answer_stands_in_its_input_and_is_accepted_again(app: Flask, kind: str) -> None:
    kept, as_sent = ANSWERS[kind]
    values = sent(drawn(app, question(kind), kept))
    assert values == (as_sent if isinstance(as_sent, list) else [as_sent])
    form = Form("f", "Biểu mẫu", "", (Section("", "", (question(kind),)),))
    assert form.accept(MultiDict([("q", value) for value in values])) == {"q": kept}


@pytest.mark.parametrize("kind", TYPES)
def test_a_wrong_answer_is_said_at_the_top_and_beside_its_input(app: Flask, kind: str) -> None:
    page = drawn(app, question(kind), None, {"q": ["Hãy sửa."]})
    assert [(a.get("href"), a.text) for a in page.xpath('.//div[@role="alert"]//a')] == [("#f-q", "Câu hỏi: Hãy sửa.")]
    assert page.xpath('.//*[@id="e-q"]/text()') == ["Hãy sửa."]
    (place,) = page.xpath('.//*[@id="f-q"]')
    assert "e-q" in place.get("aria-describedby", "")


@pytest.mark.parametrize("kind", sorted(set(TYPES) - {"boolean"}))
def test_every_question_has_its_label_and_help(app: Flask, kind: str) -> None:
    page = drawn(app, question(kind))
    label = page.xpath('.//label[@for="f-q"] | .//fieldset[@id="f-q"]/legend')[0]
    assert " ".join(label.text_content().split()) == "Câu hỏi (không bắt buộc)"
    assert page.xpath('.//*[@id="h-q"]/text()') == ["Vì sao hỏi"]


def test_a_default_is_offered_at_first(app: Flask) -> None:
    assert sent(drawn(app, question("choice", default="b"))) == ["b"]


def test_a_posted_form_shows_its_lists_again() -> None:
    form = Form("f", "", "", (Section("", "", (question("choices"), Field("n", "text", "Ghi chú", default="x"))),))
    assert fields.shown_values(form, MultiDict([("q", "a"), ("q", "b")])) == {"q": ["a", "b"]}
    assert fields.shown_values(form, {}) == {"n": "x"}


def test_labels_are_named_for_the_error_summary() -> None:
    assert fields.labels(Form("f", "", "", (Section("", "", (question("text"),)),))) == {"q": "Câu hỏi"}
