"""The feasibility proof over the carried services: what fits, what does not, on which way, in which weeks."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

import pytest
import yaml

from engine.cases import capabilities
from engine.dossiers import proof, services
from engine.dossiers.models import PublicService
from engine.errors import Finding
from engine.people import agencies
from engine.procedures import definition, folder, gates
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.verdicts import Verdict
from engine.transaction import session, transaction
from tests.dossiers.conftest import SERVICE, Counter
from tests.procedures.conftest import DOSSIER

ALLOWANCE = "1.014027"
PERMIT = "1.009994"


def changed(**edits: Callable[[Any], None]) -> Folder:
    """The dossier folder with its sheet edited."""
    files = dict(folder.read(DOSSIER).files)
    sheet = yaml.safe_load(files["procedure.yaml"])
    for edit in edits.values():
        edit(sheet)
    files["procedure.yaml"] = yaml.safe_dump(sheet, allow_unicode=True, sort_keys=False).encode()
    return folder.of(files.items())


def rule_of(content: Folder) -> Definition:
    return definition.read(content)


def plan(home: uuid.UUID, code: str, **columns: Any) -> None:
    """Give a service other terms or another limit."""
    with transaction():
        service = session().get_one(PublicService, services.get(home, code).id)
        for name, value in columns.items():
            setattr(service, name, value)


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in findings]


def test_every_carried_service_fits_its_limit(counter: Counter) -> None:
    rows = proof.rows(counter.actor("secretary").agency_id, rule_of(folder.read(DOSSIER)))
    assert rows is not None
    assert len(rows) == 15
    assert [row.service.code for row in rows if row.measured.is_over] == []


def test_a_service_is_measured_from_receipt_to_the_result(counter: Counter) -> None:
    rows = proof.rows(counter.actor("secretary").agency_id, rule_of(folder.read(DOSSIER)))
    found = next(row.measured for row in rows or () if row.service.code == SERVICE)
    steps = (("hand_over", 120), ("assign", 60), ("process", 780), ("check", 120), ("sign", 240), ("number_seal", 120))
    assert (found.path.steps, found.path.minutes, found.window.minutes, found.percent) == (steps, 1440, 1440, 100)


def test_twelve_days_of_work_against_a_limit_of_ten_are_refused_with_the_way(counter: Counter) -> None:
    home = counter.actor("secretary").agency_id
    plan(
        home,
        ALLOWANCE,
        terms={"hand_over": 240, "process": 8 * 480, "sign": 480, "number_seal": 240, "check": 480, "assign": 480},
    )
    found = gates.judge(home, folder.read(DOSSIER), capabilities=capabilities.facts())
    assert told(found.errors) == [("process", "term.over")]
    message = found.errors[0].message
    assert f"Thủ tục {ALLOWANCE} " in message
    assert (
        "các bước cộng lại 96 giờ (Chuyển phòng chuyên môn 4 giờ → Phân công thụ lý 8 giờ → Thẩm định, giải quyết 64 giờ"
        in message
    )
    assert "thời hạn 10 ngày làm việc chỉ có 80 giờ làm việc" in message
    assert "trước hết là “Thẩm định, giải quyết”" in message
    worst = (proof.rows(home, rule_of(folder.read(DOSSIER))) or [])[0]
    assert (worst.service.code, worst.measured.percent) == (ALLOWANCE, 120)
    assert {"receive_dossier", "gw_process", "sign", "receive_result"} <= set(worst.measured.path.route)


def test_a_step_that_is_added_without_borrowing_takes_time_from_every_service(counter: Counter) -> None:
    home = counter.actor("secretary").agency_id
    longer = changed(term=lambda sheet: sheet["steps"]["check"].pop("borrows_from"))
    plan(home, ALLOWANCE, terms={"process": 80 * 60})
    rows = proof.rows(home, rule_of(longer)) or []
    found = next(row.measured for row in rows if row.service.code == ALLOWANCE)
    assert dict(found.path.steps)["check"] == 120
    assert found.is_over


@pytest.mark.parametrize(
    ("unit", "value", "is_over"),
    [
        pytest.param("calendar_day", 15, False, id="as it is carried"),
        pytest.param("calendar_day", 14, True, id="a day less"),
        pytest.param("working_day", 6, False, id="six working days"),
        pytest.param("working_day", 5, True, id="five working days"),
    ],
)
def test_the_permit_keeps_its_limit_before_tet(counter: Counter, unit: str, value: int, is_over: bool) -> None:
    home = counter.actor("secretary").agency_id
    plan(home, PERMIT, limit_unit=unit, limit_value=value)
    rows = proof.rows(home, rule_of(folder.read(DOSSIER))) or []
    assert next(row.measured.is_over for row in rows if row.service.code == PERMIT) is is_over


def test_services_that_use_nearly_all_their_time_are_one_warning(counter: Counter) -> None:
    content = folder.read(DOSSIER)
    found = proof.judge(counter.actor("secretary").agency_id, content, rule_of(content))
    assert told(found.warnings) == [("dossier", "term.close")]
    assert "15 thủ tục dùng trên 90 % thời hạn theo luật: 1.000656 (100 %)" in found.warnings[0].message


def test_a_procedure_of_named_services_is_asked_for_these_alone(counter: Counter) -> None:
    rule = rule_of(changed(services=lambda sheet: sheet.update(public_services=[SERVICE])))
    rows = proof.rows(counter.actor("secretary").agency_id, rule) or []
    assert [row.service.code for row in rows] == [SERVICE]


def test_work_that_is_no_public_service_has_no_limit(counter: Counter) -> None:
    content = changed(services=lambda sheet: sheet.update(public_services=[]))
    assert proof.judge(counter.actor("secretary").agency_id, content, rule_of(content)) == Verdict()


def test_a_service_of_an_agency_below_is_measured_for_its_procedure_above(counter: Counter) -> None:
    secretary = counter.actor("secretary")
    with transaction():
        own, _ = services.change(
            secretary.agency_id, SERVICE, {"fee_text": "Miễn phí"}, seen=services.get(secretary.agency_id, SERVICE).id, by=None
        )
        own_id = own.id
    root = agencies.root()
    assert root is not None
    rows = proof.rows(root.id, rule_of(folder.read(DOSSIER))) or []
    assert own_id in {row.service.id for row in rows}
    assert len(rows) == 16


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        pytest.param(
            'name="kind" value="refusal"', 'name="kind" value="supplement"', "end_refused", id="a refusal without its slip"
        ),
        pytest.param('name="kind" value="stop"', 'name="kind" value="supplement"', "end_stopped", id="a stop without its notice"),
    ],
)
def test_every_end_of_a_dossier_gives_a_paper(counter: Counter, old: str, new: str, place: str) -> None:
    files: Mapping[str, bytes] = folder.read(DOSSIER).files
    content = folder.of({**files, "dossier.bpmn": files["dossier.bpmn"].replace(old.encode(), new.encode())}.items())
    found = proof.judge(counter.actor("secretary").agency_id, content, rule_of(content))
    assert told(found.errors) == [(place, "end.no_paper")]


@pytest.mark.parametrize(("minutes", "text"), [(0, "0 giờ"), (45, "45 phút"), (60, "1 giờ"), (150, "2 giờ 30 phút")])
def test_working_time_in_words(minutes: int, text: str) -> None:
    assert proof.hours(minutes) == text
