"""Who caused a move of a case, and what follows from it for the steps it opens."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.cases.models import Step
from engine.people.actors import Actor


@dataclass(frozen=True)
class Act:
    """One act on a case.

    ``by`` is None when a timer acted. ``step`` is the step the act closed; without one (a start, a message) the person acts as
    ``role``. ``note`` goes to the control sheet. ``assigned`` maps the BPMN id of a step to the person it is given to.
    ``answers`` are what was typed: capabilities called in this act may read them beside the routing values.
    """

    by: Actor | None = None
    step: Step | None = None
    role: str | None = None
    note: str = ""
    assigned: Mapping[str, uuid.UUID] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
