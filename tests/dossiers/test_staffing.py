"""Who is there to do it: roles nobody holds, one person holds, two steps that one person alone could do; waits nobody ends."""

from collections.abc import Callable
from datetime import date

import pytest
import yaml

from engine.errors import Finding
from engine.people import agencies, directory, positions
from engine.people.positions import Appointment
from engine.procedures import definition, folder, staffing
from engine.procedures.folder import Folder
from engine.procedures.verdicts import Verdict
from engine.transaction import transaction
from tests.bench.model import Process, timer
from tests.dossiers.conftest import Counter
from tests.procedures.conftest import DOSSIER
from tests.procedures.proved import made

MESSAGE = '<bpmn:message id="m" name="tin"/><bpmn:signal id="g" name="hieu"/>'
ON_MESSAGE = '<bpmn:messageEventDefinition messageRef="m"/>'
ON_SIGNAL = '<bpmn:signalEventDefinition signalRef="g"/>'


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in findings]


def judged(counter: Counter, content: Folder) -> Verdict:
    return staffing.judge(counter.actor("secretary").agency_id, content, definition.read(content))


def leave(login: str) -> None:
    """End every position of somebody, as of yesterday."""
    with transaction():
        person = directory.by_login(login)
        assert person is not None
        for position in person.positions:
            position.valid_from, position.valid_to = date(2026, 1, 1), date(2026, 11, 17)


def give(login: str, role: str) -> None:
    with transaction():
        person = directory.by_login(login)
        assert person is not None
        positions.give(person, Appointment(person.agency_id, "Kiêm nhiệm", frozenset({role})), by=None)


def test_the_demo_ward_has_people_for_every_role(counter: Counter) -> None:
    found = judged(counter, folder.read(DOSSIER))
    assert found.errors == ()
    assert told(found.warnings) == [
        ("assign", "role.single"),
        ("process", "role.single"),
        ("sign", "role.single"),
        ("number_seal", "role.single"),
        ("file_record", "role.single"),
    ]
    assert found.warnings[0].message.startswith("Chỉ Lê Thị Bích Ngọc giữ vai trò của làn “Lãnh đạo phòng”")


def test_a_role_that_nobody_holds_any_more_is_an_error_at_its_first_step(counter: Counter) -> None:
    leave("registrar")
    found = judged(counter, folder.read(DOSSIER))
    assert told(found.errors) == [("number_seal", "role.nobody")]
    assert "UBND phường" in found.errors[0].message


def test_a_role_held_by_two_is_not_remarked_on(counter: Counter) -> None:
    give("officer", "registrar")
    assert ("number_seal", "role.single") not in told(judged(counter, folder.read(DOSSIER)).warnings)


def test_roles_held_only_below_are_told_to_the_province(counter: Counter) -> None:
    root = agencies.root()
    assert root is not None
    content = folder.read(DOSSIER)
    found = staffing.judge(root.id, content, definition.read(content))
    assert found.errors == ()
    assert ("intake_check", "role.below") in told(found.warnings)


def test_two_steps_that_one_person_alone_could_do_are_refused(counter: Counter) -> None:
    leave("head")
    give("officer", "head")
    assert told(judged(counter, folder.read(DOSSIER)).errors) == [("check", "separate.person")]


def test_a_second_person_in_one_of_the_roles_is_enough(counter: Counter) -> None:
    give("officer", "head")
    assert judged(counter, folder.read(DOSSIER)).errors == ()


def waiting(event: str, *, around: str = "") -> Process:
    """A case that waits for something, with ``around`` on its border or behind the same gateway."""
    process = Process().element("startEvent", "s").element("endEvent", "e")
    if around == "gateway":
        process.element("eventBasedGateway", "gw").element("intermediateCatchEvent", "late", timer("P5D")).element(
            "endEvent", "e2"
        )
        return process.element("intermediateCatchEvent", "wait", event).chain("s", "gw", "wait", "e").chain("gw", "late", "e2")
    if around == "border":
        inner = (
            Process("inner")
            .element("startEvent", "is")
            .element("intermediateCatchEvent", "wait", event)
            .element("endEvent", "ie")
        )
        process.add(inner.chain("is", "wait", "ie")).element("boundaryEvent", "late", timer("P5D"), attachedToRef="inner")
        return process.element("endEvent", "e2").chain("s", "inner", "e").chain("late", "e2")
    return process.element("intermediateCatchEvent", "wait", event).chain("s", "wait", "e")


@pytest.mark.parametrize(
    ("event", "around", "roles", "errors", "warnings"),
    [
        pytest.param(ON_MESSAGE, "", ["registrar"], [], [], id="somebody may report it"),
        pytest.param(ON_MESSAGE, "", ["inspector"], [("wait", "wait.nobody")], [], id="nobody may report it"),
        pytest.param(ON_MESSAGE, "gateway", ["inspector"], [], [], id="a timer beside it"),
        pytest.param(ON_MESSAGE, "border", ["inspector"], [], [], id="a timer around it"),
        pytest.param(ON_SIGNAL, "", ["registrar"], [], [("wait", "wait.no_timer")], id="a signal"),
        pytest.param(ON_SIGNAL, "border", ["registrar"], [], [], id="a signal with a timer around"),
    ],
)
def test_every_wait_is_ended_by_a_person_or_a_timer(
    counter: Counter, event: str, around: str, roles: list[str], errors: list[tuple[str, str]], warnings: list[tuple[str, str]]
) -> None:
    messages = {"tin": {"title": "Tin mới", "roles": roles}} if event == ON_MESSAGE else {}
    found = judged(counter, made(waiting(event, around=around), extra=MESSAGE, messages=messages))
    assert (told(found.errors), told(found.warnings)) == (errors, warnings)


def test_nobody_who_may_open_a_case_is_an_error(counter: Counter) -> None:
    files = dict(folder.read(DOSSIER).files)
    sheet = yaml.safe_load(files["procedure.yaml"])
    sheet["start"]["roles"] = ["inspector"]
    files["procedure.yaml"] = yaml.safe_dump(sheet, allow_unicode=True).encode()
    assert told(judged(counter, folder.of(files.items())).errors) == [("procedure.yaml: start.roles", "role.nobody")]


def test_a_division_without_anybody_in_the_role_is_told(counter: Counter) -> None:
    with transaction():
        agencies.add_division(agencies.get(counter.actor("secretary").agency_id), "moi", "Phòng Mới")
    found = judged(counter, folder.read(DOSSIER))
    empty: Callable[[Finding], bool] = lambda finding: finding.code == "role.division"  # noqa: E731 - read twice below
    assert [finding.place for finding in found.warnings if empty(finding)] == ["assign", "process"]
    assert all("Phòng Mới" in finding.message for finding in found.warnings if empty(finding))
