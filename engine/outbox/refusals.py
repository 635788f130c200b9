"""Why a message did not get through."""


class Refused(Exception):
    """The receiver will not take it, now or (``is_final``) ever; ``has_answered`` where somebody said so.

    The message is what the operator reads.
    """

    def __init__(self, reason: str, *, is_final: bool, has_answered: bool = True) -> None:
        super().__init__(reason)
        self.is_final = is_final
        self.has_answered = has_answered
