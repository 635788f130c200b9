"""The reason a person gives for an act that needs one."""

from engine.errors import AnswersRejected
from engine.text import clean

LONGEST = 2_000


def reason_of(text: str) -> str:
    """A typed reason, cleaned. Refuses an empty or too long one (``AnswersRejected`` on ``reason``)."""
    words = clean(text)
    if not words:
        raise AnswersRejected({"reason": ["Hãy ghi lý do."]})
    if len(words) > LONGEST:
        raise AnswersRejected({"reason": [f"Lý do dài quá {LONGEST} ký tự. Hãy rút gọn."]})
    return words
