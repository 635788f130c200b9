"""What stops a flow. A case whose move fails keeps its former marking; the caller makes an incident of it."""

from engine.errors import EngineError


class FlowFailed(EngineError):
    """The model cannot go on from here; ``element`` is the BPMN id of the place."""

    code = "flow_failed"

    def __init__(self, message: str, *, element: str | None = None) -> None:
        super().__init__(message)
        self.element = element


class Uncaught(FlowFailed):
    """Something the engine did ended in a business error that the model does not catch."""

    code = "uncaught_error"


class Runaway(FlowFailed):
    """One move took too many automatic steps, tokens, levels of calls or seconds (R11)."""

    code = "runaway"
