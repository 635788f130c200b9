"""Cut the text of an expression into words: names, numbers, texts and signs. Anything else is refused here already."""

import re
import unicodedata
from dataclasses import dataclass

from engine.language.bounds import MAX_SOURCE
from engine.language.errors import ExpressionError

#: Words with a meaning of their own; Python, FEEL and JUEL spellings of the same thing are made one.
RESERVED = {
    "and": "and", "or": "or", "not": "not", "in": "in", "if": "if", "then": "then", "else": "else",
    "true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null",
}  # fmt: skip
_SIGNS = {"=": "==", "<>": "!=", "&&": "and", "||": "or", "!": "not"}
_WORD = re.compile(
    r"""\s*(?:
    (?P<number>\d+(?:\.\d+)?(?:[eE][+-]?\d{1,3})?(?!\w|\.(?!\.)))
    |(?P<name>[^\W\d]\w*)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<sign>&&|\|\||==|!=|<>|<=|>=|//|\.\.|[-+*/%<>=!(),.\[\]?:@])
    )""",
    re.VERBOSE,
)
_ESCAPES = {"n": "\n", "t": "\t", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an expression. ``kind``: number, name, text, sign (signs and reserved words) or end."""

    kind: str
    value: str
    position: int


def cut(source: str) -> list[Word]:
    """The words of ``source`` (unwrapped by ``unwrap``), ending with one of kind ``end``. Refuses with ``ExpressionError``."""
    words, at = [], 0
    while source[at:].strip():
        found = _WORD.match(source, at)
        if found is None:
            raise ExpressionError(
                f"Ký tự không dùng được trong biểu thức, ở vị trí {at + 1}: {source}", source=source, position=at
            )
        words.append(_word(found, source))
        at = found.end()
    return [*words, Word("end", "", len(source))]


def unwrap(source: str) -> str:
    """The bare expression: letters in composed form (NFC), without the FEEL ``=`` or the JUEL ``${…}`` around it."""
    text = unicodedata.normalize("NFC", source).strip()
    if len(text) > MAX_SOURCE:
        raise ExpressionError(f"Biểu thức quá dài (tối đa {MAX_SOURCE} ký tự): hãy chia thành nhiều bước.", source=text[:80])
    if text[:2] in ("${", "#{") and text.endswith("}"):
        text = text[2:-1].strip()
    elif text.startswith("=") and not text.startswith("=="):
        text = text[1:].strip()
    if not text:
        raise ExpressionError("Biểu thức đang để trống: hãy ghi điều kiện.", source=source)
    return text


def _word(found: re.Match[str], source: str) -> Word:
    kind = found.lastgroup or "sign"
    value, position = found[kind], found.start(kind)
    if kind == "name":
        if value in RESERVED:
            return Word("sign", RESERVED[value], position)
        if value.startswith("_") or "__" in value:
            raise ExpressionError(f"Không được dùng tên “{value}” trong biểu thức.", source=source, position=position)
    if kind == "text":
        value = re.sub(r"\\(.)", lambda escape: _escaped(escape[1], source, position), value[1:-1])
    if kind == "sign":
        value = _SIGNS.get(value, value)
    return Word(kind, value, position)


def _escaped(letter: str, source: str, position: int) -> str:
    if letter not in _ESCAPES:
        raise ExpressionError(f"Không hiểu ký hiệu “\\{letter}” trong đoạn chữ.", source=source, position=position)
    return _ESCAPES[letter]
