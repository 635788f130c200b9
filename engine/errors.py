"""What the engine refuses. Messages are Vietnamese and say what to do next; statuses are the doors' business."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class EngineError(Exception):
    """Anything the engine will not do. ``str(error)`` is the sentence a person reads."""

    #: Stable machine name of the refusal (RFC 9457 ``code``).
    code = "engine_error"


class NotFound(EngineError):
    """It does not exist, or not for this person: the two are not told apart (R43)."""

    code = "not_found"


class NotAllowed(EngineError):
    """The person is known, the thing is visible, but this act is not theirs."""

    code = "not_allowed"


class Conflict(EngineError):
    """Somebody or something was faster. ``who`` and ``at`` (ISO instant) say so where known, ``version`` what it is at now."""

    code = "conflict"

    def __init__(self, message: str, *, who: str | None = None, at: str | None = None, version: int | None = None) -> None:
        super().__init__(message)
        self.who = who
        self.at = at
        self.version = version


class PreconditionRequired(EngineError):
    """The act must name the version its author saw, and did not (R03)."""

    code = "precondition_required"


class AnswersRejected(EngineError):
    """Typed answers are not acceptable: ``fields`` maps a field's name to its Vietnamese messages."""

    code = "answers_rejected"

    def __init__(self, fields: Mapping[str, Sequence[str]], message: str = "") -> None:
        super().__init__(message or "Thông tin nhập chưa đúng, xem từng mục bên dưới.")
        self.fields = {name: list(messages) for name, messages in fields.items()}


@dataclass(frozen=True)
class Finding:
    """One thing wrong in a procedure: where (file or BPMN id), what, how to mend it."""

    place: str
    code: str
    message: str


class ProcedureRejected(EngineError):
    """A procedure or model cannot be published; every reason is listed."""

    code = "procedure_rejected"

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"Quy trình chưa đạt, có {len(findings)} điểm phải sửa.")
        self.findings = list(findings)
