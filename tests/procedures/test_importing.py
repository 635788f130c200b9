"""Foreign models: what is changed is named, what is left is named, nothing of the diagram is lost, a case can start."""

import pytest

from engine.errors import AnswersRejected, ProcedureRejected
from engine.flow import model, run
from engine.procedures import importing, sheet_writing
from engine.procedures.importing import Imported
from tests.procedures.foreign import flow, foreign, shown

START, END = '<bpmn:startEvent id="s"/>', '<bpmn:endEvent id="e"/>'
TASK = '<bpmn:userTask id="t" name="Xét đơn"/>'
LINE = (START, TASK, END, flow("s", "t"), flow("t", "e"))
GATEWAY = '<bpmn:exclusiveGateway id="g" name="Đạt không?"/>'
OTHER = '<bpmn:endEvent id="e2" name="Dừng"/>'


def between(element: str, id_: str = "x") -> tuple[str, ...]:
    """Start, a task of a person, ``element``, end."""
    return START, TASK, element, END, flow("s", "t"), flow("t", id_), flow(id_, "e")


def branching(condition: str = "", other: str = "") -> tuple[str, ...]:
    ways = flow("g", "e", "Đạt", condition), flow("g", "e2", "Chưa đạt", other)
    return START, TASK, GATEWAY, END, OTHER, flow("s", "t"), flow("t", "g"), *ways


def codes(read: Imported) -> tuple[list[str], list[str]]:
    return [change.code for change in read.changes], [finding.code for finding in read.findings]


@pytest.mark.parametrize(
    ("elements", "changes", "findings"),
    [
        pytest.param(LINE, [], ["lane.missing"], id="nothing to change"),
        pytest.param(
            between('<bpmn:serviceTask id="x"/>'), ["task_by_hand"], ["import.by_hand", *["lane.missing"] * 2], id="service task"
        ),
        pytest.param(
            between('<bpmn:sendTask id="x"/>'), ["task_by_hand"], ["import.by_hand", *["lane.missing"] * 2], id="send task"
        ),
        pytest.param(
            between('<bpmn:callActivity id="x" calledElement="far"/>'),
            ["task_by_hand"],
            ["import.by_hand", *["lane.missing"] * 2],
            id="call into another file",
        ),
        pytest.param(
            between('<bpmn:scriptTask id="x"><bpmn:script>print("a"); x++</bpmn:script></bpmn:scriptTask>'),
            ["task_by_hand"],
            ["import.script", "import.by_hand", *["lane.missing"] * 2],
            id="script in another language",
        ),
        pytest.param(between('<bpmn:receiveTask id="x" name="Chờ"/>'), ["name_given"], ["lane.missing"], id="receive task"),
        pytest.param(
            between('<bpmn:intermediateCatchEvent id="x"><bpmn:timerEventDefinition/></bpmn:intermediateCatchEvent>'),
            ["timer_guessed"],
            ["import.timer", "lane.missing"],
            id="timer without a term",
        ),
        pytest.param(
            between('<bpmn:subProcess id="x"><bpmn:dataObject id="o"/></bpmn:subProcess>'),
            ["one_step"],
            ["import.one_step", *["lane.missing"] * 2],
            id="empty sub-process",
        ),
        pytest.param(
            between('<bpmn:userTask id="x"><bpmn:multiInstanceLoopCharacteristics/></bpmn:userTask>'),
            ["loop_removed"],
            ["import.loop", *["lane.missing"] * 2],
            id="loop over nothing",
        ),
        pytest.param(branching(), ["default_chosen", "condition_asked"], ["lane.missing"], id="gateway without conditions"),
        pytest.param(
            branching("${decision == 'pass' &amp;&amp; amount gt 5}", "${true}"),
            ["condition_translated"] * 2,
            ["lane.missing", "condition.name", "condition.name"],
            id="JUEL",
        ),
        pytest.param(
            branching("=amount &gt; 5", "=amount &lt;= 5"),
            ["condition_translated"] * 2,
            ["lane.missing", "condition.name"],
            id="FEEL",
        ),
        pytest.param(
            branching("every x in xs satisfies x", "true"),
            ["default_chosen"],
            ["condition.language", "lane.missing"],
            id="condition nobody here understands",
        ),
        pytest.param(
            (START, '<bpmn:userTask id="t" camunda:assignee="kim"/>', END, flow("s", "t"), flow("t", "e")),
            ["foreign_extension"],
            ["lane.missing"],
            id="Camunda attribute",
        ),
    ],
)
def test_import_names_each_change_and_what_is_left(elements: tuple[str, ...], changes: list[str], findings: list[str]) -> None:
    read = importing.read(foreign(*elements, shapes=("s", "t", "e"), process='isExecutable="true"'))
    assert (*codes(read), read.is_runnable) == (changes, findings, True)


