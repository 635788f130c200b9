"""What a model says about itself, as values keyed by BPMN id: elements, flows, processes."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class CapabilityFacts:
    """What a service or send task asks for. A parameter starting with ``=`` is an expression over the routing values."""

    name: str
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class ElementFacts:
    """One activity, event or gateway: ``kind`` its BPMN name, ``lane`` the innermost lane, ``scope`` what it stands in.

    ``timer`` is the text of a timer event, ``correlation`` the expression that says for which case a thrown message is,
    ``content`` what a thrown message or signal takes along, ``is_handler`` whether it is an event sub-process, ``interrupts``
    whether that ends everything else around it. ``particulars``: what else a case runs by, see ``engine.flow.particulars``.
    """

    id: str
    kind: str
    name: str
    documentation: str
    lane: str | None
    process_id: str
    scope: str
    capability: CapabilityFacts | None = None
    attached_to: str | None = None
    event: str | None = None
    message: str | None = None
    called: str | None = None
    decision: str | None = None
    result: str | None = None
    signal: str | None = None
    timer: str | None = None
    correlation: str | None = None
    is_handler: bool = False
    interrupts: bool = False
    content: Mapping[str, str] = field(default_factory=dict)
    particulars: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class FlowFacts:
    """One sequence flow; ``condition`` as written, ``is_default`` where it is the default way out."""

    id: str
    source: str
    target: str
    name: str
    condition: str | None
    is_default: bool = False


@dataclass(frozen=True)
class ProcessFacts:
    """One process of the file."""

    id: str
    name: str
    documentation: str
    is_executable: bool


@dataclass(frozen=True)
class ModelFacts:
    """Everything read from one file. ``process_id`` and ``name``: the first executable process nobody calls."""

    process_id: str
    name: str
    processes: Mapping[str, ProcessFacts]
    elements: Mapping[str, ElementFacts]
    lanes: tuple[str, ...]
    flows: tuple[FlowFacts, ...]
    messages: tuple[str, ...]

    @property
    def capabilities(self) -> dict[str, CapabilityFacts]:
        """What each service or send task asks for, by BPMN id."""
        return {id_: element.capability for id_, element in self.elements.items() if element.capability is not None}

    @property
    def case_ends(self) -> tuple[ElementFacts, ...]:
        """End events of whole processes, those of event sub-processes directly in them included."""
        return tuple(element for element in self.elements.values() if element.kind == "endEvent" and self._ends_process(element))

    def _ends_process(self, element: ElementFacts) -> bool:
        while element.scope not in self.processes:
            element = self.elements[element.scope]
            if not element.is_handler:
                return False
        return True

    @property
    def begins_by_hand(self) -> bool:
        """Whether the main process has a plain start event."""
        plain = (e for e in self.elements.values() if e.kind == "startEvent" and e.event is None)
        return any(element.scope == self.process_id for element in plain)

    @property
    def case_starts(self) -> tuple[ElementFacts, ...]:
        """Start events of the main process that wait for a message, a signal or a moment."""
        found = (e for e in self.elements.values() if e.kind == "startEvent" and e.scope == self.process_id)
        return tuple(element for element in found if element.event is not None)
