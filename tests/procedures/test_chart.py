"""The flow chart: read from any BPMN diagram, cut into sheets that fit the paper, with nothing lost on the way."""

import math
from pathlib import Path

import pytest

from engine.errors import ProcedureRejected
from engine.procedures import chart_reading, chart_tiles
from engine.procedures.chart import Box, Chart, Line, Shape
from engine.procedures.chart_tiles import LEAST_WHOLE, Paper

PROCESSES = Path(__file__).parents[2] / "processes"
PAPERS = (Paper(180, 222, is_landscape=False), Paper(267, 146, is_landscape=True))
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"'
    ' xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:di="http://www.omg.org/spec/DD/20100524/DI" targetNamespace="x">'
)


def drawn(inside: str, di: str) -> tuple[Chart, ...]:
    """The charts of a process with these elements, drawn so."""
    plane = f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="main">{di}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return chart_reading.read(f'{HEAD}<process id="main" name="Việc">{inside}</process>{plane}</definitions>'.encode())


def shape_at(element: str, bounds: str = 'x="0" y="0" width="100" height="80"', more: str = "") -> str:
    return f'<bpmndi:BPMNShape id="{element}_di" bpmnElement="{element}" {more}><dc:Bounds {bounds}/></bpmndi:BPMNShape>'


@pytest.mark.parametrize(
    ("element", "more", "kind", "marks"),
    [
        ('<userTask id="a"/>', "", "task", ("user",)),
        ('<serviceTask id="a"><standardLoopCharacteristics/></serviceTask>', "", "task", ("service", "loop")),
        ('<task id="a"><multiInstanceLoopCharacteristics/></task>', "", "task", ("together",)),
        ('<task id="a"><multiInstanceLoopCharacteristics isSequential="true"/></task>', "", "task", ("in_turn",)),
        ('<callActivity id="a"/>', "", "task", ("call",)),
        ('<subProcess id="a"/>', "", "task", ("folded",)),
        ('<subProcess id="a" triggeredByEvent="true"/>', 'isExpanded="true"', "scope", ("dotted",)),
        ('<transaction id="a"/>', 'isExpanded="true"', "scope", ("double",)),
        ('<startEvent id="a"/>', "", "event", ("start",)),
        (
            '<startEvent id="a" isInterrupting="false"><timerEventDefinition/></startEvent>',
            "",
            "event",
            ("start", "timer", "dashed"),
        ),
        ('<endEvent id="a"><terminateEventDefinition/></endEvent>', "", "event", ("end", "terminate", "filled")),
        (
            '<boundaryEvent id="a" cancelActivity="false"><messageEventDefinition/></boundaryEvent>',
            "",
            "event",
            ("between", "message", "dashed"),
        ),
        (
            '<intermediateThrowEvent id="a"><signalEventDefinition/></intermediateThrowEvent>',
            "",
            "event",
            ("between", "signal", "filled"),
        ),
        ('<exclusiveGateway id="a"/>', "", "gateway", ("exclusive",)),
        ('<exclusiveGateway id="a"/>', 'isMarkerVisible="false"', "gateway", ()),
        ('<parallelGateway id="a"/>', "", "gateway", ("parallel",)),
        ('<dataObjectReference id="a"/>', "", "data", ()),
        ('<textAnnotation id="a"><text>Ghi chú</text></textAnnotation>', "", "note", ()),
        ('<laneSet><lane id="a"/></laneSet>', 'isHorizontal="false"', "lane", ("upright",)),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) < 12 else None,
)
def test_every_kind_of_shape_is_known(element: str, more: str, kind: str, marks: tuple[str, ...]) -> None:
    (chart,) = drawn(element, shape_at("a", more=more))
    assert [(shape.id, shape.kind, shape.marks) for shape in chart.shapes] == [("a", kind, marks)]


def test_a_line_knows_its_way_its_words_and_its_marks() -> None:
    flows = (
        '<exclusiveGateway id="a" default="f"/><task id="b"/><sequenceFlow id="f" name="Còn\n lại" sourceRef="a" targetRef="b"/>'
    )
    edge = (
        '<bpmndi:BPMNEdge id="e" bpmnElement="f"><di:waypoint x="0" y="1"/><di:waypoint x="5" y="1"/>'
        '<bpmndi:BPMNLabel><dc:Bounds x="1" y="2" width="30" height="14"/></bpmndi:BPMNLabel></bpmndi:BPMNEdge>'
    )
    (chart,) = drawn(flows, shape_at("a") + edge)
    assert chart.lines == (Line("f", "flow", "Còn lại", ((0, 1), (5, 1)), Box(1, 2, 30, 14), ("default",)),)