def test_import_starts_a_case_and_keeps_the_diagram() -> None:
    sent = foreign(*branching(), shapes=("s", "t", "g", "e", "e2", "t_g"))
    read = importing.read(sent)
    written = read.folder.files["don_tu.bpmn"]
    values = sheet_writing.read(read.folder)["start"]["values"]
    move = run.start(model.load(written, "m"), values)
    assert ([waiting.element for waiting in move.opened], shown(written)) == (["t"], shown(sent))


def test_import_asks_the_way_in_the_form_of_the_step_before() -> None:
    read = importing.read(foreign(*branching()))
    assert sorted(read.folder.files) == ["README.md", "don_tu.bpmn", "forms/xet_don.yaml", "procedure.yaml"]
    form = read.folder.files["forms/xet_don.yaml"].decode()
    assert [word in form for word in ("name: dat_khong_choice", "way_1: Đạt", "way_2: Chưa đạt", "routes: true")] == [True] * 4


def test_import_names_the_extension_it_takes_out() -> None:
    task = '<bpmn:serviceTask id="x"><bpmn:extensionElements><zeebe:taskDefinition type="mail"/></bpmn:extensionElements></bpmn:serviceTask>'
    read = importing.read(foreign(*between(task), process='isExecutable="true"'))
    said = [(change.place, change.message) for change in read.changes if change.code == "foreign_extension"]
    assert said == [("x", "Phần mở rộng của công cụ khác không có tác dụng, đã bỏ: zeebe:taskDefinition")]
    assert b"taskDefinition" not in read.folder.files["don_tu.bpmn"]


SECOND = f'<bpmn:process id="q" name="Người dân"><bpmn:startEvent id="s9"/><bpmn:task id="t9"/>{flow("s9", "t9")}</bpmn:process>'


@pytest.mark.parametrize(("asked", "chosen", "steps"), [("", "p", ["t"]), ("q", "q", ["t9"])], ids=["largest", "asked for"])
def test_import_runs_one_pool_and_keeps_the_other_drawn(asked: str, chosen: str, steps: list[str]) -> None:
    read = importing.read(foreign(*LINE, beside=SECOND), process=asked)
    assert (read.process, read.processes, list(sheet_writing.read(read.folder)["steps"])) == (
        chosen,
        {"q": "Người dân", "p": "Đơn từ"},
        steps,
    )
    assert codes(read)[0].count("pool_drawn_only") == 1


LANES = '<bpmn:laneSet id="l"><bpmn:lane id="l1" name="Trưởng phòng Tư pháp"><bpmn:flowNodeRef>t</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'


def test_import_guesses_roles_of_lanes_to_be_confirmed() -> None:
    read = importing.read(foreign(LANES, *LINE))
    assert sheet_writing.read(read.folder)["lanes"] == {"Trưởng phòng Tư pháp": {"role": "head"}}
    assert codes(read)[1] == ["lane.role"]


def test_import_says_why_a_model_cannot_run() -> None:
    read = importing.read(foreign(*between('<bpmn:complexGateway id="x"/>')))
    assert (read.is_runnable, next((f.place, f.code) for f in read.findings)) == (False, ("x", "unsupported"))


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param(b"khong phai XML", "not_xml", id="no XML"),
        pytest.param(foreign(), "no_process", id="no steps"),
        pytest.param(b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "doctype", id="entities"),
    ],
)
def test_import_refuses_what_is_no_safe_model(content: bytes, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        importing.read(content)
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_import_refuses_a_code_no_procedure_can_have() -> None:
    with pytest.raises(AnswersRejected) as refusal:
        importing.require_names(importing.read(foreign(*LINE), code="Đơn từ"))
    assert list(refusal.value.fields) == ["code"]
