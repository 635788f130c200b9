"""The grammar: words of an expression in, one closure out. A closed list of forms; there is no way from here to Python.

expression := or ["if" or "else" expression] | or "?" expression ":" expression | "if" or "then" expression "else" expression
or := and {"or" and}        and := not {"and" not}        not := "not" not | comparison
comparison := sum {("=" "!=" "<" "<=" ">" ">=" "in" "not in") sum}
sum := product {("+" "-") product}        product := sign {("*" "/" "//" "%") sign}
sign := "-" sign | "+" sign | value {"." name | "[" expression "]"}
value := number | text | "true" | "false" | "null" | name | name "(" list ")" | "(" list ")" | "[" list "]"
"""

from typing import NoReturn

from engine.language import parts
from engine.language.bounds import MAX_DEPTH, MAX_NODES, MAX_NUMBER
from engine.language.errors import ExpressionError
from engine.language.functions import Functions
from engine.language.operations import add, subtract
from engine.language.parts import Part
from engine.language.words import Word, cut, unwrap

_COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
_CONSTANTS = {"true": True, "false": False, "null": None}


class Reader:
    """Reads one expression; ``names`` collects the values it speaks of."""

    def __init__(self, source: str, functions: Functions) -> None:
        self.source = unwrap(source)
        self.words = cut(self.source)
        self.functions = functions
        self.names: set[str] = set()
        self.at = self.nodes = self.depth = 0

    def read(self) -> Part:
        """The whole expression, compiled. Refuses with ``ExpressionError``."""
        part = self._expression()
        if self._word.kind != "end":
            self._refuse(f"Không hiểu “{self._word.value}” ở vị trí {self._word.position + 1}")
        return part

    @property
    def _word(self) -> Word:
        return self.words[self.at]

    def _is(self, *signs: str) -> bool:
        return self._word.kind == "sign" and self._word.value in signs

    def _take(self) -> Word:
        self.nodes += 1
        if self.nodes > MAX_NODES * 3:
            self._refuse("Biểu thức quá phức tạp, hãy chia thành nhiều bước")
        self.at += 1
        return self.words[self.at - 1]

    def _expect(self, sign: str) -> None:
        if not self._is(sign):
            self._refuse(f"Thiếu “{sign}” ở vị trí {self._word.position + 1}")
        self._take()

    def _refuse(self, why: str) -> NoReturn:
        raise ExpressionError(f"{why}: {self.source[:120]}", source=self.source, position=self._word.position)

    def _deeper(self) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self._refuse("Biểu thức lồng nhau quá sâu, hãy chia thành nhiều bước")

    def _expression(self) -> Part:
        self._deeper()
        part = self._conditional()
        self.depth -= 1
        return part

    def _conditional(self) -> Part:
        if self._is("if"):
            self._take()
            test = self._any_of()
            self._expect("then")
            return self._choice(test, self._expression(), "else")
        part = self._any_of()
        if self._is("?"):
            self._take()
            return self._choice(part, self._expression(), ":")
        if self._is("if"):
            self._take()
            test = self._any_of()
            return self._choice(test, part, "else")
        return part

    def _choice(self, test: Part, yes: Part, sign: str) -> Part:
        self._expect(sign)
        return parts.choice(test, yes, self._expression())

    def _any_of(self) -> Part:
        part = self._all_of()
        while self._is("or"):
            self._take()
            part = parts.either(part, self._all_of())
        return part

    def _all_of(self) -> Part:
        part = self._negation()
        while self._is("and"):
            self._take()
            part = parts.both(part, self._negation())
        return part

    def _negation(self) -> Part:
        if not self._is("not"):
            return self._comparison()
        self._take()
        self._deeper()
        part = self._negation()
        self.depth -= 1
        return parts.negated(part)

    def _comparison(self) -> Part:
        first, links = self._sum(), list[tuple[str, Part]]()
        while self._is(*_COMPARISONS, "not"):
            sign = self._take().value
            if sign == "not":
                self._expect("in")
                sign = "not in"
            links.append((sign, self._sum()))
        if not links:
            return first
        return parts.binary(links[0][0], first, links[0][1]) if len(links) == 1 else parts.chained(first, links)

    def _sum(self) -> Part:
        part = self._product()
        while self._is("+", "-"):
            part = parts.binary(self._take().value, part, self._product())
        return part

    def _product(self) -> Part:
        part = self._signed()
        while self._is("*", "/", "//", "%"):
            part = parts.binary(self._take().value, part, self._signed())
        return part

    def _signed(self) -> Part:
        if not self._is("-", "+"):
            return self._reach()
        operation = subtract if self._take().value == "-" else add
        self._deeper()
        part = self._signed()
        self.depth -= 1
        return parts.signed(operation, part)

    def _reach(self) -> Part:
        part = self._value()
        while self._reaches_on():
            if self._take().value == "[":
                part = parts.at(part, self._expression())
                self._expect("]")
            else:
                if self._word.kind != "name":
                    self._refuse("Sau dấu chấm phải là tên một mục")
                part = parts.at(part, parts.constant(self._take().value))
        return part

    def _reaches_on(self) -> bool:
        return self._is(".", "[")

    def _value(self) -> Part:
        word = self._take()
        if word.kind == "number":
            return parts.constant(self._number(word.value))
        if word.kind == "text":
            return parts.constant(word.value)
        if word.kind == "name":
            return self._call(word.value) if self._is("(") else self._name(word.value)
        if word.value in _CONSTANTS and word.kind == "sign":
            return parts.constant(_CONSTANTS[word.value])
        if word.kind == "sign" and word.value in "([":
            return self._group(word.value)
        self.at -= 1
        return self._refuse(
            "Biểu thức thiếu một vế" if word.kind == "end" else f"Không hiểu “{word.value}” ở vị trí {word.position + 1}"
        )

    def _number(self, text: str) -> int | float:
        number = int(text) if text.isdigit() and len(text) <= 19 else float(text)
        if abs(number) > MAX_NUMBER:
            self._refuse("Số quá lớn")
        return number

    def _name(self, name: str) -> Part:
        self.names.add(name)
        return parts.named(name, self.source)

    def _call(self, name: str) -> Part:
        function = self.functions.get(name)
        if function is None:
            self._refuse(f"Không có hàm “{name}”")
        self._take()
        arguments = self._list(")")
        if not function.least <= len(arguments) <= function.most:
            self._refuse(f"Hàm “{name}” nhận từ {function.least} đến {function.most} giá trị")
        return parts.called(name, function, arguments)

    def _group(self, opening: str) -> Part:
        found = self._list(")" if opening == "(" else "]")
        return found[0] if opening == "(" and len(found) == 1 else parts.listed(found)

    def _list(self, closing: str) -> list[Part]:
        found = list[Part]()
        while not self._is(closing):
            found.append(self._expression())
            if not self._is(closing):
                self._expect(",")
        self._take()
        return found
