"""Limits of the language: what is longer, deeper or greater is refused, so that no uploaded model can harm."""

#: Characters of one expression.
MAX_SOURCE = 1_000
#: Parts (names, constants, operations) of one expression.
MAX_NODES = 200
#: Brackets, calls and operators inside each other.
MAX_DEPTH = 30
#: Elements of lists one evaluation may look at, all its functions together (R33).
MAX_VISITS = 10_000
#: Lines of one script.
MAX_LINES = 50
#: Absolute value of a whole number.
MAX_NUMBER = 10**18
#: Characters of a computed text.
MAX_TEXT = 10_000
#: Elements of a computed list.
MAX_ITEMS = 1_000
#: Values inside a result kept by a script, at all levels together, and how deep they may nest.
MAX_PARTS, MAX_LEVELS = 4_000, 10
