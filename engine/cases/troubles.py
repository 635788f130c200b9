"""What went wrong with a case: told apart, put into words, and kept without secrets (R10, R55)."""

import hashlib
import json
import re
import traceback
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.exc import DBAPIError, OperationalError

from engine.cases.capabilities import CapabilityFailed
from engine.errors import EngineError
from engine.flow.errors import FlowFailed, Runaway
from engine.journal import entries
from engine.language.errors import ExpressionError

LONGEST_TRACE, LONGEST_INPUT, LONGEST_ANSWER = 20_000, 20_000, 500
#: Whose trouble it is: the model's, a loop in it, something the model calls, or the program's own.
CAUSES = ("model", "runaway", "capability", "program")
_SECRET = re.compile(r"pass|secret|token|otp|mat_?khau|credential|\bpin\b", re.IGNORECASE)
_MASKED = "•••"


class ActFailed(FlowFailed):
    """A person's act failed for no fault of theirs: nothing of it happened, and the incident ``reference`` stands for it."""

    code = "act_failed"

    def __init__(self, message: str, *, element: str | None, reference: str) -> None:
        super().__init__(message, element=element)
        self.reference = reference


@dataclass(frozen=True)
class Trouble:
    """What went wrong, where: the sentence for people, the trace for the operator alone.

    ``input`` is what was being done (see ``input_of``), ``person_id`` who did it (None: the engine itself), ``next_retry_at``
    when the engine will try again by itself (None: never).
    """

    agency_id: uuid.UUID
    message: str
    trace: str
    case_id: uuid.UUID | None = None
    element: str | None = None
    timer_id: uuid.UUID | None = None
    cause: str = "model"
    procedure_code: str | None = None
    input: Mapping[str, Any] = field(default_factory=dict)
    person_id: uuid.UUID | None = None
    next_retry_at: datetime | None = None

    @property
    def reference(self) -> str:
        """Eight letters and digits: the same trouble at the same place has the same."""
        place = (self.agency_id, self.case_id, self.element, self.timer_id, self.cause, self.message)
        return hashlib.sha256("\n".join(map(str, place)).encode()).hexdigest()[:8].upper()


def is_trouble(error: BaseException) -> bool:
    """Whether ``error`` is an incident: no refusal with a reason a person can heed, and no database that is busy or away."""
    if isinstance(error, FlowFailed | ExpressionError):
        return True
    if isinstance(error, OperationalError) or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return False
    return isinstance(error, Exception) and (not isinstance(error, EngineError) or type(error) is EngineError)


def cause_of(error: BaseException) -> str:
    """One of ``CAUSES``."""
    if isinstance(error, CapabilityFailed):
        return "capability"
    if isinstance(error, Runaway):
        return "runaway"
    return "model" if isinstance(error, EngineError) else "program"


def sentence_of(error: BaseException) -> str:
    """What people may read of an error: a refusal's own sentence, otherwise only its kind (R55)."""
    return str(error) if isinstance(error, EngineError) else f"Lỗi hệ thống ({type(error).__name__})."


def trace_of(error: BaseException) -> str:
    """The trace of an error, at most 20 000 characters, its end kept."""
    return "".join(traceback.format_exception(error))[-LONGEST_TRACE:]


def input_of(act: str, answers: Mapping[str, Any]) -> dict[str, Any]:
    """What was being done, as an operator needs it to do it again: act and answers as JSON, secrets masked, long ones cut."""
    kept = {"act": act, "answers": {name: _answer(name, value) for name, value in answers.items()}}
    if len(entries.canonical(kept)) > LONGEST_INPUT:
        return {"act": act, "answers": dict.fromkeys(answers, "…")}
    return kept


def _answer(name: str, value: Any) -> Any:
    if _SECRET.search(name):
        return _MASKED
    plain = json.loads(entries.canonical({"value": value}))["value"]
    if isinstance(plain, dict):
        return {inner: _answer(inner, part) for inner, part in plain.items()}
    if isinstance(plain, list):
        return [_answer("", part) for part in plain]
    return f"{plain[:LONGEST_ANSWER]}…" if isinstance(plain, str) and len(plain) > LONGEST_ANSWER else plain
