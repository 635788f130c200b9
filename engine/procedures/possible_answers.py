"""Which answers make a difference: of all that could be typed, the few values that a model's conditions tell apart."""

import itertools
import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.flow import timers
from engine.language.expressions import Expression, compile_expression
from engine.language.words import Word, cut
from engine.procedures.definition import Definition
from engine.procedures.fields import Field
from engine.procedures.forms import Form

#: Ways to answer one form, and ways to begin a case, that are looked at.
MOST = 128
_SOMEBODY, _A_DAY = str(uuid.UUID(int=1)), "P1D"
#: Signs of an expression that only compares: its outcomes are all met with the values it names and those beside them.
_COMPARING = frozenset(
    ["==", "!=", "<", "<=", ">", ">=", "in", "not", "and", "or", "true", "false", "null", "[", "]", "(", ")", ","]
)
_Answers = dict[str, Any]
#: Capability → each set of routing values it may give back, as far as conditions read them.
Outcomes = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True)
class Known:
    """What conditions read: name → the texts and numbers it is compared with; ``is_exact``: they do nothing but compare."""

    constants: Mapping[str, tuple[Any, ...]]
    is_exact: bool
    outcomes: Outcomes

    @property
    def names(self) -> frozenset[str]:
        """The routing values that some condition, loop, timer or table reads."""
        return frozenset(self.constants)


def known(definition: Definition, outcomes: Outcomes) -> Known:
    """What the expressions of a model read."""
    constants: dict[str, dict[Any, None]] = {}
    is_exact = True
    for expression in _expressions(definition):
        words = cut(expression.source)
        said = _constants(words)
        is_exact = is_exact and _only_compares(words)
        for name in expression.names:
            constants.setdefault(name, {}).update(dict.fromkeys(said))
    return Known({name: tuple(said) for name, said in constants.items()}, is_exact, outcomes)


def of_form(form: Form | None, read: Known) -> list[_Answers]:
    """Each way to answer ``form`` that conditions tell apart, as the routing values it gives; one empty way without a form."""
    if form is None:
        return [{}]
    asked = _asked(form, read)
    found: dict[str, _Answers] = {}
    for answers in itertools.islice(_ways(asked, {}, read), MOST):
        is_complete = all(
            answers.get(field.name) not in (None, [], False) or not field.must_be_answered(answers)
            for field in asked
            if field.is_visible(answers)
        )
        if is_complete:
            routed = form.routing(answers)
            found.setdefault(repr(routed), routed)
    return list(found.values()) or [form.routing({})]


def of_start(definition: Definition, read: Known) -> list[_Answers]:
    """Each set of routing values a case may begin with: from its form, else from whoever opens it (intake, another case).

    What a capability of the model gives back later begins as it is declared.
    """
    start = definition.start
    if start.form is not None:
        ways = [definition.start_values(given) for given in of_form(definition.forms.get(start.form), read)]
        return [with_moments(definition, way) for way in ways]
    given = {name for use in definition.calls.values() for way in read.outcomes.get(use.capability, ()) for name in way}
    asked = (name for name in start.values if name in read.names - given)
    open_ = {name: _begins(definition, name, start.values[name], read) for name in asked}
    products = itertools.islice(itertools.product(*open_.values()), MOST)
    return [with_moments(definition, definition.start_values(dict(zip(open_, way, strict=True)))) for way in products]


def of_decision(definition: Definition, element: str, read: Known) -> list[_Answers]:
    """Each set of values the decision table asked at ``element`` may give, one column not knowing of the other."""
    names = sorted(definition.asks[element].assigned)
    values = [(*read.constants.get(name, ()), None) for name in names]
    return [dict(zip(names, way, strict=True)) for way in itertools.islice(itertools.product(*values), MOST)]


def with_moments(definition: Definition, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, where a moment that a timer reads and nobody has typed is a day from then on: whatever it is, it comes."""
    texts = (timers.bare(element.timer) for element in definition.facts.elements.values() if element.timer)
    names = {name for text in texts if timers.is_expression(text) for name in compile_expression(text).names}
    return {**values, **{name: _A_DAY for name in names if not isinstance(values.get(name), str)}}


def _begins(definition: Definition, name: str, declared: Any, read: Known) -> tuple[Any, ...]:
    fields = (form.field(name) for form in definition.forms.values())
    asked = [value for field in fields if field is not None for value in _values(field, read)]
    booleans = (True, False) if isinstance(declared, bool) else ()
    return tuple({repr(value): value for value in (declared, *booleans, *read.constants.get(name, ()), *asked)}.values())


def _asked(form: Form, read: Known) -> list[Field]:
    """The questions whose answers matter: routed and read, and those on which it depends whether these are asked."""
    wanted = {field.name for field in form.fields if field.routes and field.name in read.names}
    for field in reversed(form.fields):
        if field.name in wanted:
            conditions = [condition for condition in (field.visible_when, field.required_when) if condition is not None]
            wanted |= {name for condition in conditions for name in condition.expression.names}
    return [field for field in form.fields if field.name in wanted]


def _ways(fields: list[Field], answers: _Answers, read: Known) -> Iterator[_Answers]:
    if not fields:
        yield answers
        return
    first, rest = fields[0], fields[1:]
    if not first.is_visible(answers):
        yield from _ways(rest, answers, read)
        return
    values = _values(first, read)
    for value in values if first.is_required else (*values, *(() if first.type == "boolean" else (None,))):
        yield from _ways(rest, {**answers, first.name: value}, read)


def _values(field: Field, read: Known) -> tuple[Any, ...]:
    said = read.constants.get(field.name, ())
    texts, numbers = [one for one in said if isinstance(one, str)], [one for one in said if not isinstance(one, str)]
    words = tuple(choice.value for choice in field.choices)
    if field.type == "choice":
        return words
    if field.type == "choices":
        return (list(words), *([word] for word in words), *(() if field.is_required else ([],)))
    if field.type == "boolean":
        return (True,) if field.is_required else (True, False)
    if field.type in ("number", "money"):
        return tuple(
            sorted({near for number in numbers or [0] for near in (number - 1, number, number + 1) if _fits(near, field)})
        )
    if field.type in ("person", "people", "file"):
        return (_SOMEBODY,) if field.type == "person" else ([_SOMEBODY],)
    if field.type in ("date", "datetime"):
        return tuple(texts) or ("2026-12-31",)
    return (*texts, "…")


def _fits(number: float, field: Field) -> bool:
    low, high = field.minimum, field.maximum
    return not (isinstance(low, int | float) and number < low) and not (isinstance(high, int | float) and number > high)


def _expressions(definition: Definition) -> Iterable[Expression]:
    yield from definition.model.vocabulary.expressions.values()
    for script in definition.model.vocabulary.scripts.values():
        yield from (expression for _, expression in script.lines)


def _only_compares(words: list[Word]) -> bool:
    signs = all(word.value in _COMPARING for word in words if word.kind == "sign")
    return signs and not any(word.kind == "name" and after.value == "(" for word, after in itertools.pairwise(words))


def _constants(words: list[Word]) -> list[Any]:
    texts = [word.value for word in words if word.kind == "text"]
    numbers = [float(word.value) if set(word.value) & set(".eE") else int(word.value) for word in words if word.kind == "number"]
    return [*texts, *numbers]
