"""The reason a person gives for an act that needs one."""

from engine.errors import AnswersRejected
from engine.printing import glyphs
from engine.text import clean

LONGEST = 2_000


def reason_of(text: str) -> str:
    """A typed reason, cleaned. Refuses (``AnswersRejected`` on ``reason``) one that is empty, too long or cannot be printed."""
    words = clean(text)
    if not words:
        raise AnswersRejected({"reason": ["Hãy ghi lý do."]})
    if len(words) > LONGEST:
        raise AnswersRejected({"reason": [f"Lý do dài quá {LONGEST} ký tự. Hãy rút gọn."]})
    refusal = glyphs.refusal(words)
    if refusal is not None:
        raise AnswersRejected({"reason": [refusal]})
    return words
