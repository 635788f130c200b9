"""What a form asks: one field, its kind, its choices and the conditions under which it is shown or must be answered."""

import re
from dataclasses import dataclass
from typing import Any

from engine.language.errors import ExpressionError
from engine.language.expressions import Expression

#: Kinds of fields. ``choices``, ``people``, ``file`` answer with a list, ``boolean`` with true/false, the rest with one value.
TYPES = (
    "text",
    "textarea",
    "number",
    "money",
    "date",
    "datetime",
    "choice",
    "choices",
    "boolean",
    "person",
    "people",
    "file",
    "id_number",
    "phone",
    "email",
)
LIST_TYPES = ("choices", "people", "file")

_SIMPLE = re.compile(r"""(?:(?P<field>\w+)\s*(?:==?|in)\s*(?P<values>.+)|(?P<flag>\w+))""")
_LITERAL = re.compile(r"""\s*(?:"([^"\\]*)"|'([^'\\]*)'|(true|false))\s*""")


@dataclass(frozen=True)
class Choice:
    """One answer to choose: the stored word and what people read."""

    value: str
    label: str
    help: str = ""


@dataclass(frozen=True)
class Condition:
    """When a field is shown or required, over the form's own answers.

    Where it is as simple as "field is one of values", ``field`` and ``values`` say so, for JSON Schema and the page;
    otherwise ``field`` is None and only ``holds`` knows.
    """

    expression: Expression
    field: str | None
    values: tuple[str | bool, ...]

    def holds(self, answers: dict[str, Any]) -> bool:
        """Whether it is so. A question not answered counts as null; what cannot be computed yet does not hold."""
        try:
            return self.expression.test({**dict.fromkeys(self.expression.names), **answers})
        except ExpressionError:
            return False


@dataclass(frozen=True)
class Field:
    """One question of a form.

    ``minimum``/``maximum``: numbers and đồng; for dates ISO text or ``today``. ``max_length`` in characters; for lists,
    the number of elements. ``pattern`` is the name of one of ``typed_text.PATTERNS``. ``decimals``: digits after the comma.
    ``role`` (person, people): colleagues holding it. ``assigns`` (person): the step this person is given. ``routes``: the flow's
    conditions may read the answer. ``default``: what the page offers at first,
    and what a question not even mentioned is answered with.
    """

    name: str
    type: str
    label: str
    help: str = ""
    section: str = ""
    is_required: bool = False
    required_when: Condition | None = None
    visible_when: Condition | None = None
    choices: tuple[Choice, ...] = ()
    display: str = ""
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    decimals: int = 0
    unit: str = ""
    default: Any = None
    role: str | None = None
    assigns: str | None = None
    routes: bool = False

    @property
    def is_list(self) -> bool:
        """Whether its answer is a list."""
        return self.type in LIST_TYPES

    def is_visible(self, answers: dict[str, Any]) -> bool:
        """Whether it is asked at all, given the accepted answers to the questions before it."""
        return self.visible_when is None or self.visible_when.holds(answers)

    def must_be_answered(self, answers: dict[str, Any]) -> bool:
        """Whether it is required, given the other accepted answers."""
        return self.is_required or (self.required_when is not None and self.required_when.holds(answers))


def condition_of(expression: Expression) -> Condition:
    """``expression`` with its simple reading (``f = "a"``, ``f in ["a", "b"]``, ``f``) where it has one."""
    found = _SIMPLE.fullmatch(expression.source.strip())
    if found is None:
        return Condition(expression, None, ())
    if found["flag"]:
        return Condition(expression, found["flag"], (True,))
    values = _literals(found["values"].strip())
    return Condition(expression, found["field"] if values else None, values)


def _literals(text: str) -> tuple[str | bool, ...]:
    body = text[1:-1] if text.startswith("[") and text.endswith("]") else text
    values: list[str | bool] = []
    for part in body.split(",") if body is not text else [body]:
        found = _LITERAL.fullmatch(part)
        if found is None:
            return ()
        values.append(found[3] == "true" if found[3] else found[1] if found[1] is not None else found[2])
    return tuple(values)
