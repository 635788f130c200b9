"""What a model may cause: named, documented functions, registered by the domain folder that owns them (DESIGN.md section 5)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.cases.models import Case
from engine.flow.errors import FlowFailed
from engine.people.actors import Actor


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
    an ``EngineError`` to refuse; then nothing of the whole act happens.
    """

    name: str
    title: str
    parameters: Sequence[str]
    run: Callable[[CapabilityCall], Mapping[str, Any]]


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


def facts() -> Mapping[str, Capability]:
    """Every capability by name: what publishing checks models against, and the author's handbook lists."""
    return {name: _capabilities[name] for name in sorted(_capabilities)}
