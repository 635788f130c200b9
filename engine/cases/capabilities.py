"""What a model may cause: named, documented functions, registered by the domain folder that owns them (DESIGN.md section 5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from engine.cases.models import Case
from engine.errors import EngineError
from engine.flow.errors import FlowFailed
from engine.people.actors import Actor


class CapabilityFailed(FlowFailed):
    """A capability broke: no refusal, a fault of the program or of what it needs. ``element`` is the task that called it."""

    code = "capability_failed"


class BusinessError(EngineError):
    """What a capability was asked for cannot be done for a reason of the office: the model's error event goes on from there.

    ``error`` is the error code of the model (``errorCode``), ``values`` are added to the case's routing values. Raise it before
    writing anything: what was written stays. Where the model catches no such error, the message becomes an incident.
    """

    code = "business_error"

    def __init__(self, error: str, message: str, values: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.error, self.values = error, dict(values or {})


@dataclass(frozen=True)
class CapabilityCall:
    """One call from a model: the case, evaluated parameters, who caused it (None: a timer), the BPMN id of the service task."""

    case: Case
    parameters: Mapping[str, Any]
    by: Actor | None
    element: str


@dataclass(frozen=True)
class Capability:
    """A capability: its name in models, what it is called in Vietnamese, the parameters it takes and the function.

    ``run`` writes rows in the transaction of the act and returns routing values, which are merged into the case's. It raises
    an ``EngineError`` to refuse; then nothing of the whole act happens. ``BusinessError`` goes on in the model. ``outcomes``: the
    values it may return, one entry for each combination, as far as conditions ask for them: the proof of a model tries each.
    """

    name: str
    title: str
    parameters: Sequence[str]
    run: Callable[[CapabilityCall], Mapping[str, Any]]
    outcomes: Sequence[Mapping[str, Any]] = ()


_capabilities: dict[str, Capability] = {}


def register(capability: Capability) -> None:
    """Make ``capability`` callable. Again is no fault; another one of the same name is (``ValueError``)."""
    known = _capabilities.setdefault(capability.name, capability)
    if known.run is not capability.run:
        raise ValueError(f"capability {capability.name} is taken")


def get(name: str, element: str = "") -> Capability:
    """The capability of this name; ``FlowFailed`` naming the place when this installation has none such."""
    try:
        return _capabilities[name]
    except KeyError:
        raise FlowFailed(f"Hệ thống không có khả năng “{name}” mà mô hình gọi tới.", element=element) from None


def perform(capability: Capability, call: CapabilityCall) -> Mapping[str, Any]:
    """Run the capability. What it refuses and what the database says passes; any other error is ``CapabilityFailed``."""
    try:
        return capability.run(call)
    except (EngineError, SQLAlchemyError):
        raise
    except Exception as error:
        text = f"Khả năng “{capability.title}” bị lỗi ({type(error).__name__})."
        raise CapabilityFailed(text, element=call.element) from error


def facts() -> Mapping[str, Capability]:
    """Every capability by name: what publishing checks models against, and the author's handbook lists."""
    return {name: _capabilities[name] for name in sorted(_capabilities)}
