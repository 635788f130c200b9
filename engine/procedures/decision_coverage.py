"""Gaps, overlaps and rules never reached in a decision table: every combination of pieces of its columns is looked at, once each.

A combination is told by which rules still hold; two that leave the same rules at the same column lead to the same, so that the
work stays small. What would still be too much is not done, and said.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from engine.language.errors import ExpressionError
from engine.procedures import decision_pieces
from engine.procedures.decision_logic import Table
from engine.procedures.decision_pieces import Piece

#: Combinations looked at, and cells held against pieces, for one table.
MOST_COMBINATIONS, MOST_CELLS = 20_000, 500_000
_MOST_PAIRS = 1_000
#: One value for each column.
Case = tuple[Piece, ...]
_Column = list[tuple[int, Piece]]


class _TooMuch(Exception):
    """More combinations than may be looked at."""


@dataclass(frozen=True)
class Coverage:
    """What was found, by rule numbers: ``gaps`` are cases no rule matches (one of each sort), ``overlaps`` pairs of rules with a
    case both match, ``matching`` the rules that match some case, ``leading`` those that match some case first.
    """

    gaps: tuple[Case, ...]
    overlaps: dict[tuple[int, int], Case]
    matching: frozenset[int]
    leading: frozenset[int]


def of(table: Table) -> Coverage | None:
    """What the conditions of ``table`` leave open or say twice. None: they depend on other values, or it is too much work."""
    columns = _columns(table)
    if columns is None:
        return None
    walk = _Walk(columns)
    try:
        walk.step(0, (1 << len(table.rules)) - 1, ())
    except _TooMuch:
        return None
    numbers = {mask: [table.rules[index].number for index in _bits(mask)] for mask in walk.met}
    overlaps: dict[tuple[int, int], Case] = {}
    for mask, case in walk.met.items():
        for pair in combinations(numbers[mask], 2):
            if len(overlaps) < _MOST_PAIRS:
                overlaps.setdefault(pair, case)
    return Coverage(
        tuple(walk.gaps),
        dict(sorted(overlaps.items())),
        frozenset(number for found in numbers.values() for number in found),
        frozenset(min(found) for found in numbers.values()),
    )


@dataclass
class _Walk:
    """The columns one after another. A rule is a bit; ``met``: sets of rules that match together, with a case for each."""

    columns: Sequence[_Column]
    gaps: list[Case] = field(default_factory=list)
    met: dict[int, Case] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)
    done: int = 0

    def step(self, depth: int, rules: int, case: Case) -> None:
        """Everything that follows where ``rules`` still hold after ``depth`` columns."""
        if (depth, rules) in self.seen:
            return
        self.seen.add((depth, rules))
        if not rules:
            self.gaps.append(case)
        elif depth == len(self.columns):
            self.met[rules] = case
        else:
            for holding, piece in self.columns[depth]:
                self.done += 1
                if self.done > MOST_COMBINATIONS:
                    raise _TooMuch
                self.step(depth + 1, rules & holding, (*case, piece))


def _columns(table: Table) -> list[_Column] | None:
    columns: list[_Column] = []
    cells = 0
    for position, column in enumerate(table.inputs):
        tests = [rule.tests[position] for rule in table.rules]
        pieces = decision_pieces.of(column.kind, tests, column.allowed)
        distinct = {test.source: test for test in tests}
        cells += len(pieces or ()) * len(distinct)
        if pieces is None or cells > MOST_CELLS:
            return None
        found: dict[int, Piece] = {}
        try:
            for piece in pieces:
                holding = {source for source, test in distinct.items() if test.holds(piece.sample, {})}
                found.setdefault(sum(1 << index for index, test in enumerate(tests) if test.source in holding), piece)
        except ExpressionError:
            return None
        columns.append(list(found.items()))
    return columns


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest
