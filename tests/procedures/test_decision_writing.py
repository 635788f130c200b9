"""Decision tables read into a grid and written back lose nothing of what they say or carry."""

from dataclasses import replace
from pathlib import Path

import pytest

from engine.errors import Finding, ProcedureRejected
from engine.procedures import decision_files, decision_grid, decision_writing
from engine.procedures.decision_grid import Column, Grid, Row
from engine.procedures.decision_logic import Table

TESTS = Path(__file__).parents[1]
FILES = sorted(TESTS.rglob("*.dmn"))
CARRIED = b"""<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" xmlns:x="urn:tool" id="d" name="d" namespace="urn:n">
  <decision id="fee" name="Phi"><extensionElements><x:kept a="1"/></extensionElements>
    <decisionTable id="t" hitPolicy="FIRST">
      <input id="i1" label="Loai" x:width="90"><inputExpression id="e1" typeRef="string"><text>kind</text></inputExpression></input>
      <input id="i2"><inputExpression typeRef="number"><text>amount</text></inputExpression><inputValues><text>[0..9]</text></inputValues></input>
      <output id="o1" name="fee" typeRef="number"><defaultOutputEntry><text>7</text></defaultOutputEntry></output>
      <rule id="r1"><inputEntry id="c11"><text>"a"</text></inputEntry><inputEntry id="c12"><text>-</text></inputEntry>
        <outputEntry id="c13"><text>1</text></outputEntry><annotationEntry><text>vi</text></annotationEntry></rule>
      <rule id="r2"><description>Con lai</description><inputEntry id="c21"><text>-</text></inputEntry>
        <inputEntry id="c22"><text>&lt; 5</text></inputEntry><outputEntry id="c23"><text>2</text></outputEntry></rule>
    </decisionTable>
  </decision>
  <x:DMNDI><x:shape ref="fee"/></x:DMNDI>
</definitions>"""


