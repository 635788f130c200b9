"""Decisions: what a business rule task asks with the routing values of a case, other decisions it requires included."""

from dataclasses import dataclass, field
from typing import Any

from engine.language.errors import ExpressionError
from engine.procedures.decision_logic import Answer, Formula, Scope, Table
from engine.procedures.decision_policies import DecisionFailed


@dataclass(frozen=True)
class Decision:
    """One decision of a ``rules/*.dmn`` file. ``name`` is what it is called, ``variable`` what its answer is called.

    ``requires``: ids of the decisions whose answers it reads, ``order`` all of them and theirs, each after those it reads.
    """

    id: str
    name: str
    variable: str
    path: str
    logic: Table | Formula
    requires: tuple[str, ...] = ()
    order: tuple["Decision", ...] = field(default=(), repr=False)

    @property
    def names(self) -> frozenset[str]:
        """The values of the case that it reads, those of the decisions it requires included."""
        own = {decision.id: decision for decision in (*self.order, self)}
        return frozenset(
            name
            for decision in own.values()
            for name in decision.logic.names
            if not any(name in _given(own[other]) for other in decision.requires)
        )

    @property
    def outputs(self) -> tuple[str, ...]:
        """The names its outputs have beside one another; for a list or a formula its own name."""
        if isinstance(self.logic, Table) and not self.logic.is_list:
            return tuple(column.name for column in self.logic.outputs)
        return (self.variable,)

    def answers(self, values: Scope) -> dict[str, Answer]:
        """What it and every decision it requires say, by id, its own last. A name nobody set is null.

        ``DecisionFailed`` names the table, the rule and the column.
        """
        known: dict[str, Answer] = {}
        for decision in (*self.order, self):
            scope = {**dict.fromkeys(decision.logic.names), **values}
            for other in decision.requires:
                required = next(found for found in self.order if found.id == other)
                scope |= {required.variable: known[other].value, **known[other].outputs}
            known[decision.id] = decision.asked(scope)
        return known

    def asked(self, scope: Scope) -> Answer:
        """What it says alone, its required answers already in ``scope``."""
        try:
            return self.logic.answer(scope, self.variable)
        except (DecisionFailed, ExpressionError) as error:
            raise DecisionFailed(f"Bảng quyết định “{self.name}” ({self.path}): {error}.") from error


@dataclass(frozen=True)
class DecisionUse:
    """A business rule task asks ``decision``; its answer is kept under ``result``, else under the names of its outputs."""

    decision: Decision
    result: str | None = None

    @property
    def assigned(self) -> frozenset[str]:
        """The routing values it sets."""
        return frozenset((self.result,) if self.result else self.decision.outputs)

    def changes(self, answer: Answer) -> dict[str, Any]:
        """The routing values ``answer`` sets."""
        return {self.result: answer.value} if self.result else dict(answer.outputs)


def _given(decision: Decision) -> frozenset[str]:
    return frozenset({decision.variable, *decision.outputs})
