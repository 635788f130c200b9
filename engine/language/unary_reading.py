"""The grammar of a cell of a decision table: unary tests of S-FEEL (DMN 1.5, 9.2), read by the same reader as expressions.

cell := "-" | "not" "(" tests ")" | tests        tests := test {"," test}
test := ("<" "<=" ">" ">=" "=" "!=") sum | ("[" "(" "]") sum ".." sum ("]" ")" "[") | "@" text | sum
"""

from datetime import date, datetime
from typing import Any

from engine.language import parts
from engine.language.errors import ExpressionError
from engine.language.functions import Functions
from engine.language.grammar import Reader
from engine.language.operations import bounded
from engine.language.parts import Part
from engine.language.unary_tests import Between, Compared, Endpoint, Test

_SIGNS = ("<", "<=", ">", ">=", "==", "!=")
_OPENING, _CLOSING = {"[": False, "(": True, "]": True}, {"]": False, ")": True, "[": True}
#: Tests in one cell.
_MOST_TESTS = 100


class UnaryReader(Reader):
    """Reads one cell."""

    def __init__(self, source: str, functions: Functions) -> None:
        super().__init__(source, functions)
        self.is_negated = False

    def read_tests(self) -> tuple[Test, ...]:
        """The tests of the cell, one of which must hold; none for ``-``. Refuses with ``ExpressionError``."""
        if self._is("-") and self.words[self.at + 1].kind == "end":
            return ()
        self.is_negated = self._is("not")
        if self.is_negated:
            self._take()
            self._expect("(")
        tests = [self._test()]
        while self._is(","):
            self._take()
            tests.append(self._test())
            if len(tests) > _MOST_TESTS:
                self._refuse(f"Một ô có quá {_MOST_TESTS} giá trị")
        if self.is_negated:
            self._expect(")")
        if self._word.kind != "end":
            self._refuse(f"Không hiểu “{self._word.value}” ở vị trí {self._word.position + 1}")
        return tuple(tests)

    def _test(self) -> Test:
        if self._is(*_SIGNS):
            return Compared(self._take().value, self._endpoint())
        if self._is(*_OPENING):
            start = self.at, self.nodes, self.depth, set(self.names)
            interval = self._interval()
            if interval is not None:
                return interval
            self.at, self.nodes, self.depth, self.names = start
        return Compared("==", self._endpoint())

    def _interval(self) -> Between | None:
        """The interval that begins here; None where it is a list or a bracketed value."""
        is_low_open = _OPENING[self._take().value]
        try:
            low = self._endpoint()
        except ExpressionError:
            return None
        if not self._is(".."):
            return None
        self._take()
        high = self._endpoint()
        if not self._is(*_CLOSING):
            self._refuse(f"Khoảng giá trị thiếu dấu đóng ở vị trí {self._word.position + 1}")
        return Between(low, high, is_low_open, _CLOSING[self._take().value])

    def _endpoint(self) -> Endpoint:
        """A value beside a sign; one that speaks of no name is computed now."""
        former, self.names = self.names, set()
        part = self._moment() if self._is("@") else self._sum()
        names, self.names = frozenset(self.names), former | self.names
        return Endpoint(None, part, names) if names else Endpoint(bounded(part({})))

    def _moment(self) -> Part:
        """``@"2026-12-31"`` or ``@"2026-12-31T08:00:00+07:00"``."""
        self._take()
        if self._word.kind != "text":
            self._refuse('Sau dấu @ phải là ngày trong ngoặc kép, ví dụ @"2026-12-31"')
        return parts.constant(self._written(self._take().value))

    def _written(self, text: str) -> Any:
        try:
            return date.fromisoformat(text) if len(text) <= len("2026-12-31") else datetime.fromisoformat(text)
        except ValueError:
            return self._refuse(f"“{text}” không phải ngày có thật")

    def _reaches_on(self) -> bool:
        """A bracket that closes an open interval (``[1..5[``) does not look anything up."""
        following = self.words[min(self.at + 1, len(self.words) - 1)]
        is_closing = self._is("[") and (following.kind == "end" or (following.kind == "sign" and following.value in (",", ")")))
        return super()._reaches_on() and not is_closing
