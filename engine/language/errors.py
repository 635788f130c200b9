"""What the expression language refuses."""

from engine.errors import EngineError


class ExpressionError(EngineError):
    """An expression cannot be read or evaluated; ``source`` is its text, ``position`` where the trouble starts, if known."""

    code = "expression_error"

    def __init__(self, message: str, *, source: str = "", position: int | None = None) -> None:
        super().__init__(message)
        self.source = source
        self.position = position