def said(content: bytes) -> list[tuple[object, ...]]:
    """What the decisions of a file say, without their texts' places."""
    findings: list[Finding] = []
    found = decision_files.read("rules/x.dmn", content, findings)
    assert findings == []
    return [
        (d.id, d.variable, d.requires, d.logic.policy, d.logic.aggregation, d.logic.inputs, d.logic.outputs, d.logic.rules)
        if isinstance(d.logic, Table)
        else (d.id, d.logic)
        for d in found
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_file_says_the_same_after_every_table_was_written(file: Path) -> None:
    content = file.read_bytes()
    again = content
    for decision_id, _name in decision_writing.decisions(content, file.name):
        again = decision_writing.write(again, decision_writing.read(again, decision_id))
    assert said(again) == said(content)


def test_writing_an_unchanged_grid_keeps_the_grid_and_foreign_parts() -> None:
    grid = decision_writing.read(CARRIED, "fee")
    assert grid == Grid(
        "fee",
        "Phi",
        "FIRST",
        "",
        (Column("i1", "Loai", "kind", "string"), Column("i2", "", "amount", "number", "[0..9]")),
        (Column("o1", "", "fee", "number", "", "7"),),
        (Row("r1", ('"a"', "-"), ("1",)), Row("r2", ("-", "< 5"), ("2",), "Con lai")),
    )
    again = decision_writing.write(CARRIED, grid)
    assert decision_writing.read(again, "fee") == grid
    kept = (b'x:kept a="1"', b'x:width="90"', b'<x:shape ref="fee"/>', b"annotationEntry", b'id="e1"', b'id="c12"')
    assert [part in again for part in kept] == [True] * len(kept)


def test_moved_columns_and_rows_take_their_cells_along() -> None:
    grid = decision_writing.read(CARRIED, "fee")
    moved = decision_grid.moved_row(decision_grid.moved_input(grid, 0, 1), 1, -1)
    again = decision_writing.write(CARRIED, moved)
    assert decision_writing.read(again, "fee") == moved
    assert moved.rows == (Row("r2", ("< 5", "-"), ("2",), "Con lai"), Row("r1", ("-", '"a"'), ("1",)))
    assert again.index(b'id="c22"') < again.index(b'id="c21"') < again.index(b'id="r1"')


@pytest.mark.parametrize(
    ("change", "rows"),
    [
        (lambda g: decision_grid.with_row(g), (('"a"', "-", "1"), ("-", "< 5", "2"), ("-", "-", ""))),
        (lambda g: decision_grid.without_row(g, 0), (("-", "< 5", "2"),)),
        (lambda g: decision_grid.copied_row(g, 0), (('"a"', "-", "1"), ('"a"', "-", "1"), ("-", "< 5", "2"))),
        (lambda g: decision_grid.moved_row(g, 0, -1), (('"a"', "-", "1"), ("-", "< 5", "2"))),
        (lambda g: decision_grid.with_input(g), (('"a"', "-", "-", "1"), ("-", "< 5", "-", "2"))),
        (lambda g: decision_grid.without_input(g, 0), (("-", "1"), ("< 5", "2"))),
        (lambda g: decision_grid.with_output(g), (('"a"', "-", "1", ""), ("-", "< 5", "2", ""))),
        (
            lambda g: decision_grid.moved_output(decision_grid.with_output(g), 0, 1),
            (('"a"', "-", "", "1"), ("-", "< 5", "", "2")),
        ),
        (lambda g: decision_grid.without_output(decision_grid.with_output(g), 0), (('"a"', "-", ""), ("-", "< 5", ""))),
    ],
    ids=["row+", "row-", "row*", "edge", "input+", "input-", "output+", "output~", "output-"],
)
def test_grid_is_rearranged_and_written(change: object, rows: tuple[tuple[str, ...], ...]) -> None:
    assert callable(change)
    grid: Grid = change(decision_writing.read(CARRIED, "fee"))
    again = decision_writing.read(decision_writing.write(CARRIED, grid), "fee")
    assert tuple((*row.cells, *row.results) for row in again.rows) == rows
    ids = [part.id for part in (*again.inputs, *again.outputs)] + [row.id for row in again.rows]
    assert "" not in ids
    assert len(set(ids)) == len(ids)


def test_new_file_is_a_table_to_fill() -> None:
    grid = decision_writing.read(decision_writing.new("phi", "Mức phí"), "phi")
    filled = replace(
        decision_grid.with_row(grid), inputs=(replace(grid.inputs[0], source="kind", kind="string"),), policy="FIRST"
    )
    filled = replace(filled, rows=(replace(filled.rows[0], results=('"x"',)),))
    written = decision_writing.write(decision_writing.new("phi", "Mức phí"), filled)
    assert (grid.name, grid.rows) == ("Mức phí", ())
    assert [row[0] for row in said(written)] == ["phi"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"<a/>", "decision.not_dmn"),
        (CARRIED.replace(b'id="fee"', b'id="other"'), "decision.missing"),
        (CARRIED.replace(b'id="t"', b'id="t" preferredOrientation="CrossTable"'), "decision.cross"),
        (CARRIED.replace(b'<inputEntry id="c21">', b'<inputEntry id="c21" expressionLanguage="juel">'), "decision.language"),
        (CARRIED.replace(b'<outputEntry id="c13"><text>1</text></outputEntry>', b""), "decision.row"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "doctype"),
    ],
    ids=["not-dmn", "no-such", "cross-table", "language", "ragged", "doctype"],
)
def test_what_a_grid_cannot_hold_is_refused_by_name(content: bytes, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        decision_writing.read(content, "fee")
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_formula_is_no_table() -> None:
    start, end = CARRIED.index(b"<decisionTable"), CARRIED.index(b"</decisionTable>") + len(b"</decisionTable>")
    formula = CARRIED[:start] + b"<literalExpression><text>1</text></literalExpression>" + CARRIED[end:]
    with pytest.raises(ProcedureRejected) as refusal:
        decision_writing.read(formula, "fee")
    assert [finding.code for finding in refusal.value.findings] == ["decision.not_a_table"]
