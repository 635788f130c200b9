"""Write down what a case throws to others: rows of the same transaction, delivered later, each in a transaction of its own."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from engine import clock, rows
from engine.cases.models import Case, CaseMessage
from engine.flow.facts import ElementFacts
from engine.flow.moves import Thrown
from engine.language.expressions import compile_expression
from engine.language.operations import storable
from engine.procedures.definition import Definition


def send(case: Case, rule: Definition, thrown: Iterable[Thrown]) -> None:
    """Send every signal, and each message that nothing inside the case took, with the values the model lets go along.

    The values are those at the end of the act.
    """
    leaving = [event for event in thrown if event.name and (event.kind == "signal" or _is_message_out(event))]
    rows.write(CaseMessage, [_row(case, rule.facts.elements[event.element], event) for event in leaving])


def correlation_of(element: ElementFacts, values: Mapping[str, Any]) -> str | None:
    """For which case a message thrown or awaited at ``element`` is, as text; None where the model does not say or it is null."""
    if element.correlation is None:
        return None
    value = _evaluated(f"={element.correlation.removeprefix('=')}", values)
    return value if value is None or isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _is_message_out(event: Thrown) -> bool:
    return event.kind == "message" and not event.is_caught


def _row(case: Case, element: ElementFacts, event: Thrown) -> dict[str, Any]:
    values = {**case.values, **event.items}
    return {
        "agency_id": case.agency_id,
        "kind": event.kind,
        "name": event.name,
        "content": {name: _evaluated(text, values) for name, text in element.content.items()},
        "correlation": correlation_of(element, values) if event.kind == "message" else None,
        "source_case_id": case.id,
        "element": element.id,
        "at": clock.now(),
    }


def _evaluated(text: str, values: Mapping[str, Any]) -> Any:
    if not text.startswith("="):
        return text
    expression = compile_expression(text)
    return storable(expression.evaluate({**dict.fromkeys(expression.names), **values}))
