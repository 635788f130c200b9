"""Conditions as a designer picks them: a question, a comparison, a value; anything else stays text."""

import re
from dataclasses import dataclass

#: Comparison → how it is written between the question and the value. ``{field}``, ``{value}``, ``{values}`` are filled in.
COMPARISONS = {
    "is": "{field} == {value}",
    "is_not": "{field} != {value}",
    "one_of": "{field} in [{values}]",
    "has": "{value} in {field}",
    "at_least": "{field} >= {value}",
    "at_most": "{field} <= {value}",
    "above": "{field} > {value}",
    "below": "{field} < {value}",
    "answered": "{field} != null",
    "empty": "{field} == null",
}
#: Comparisons that take no value.
WITHOUT_VALUE = frozenset({"answered", "empty"})

_NAME = r"(?P<field>[a-z][a-z0-9_]{0,62})"
_VALUE = r"""(?P<value>"[^"\\]*"|true|false|-?\d+(?:\.\d+)?)"""
_SHAPES = tuple(
    (word, re.compile(shape))
    for word, shape in (
        ("answered", rf"{_NAME}\s*!=\s*null"),
        ("empty", rf"{_NAME}\s*==?\s*null"),
        ("is", rf"{_NAME}\s*==?\s*{_VALUE}"),
        ("is_not", rf"{_NAME}\s*!=\s*{_VALUE}"),
        ("at_least", rf"{_NAME}\s*>=\s*{_VALUE}"),
        ("at_most", rf"{_NAME}\s*<=\s*{_VALUE}"),
        ("above", rf"{_NAME}\s*>\s*{_VALUE}"),
        ("below", rf"{_NAME}\s*<\s*{_VALUE}"),
        ("has", rf"{_VALUE}\s+in\s+{_NAME}"),
        ("one_of", rf"""{_NAME}\s+in\s+\[(?P<value>\s*"[^"\\,]*"(?:\s*,\s*"[^"\\,]*")*\s*)\]"""),
    )
)
_PLAIN = re.compile(r"true|false|-?\d+(?:\.\d+)?")
_QUOTED = re.compile(r'"([^"]*)"')


@dataclass(frozen=True)
class Picked:
    """A condition in pickers. ``value`` is as people type it: words without quotes, several with commas between."""

    field: str
    comparison: str
    value: str = ""


def picked(source: str) -> Picked | None:
    """The pickers that write ``source``; None where only text can say it."""
    for word, shape in _SHAPES:
        found = shape.fullmatch(source.strip())
        if found:
            value = found.groupdict().get("value") or ""
            texts = _QUOTED.findall(value)
            made = Picked(found["field"], word, ", ".join(texts) if texts else value.strip())
            return made if _means_the_same(made, source) else None
    return None


def written(condition: Picked, *, is_text: bool) -> str:
    """The condition as an expression. ``is_text``: the question answers in words, so that 12 or true is a word, too."""
    values = [part.strip() for part in condition.value.split(",") if part.strip()]
    return COMPARISONS[condition.comparison].format(
        field=condition.field,
        value=_literal(condition.value.strip(), is_text=is_text),
        values=", ".join(_literal(value, is_text=True) for value in values),
    )


def _literal(value: str, *, is_text: bool) -> str:
    if not is_text and _PLAIN.fullmatch(value):
        return value
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _means_the_same(made: Picked, source: str) -> bool:
    """Whether the pickers write it back, spaces and the two signs of equality aside."""
    bare = re.sub(r"\s+", "", source).replace("==", "=")
    return bare in {re.sub(r"\s+", "", written(made, is_text=is_text)).replace("==", "=") for is_text in (True, False)}
