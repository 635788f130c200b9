"""How the flow reads routing values: SpiffWorkflow's script engine, replaced by compiled expressions and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

import orjson
from SpiffWorkflow.bpmn.script_engine import BasePythonScriptEngineEnvironment, PythonScriptEngine

from engine.flow.errors import FlowFailed, Runaway
from engine.flow.tokens import Token
from engine.language.errors import ExpressionError
from engine.language.expressions import Expression
from engine.language.operations import storable
from engine.language.scripts import Script


@dataclass(frozen=True)
class Vocabulary:
    """Everything a model may evaluate, compiled, by its text in the file."""

    expressions: dict[str, Expression] = field(default_factory=dict)
    scripts: dict[str, Script] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something a move asked of the values, or did to them.

    ``test``, ``elements``, ``number`` and ``value`` are answered; ``holds`` is a ``test`` that a value not there yet fails.
    ``assign`` (a script) and ``keep`` (the item of that name as it stands) change the values and are not.
    """

    kind: str
    text: str
    items: bytes = b""


class Closed(BasePythonScriptEngineEnvironment):
    """SpiffWorkflow's environment, which would run Python: it refuses everything."""

    def evaluate(self, expression: Any, context: Any, external_context: Any = None) -> NoReturn:
        raise FlowFailed("Không được chạy mã trong mô hình.")

    def execute(self, script: Any, context: Any, external_context: Any = None) -> NoReturn:
        raise FlowFailed("Không được chạy mã trong mô hình.")

    def call_service(self, context: Any, **kwargs: Any) -> NoReturn:
        raise FlowFailed("Không được chạy mã trong mô hình.")


class Values:
    """The routing values of a case during one move: what was given, and what scripts have changed."""

    def __init__(self, vocabulary: Vocabulary, given: Mapping[str, Any]) -> None:
        self._vocabulary = vocabulary
        self._now: Mapping[str, Any] = given
        self.changes: dict[str, Any] = {}

    def answer(self, question: Question, items: Mapping[str, Any]) -> Any:
        """The answer now: bool, int or the JSON of a list. An ``assign`` changes the values and answers None."""
        if question.kind == "assign":
            self._change(self._vocabulary.scripts[question.text].run(self._under(items)))
            return None
        if question.kind == "keep":
            self._change(items)
            return None
        expression, under = self._vocabulary.expressions[question.text], self._under(items)
        if question.kind == "holds" and not expression.names <= under.keys():
            return False
        value = expression.evaluate(under)
        if question.kind in ("test", "holds"):
            return bool(value)
        if question.kind == "value":
            return _json(value)
        return _count(value) if question.kind == "number" else _elements(value)

    def text(self, source: str, items: Mapping[str, Any]) -> str:
        """A timer expression as ISO 8601 text."""
        value = storable(self._vocabulary.expressions[source].evaluate(self._under(items)))
        if not isinstance(value, str):
            raise ExpressionError(f"Hạn giờ phải ra thời điểm hoặc khoảng thời gian: {source}", source=source)
        return value

    def _change(self, changed: Mapping[str, Any]) -> None:
        self.changes.update(changed)
        self._now = {**self._now, **changed}

    def _under(self, items: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**self._now, **items} if items else self._now


class Reading(PythonScriptEngine):
    """The script engine of one move. ``asked`` records every question with its answer, so that the move can be remembered."""

    def __init__(self, values: Values) -> None:
        super().__init__(Closed())
        self.values = values
        self.asked: list[tuple[Question, Any]] = []

    def validate(self, expression: Any) -> None:
        """Compiled when the model was loaded."""

    def evaluate(self, task: Token, expression: str, external_context: Any = None) -> bool:
        return bool(self._ask(task, "test", expression))

    def execute(self, task: Token, script: str, external_context: Any = None) -> bool:
        self._ask(task, "assign", script)
        task.workflow.top_workflow.is_stirred = True
        return True

    def value(self, task: Token, expression: str) -> Any:
        """A value as JSON can keep it."""
        return orjson.loads(self._ask(task, "value", expression))

    def keep(self, task: Token, name: str, value: Any) -> None:
        """Set a routing value."""
        self._note(task, Question("keep", name, _bytes({name: value})), {name: value})
        task.workflow.top_workflow.is_stirred = True

    def holds(self, task: Token, expression: str) -> bool:
        """Whether a condition that is waited for holds now."""
        return bool(self._ask(task, "holds", expression))

    def call_service(self, task: Token, **kwargs: Any) -> NoReturn:
        raise FlowFailed("Không được chạy mã trong mô hình.")

    def elements(self, task: Token, expression: str) -> list[Any]:
        """The elements over which an activity is repeated."""
        found: list[Any] = orjson.loads(self._ask(task, "elements", expression))
        return found

    def number(self, task: Token, expression: str) -> int:
        """How many times an activity is repeated. ``Runaway`` past a million, before anything is built."""
        count: int = self._ask(task, "number", expression)
        if count > 1_000_000:
            raise Runaway("Một bước được nhân quá nhiều lần.", element=task.task_spec.bpmn_id)
        return count

    def _ask(self, task: Token, kind: str, text: str) -> Any:
        items = task.overlay
        return self._note(task, Question(kind, text, _bytes(items) if items else b""), items)

    def _note(self, task: Token, question: Question, items: Mapping[str, Any]) -> Any:
        try:
            answer = self.values.answer(question, items)
        except ExpressionError as error:
            spec = task.task_spec
            raise FlowFailed(f"Tại “{spec.bpmn_name or spec.bpmn_id}”: {error}", element=spec.bpmn_id) from error
        self.asked.append((question, answer))
        return answer


def _count(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ExpressionError("Số lần lặp phải là số nguyên không âm.")
    return value


def _elements(value: Any) -> bytes:
    if not isinstance(value, list | tuple):
        raise ExpressionError("Bước lặp cần một danh sách.")
    return _json(value)


def _json(value: Any) -> bytes:
    return _bytes(storable(value))


def _bytes(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
