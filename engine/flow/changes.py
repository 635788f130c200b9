"""What was changed in the executed copy of a model; the original file stays as it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Change:
    """One change, shown to the author: where (BPMN id), what, in Vietnamese."""

    place: str
    code: str
    message: str