@pytest.mark.parametrize(
    "bounds",
    [
        'x="nan" y="0" width="1" height="1"', 'x="inf" y="0" width="1" height="1"', 'x="1e300" y="0" width="1" height="1"',
        'x="0" y="0" width="-5" height="1"', 'x="0" y="0" width="0" height="1"', 'x="a" y="0" width="1" height="1"', 'y="0"',
    ],
)  # fmt: skip
def test_a_place_that_is_none_is_left_out(bounds: str) -> None:
    (chart,) = drawn('<task id="a"/><task id="b"/>', shape_at("a", bounds) + shape_at("b"))
    assert [shape.id for shape in chart.shapes] == ["b"]


def test_a_model_nobody_drew_has_no_chart() -> None:
    assert drawn('<task id="a"/>', "") == ()


def test_an_entity_is_refused_as_everywhere() -> None:
    with pytest.raises(ProcedureRejected):
        chart_reading.read(b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')


def test_a_small_chart_stands_on_one_sheet_as_large_as_is_useful() -> None:
    chart = Chart("x", (Shape("a", "task", "Ghi", Box(0, 0, 100, 80)),), ())
    (sheet,) = chart_tiles.sheets(chart, PAPERS)
    assert (sheet.is_landscape, sheet.width, sheet.height) == (False, round(116 * 0.30, 2), round(96 * 0.30, 2))


@pytest.mark.parametrize("folder", ["dossier", "_template", "_empty", "document_approval"])
def test_carried_charts_are_legible_and_nothing_is_lost(folder: str) -> None:
    (model,) = (PROCESSES / folder).glob("*.bpmn")
    for chart in chart_reading.read(model.read_bytes()):
        sheets = chart_tiles.sheets(chart, PAPERS)
        parts = [part for sheet in sheets for part in sheet.parts]
        assert all(part["unit"] >= LEAST_WHOLE for part in parts)
        whole = {part["name"] for sheet in sheets for part in sheet.parts if part["kind"] == "task" and _is_whole(part, sheet)}
        assert whole == {shape.name for shape in chart.shapes if shape.kind == "task"}
        assert {part["name"] for part in parts if part["kind"] in ("flow", "event", "gateway")} >= {
            line.name for line in chart.lines if line.kind == "flow"
        }
        assert all(sheet.width <= _paper(sheet).width + 0.1 and sheet.height <= _paper(sheet).height + 0.1 for sheet in sheets)


def _is_whole(part: object, sheet: chart_tiles.Sheet) -> bool:
    shown = dict(part)  # type: ignore[call-overload]  # a part is a mapping
    is_inside = bool(shown["x"] >= -0.01 and shown["y"] >= -0.01)
    return is_inside and bool(
        shown["x"] + shown["width"] <= sheet.width + 0.01 and shown["y"] + shown["height"] <= sheet.height + 0.01
    )


def _paper(sheet: chart_tiles.Sheet) -> Paper:
    return PAPERS[1] if sheet.is_landscape else PAPERS[0]


def test_later_sheets_name_the_lanes_again() -> None:
    lanes = (Shape("p", "pool", "Cơ quan", Box(0, 0, 4000, 300)), Shape("l", "lane", "Văn thư", Box(30, 0, 3970, 300)))
    tasks = tuple(Shape(f"t{n}", "task", f"Việc {n}", Box(100 + 150 * n, 100, 100, 80)) for n in range(25))
    sheets = chart_tiles.sheets(Chart("x", (*lanes, *tasks), ()), PAPERS)
    assert len(sheets) > 1
    named = [[part["name"] for part in sheet.parts if part["kind"] == "heading"] for sheet in sheets]
    assert named == [[], *[["Cơ quan", "Văn thư"]] * (len(sheets) - 1)]


@pytest.mark.parametrize(("width", "height"), [(50_000, 50_000), (50_000, 10), (10, 50_000), (0.001, 0.001)])
def test_a_chart_of_any_size_needs_few_sheets(width: float, height: float) -> None:
    chart = Chart("x", (Shape("a", "pool", "x", Box(-width, -height, 2 * width, 2 * height)),), ())
    sheets = chart_tiles.sheets(chart, PAPERS)
    assert 1 <= len(sheets) <= chart_tiles.MOST_SHEETS
    assert all(math.isfinite(sheet.width) and math.isfinite(sheet.height) for sheet in sheets)
