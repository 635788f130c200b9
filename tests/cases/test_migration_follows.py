"""What else a migration brings with it: notices, conditions that hold already, which revision a case follows, what it costs."""

import re

import pytest

from engine.cases import followed, impact, incidents, migrating, migration_undo
from engine.cases.followed import Followed
from engine.cases.models import Case
from engine.cases.troubles import Trouble
from engine.errors import Conflict
from engine.outbox import notices
from engine.procedures import differences
from engine.procedures.models import ProcedureRevision
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.cases.conftest import Office
from tests.cases.test_migrating import REASON, SHEET, TERM, make, publish, renamed, undo
from tests.cases.test_operations import fresh
from tests.decisions import DECISION

MODEL = "letter.bpmn"
#: Whoever takes a step of drafting: a boundary event that holds for a letter nobody decided about.
ALARM = (
    '<boundaryEvent id="alarm" name="{name}" attachedToRef="draft" cancelActivity="{cancels}"><conditionalEventDefinition>'
    '<condition xsi:type="tFormalExpression">{condition}</condition></conditionalEventDefinition></boundaryEvent>'
    '<sequenceFlow id="w_alarm" sourceRef="alarm" targetRef="{target}"/>'
)
AFTER = '<sequenceFlow id="w2" sourceRef="late" targetRef="urge"/>'


def alarmed(office: Office, condition: str, cancels: str = "false", target: str = "urge") -> ProcedureRevision:
    """The letter with a conditional event on its drafting."""
    event = ALARM.format(name="Việc gấp", condition=condition, cancels=cancels, target=target)
    return publish(office, (MODEL, AFTER, AFTER + event))


def told(office: Office, login: str) -> list[tuple[str, str]]:
    session().rollback()
    return [(notice.kind, notice.text) for notice in notices.unread(office.actor(login).person_id) if notice.kind == "migrated"]


def bring(office: Office, to: ProcedureRevision, **plan: object) -> None:
    make(office, to, **plan)
    assert sweeps.migrate_cases() >= 1


def name_of(case: Case) -> str:
    return f"“{fresh(case).title}”"


def test_a_holder_whose_step_is_another_one_is_told_and_told_again_when_it_is_undone(office: Office) -> None:
    case = office.to_draft("officer")
    act_id = make(office, renamed(office), mapping={"draft": "compose"})
    sweeps.migrate_cases()
    moved = "được chuyển sang lần ban hành 2 của quy trình theo quyết định chuyển 01/2026."
    back = "trở về lần ban hành 1 của quy trình, bỏ việc chuyển theo quyết định 01/2026."
    first = f"{name_of(case)} {moved} Bước “Soạn trả lời” anh/chị đang giữ nay là “Soạn dự thảo”. Hãy mở lại bước để làm tiếp."
    assert told(office, "officer") == [("migrated", first)]
    undo(office, act_id, case)
    second = f"{name_of(case)} {back} Bước “Soạn dự thảo” anh/chị đang giữ nay là “Soạn trả lời”. Hãy mở lại bước để làm tiếp."
    assert told(office, "officer") == [("migrated", second), ("migrated", first)]


def test_a_holder_who_is_not_of_the_new_group_is_told_that_the_step_is_gone(office: Office) -> None:
    case = office.to_draft("officer")
    bring(office, publish(office, (SHEET, "Chuyên viên: {role: officer, of_division: true}", "Chuyên viên: {role: clerk}")))
    assert (office.step(case, "draft").assignee_id, office.step(case, "draft").role) == (None, "clerk")
    [(_kind, text)] = told(office, "officer")
    assert text.endswith("giao cho vai trò khác; anh/chị không phải làm nữa.")


def test_a_holder_whose_step_is_due_at_another_moment_is_told_when(office: Office) -> None:
    case = office.to_draft("officer")
    bring(office, publish(office, TERM), terms="new")
    [(_kind, text)] = told(office, "officer")
    due_at = office.step(case, "draft").due_at
    assert due_at is not None
    assert re.search(r"có hạn mới (\d\d:\d\d) ngày", text)[1] == office.local(due_at)[-5:]  # type: ignore[index]  # it is there


def test_nobody_is_told_of_a_step_that_stays_as_it_is(office: Office) -> None:
    office.to_draft("officer")
    bring(office, publish(office, TERM))
    assert told(office, "officer") == []


def test_a_condition_that_holds_already_happens_with_the_migration(office: Office) -> None:
    case = office.to_draft("officer")
    to = alarmed(office, "decision = null")
    found = impact.assess(to, [office.agency_id])
    assert [(group.fate.kind, group.fate.reason) for group in found.groups] == [
        ("automatic", "Điều kiện đang thỏa nên xảy ra ngay khi chuyển: “Việc gấp”.")
    ]
    assert sorted(place.element for place in found.groups[0].after if place.token and place.kind == "userTask") == [
        "draft",
        "urge",
    ]
    act_id = make(office, to)
    sweeps.migrate_cases()
    assert office.open_elements(case) == ["draft", "urge"]
    with pytest.raises(Conflict, match="Hồ sơ đã có việc mới sau khi chuyển"):
        undo(office, act_id, case)


def test_a_condition_that_stops_a_step_tells_who_held_it(office: Office) -> None:
    case = office.to_draft("officer")
    bring(office, alarmed(office, "decision = null", cancels="true", target="sign"))
    assert office.open_elements(case) == ["sign"]
    [(_kind, text)] = told(office, "officer")
    assert text.endswith("Bước “Soạn trả lời” anh/chị đang giữ không còn phải làm.")


def test_a_condition_that_does_not_hold_waits(office: Office) -> None:
    case = office.to_draft("officer")
    bring(office, alarmed(office, 'decision = "submit"'))
    assert office.open_elements(case) == ["draft"]


def test_cases_that_differ_in_what_no_condition_reads_stand_together(office: Office) -> None:
    first, second = office.to_draft("officer"), office.to_draft("officer")
    assert first.values["number"] != second.values["number"]
    [group] = impact.assess(alarmed(office, 'decision = "submit"'), [office.agency_id]).groups
    assert {case.id for case in group.cases} == {first.id, second.id}


def test_a_condition_that_cannot_be_computed_keeps_the_case_where_it_is(office: Office) -> None:
    case = office.to_draft("officer")
    to = alarmed(office, "1 / 0 > urgent")
    [group] = impact.assess(to, [office.agency_id]).groups
    assert (group.fate.kind, group.fate.reason[:41]) == ("decision", "Bản mới không nhận được hồ sơ ở chỗ này: ")
    assert fresh(case).revision_id == office.revision.id


def test_a_case_with_an_open_incident_stays_with_the_reason(office: Office) -> None:
    case = office.to_draft("officer")
    to = publish(office, TERM)
    with transaction():
        incidents.record(Trouble(office.agency_id, "Không tính được", "", case.id, "draft"))
    [group] = impact.assess(to, [office.agency_id]).groups
    assert (group.fate.kind, group.fate.reason) == ("stays", "Hồ sơ đang có sự cố. Xử lý xong sự cố rồi chuyển sau.")
    with pytest.raises(Conflict, match="Không có hồ sơ nào chuyển được"):
        make(office, to)


def test_a_case_follows_the_revision_it_was_opened_on_and_then_that_of_the_act(office: Office) -> None:
    case = office.to_draft("officer")
    assert followed.of(case) == Followed(1, "QĐ 01/QĐ-UBND")
    act_id = make(office, publish(office, TERM))
    sweeps.migrate_cases()
    assert followed.of(fresh(case)) == Followed(2, str(DECISION), "01/2026", act_id, 1)
    undo(office, act_id, case)
    assert followed.of(fresh(case)) == Followed(1, "QĐ 01/QĐ-UBND")


def test_three_hundred_cases_need_one_comparison_of_the_revisions(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction():
        for _ in range(300):
            office.begin_letter()
    to = publish(office, TERM)
    comparisons = differences.Comparisons()
    monkeypatch.setattr(differences, "COMPARISONS", comparisons)
    assert impact.assess(to, [office.agency_id]).counts["automatic"] == 300
    act_id = make(office, to)
    assert sweeps.migrate_cases() == 300
    with transaction():
        act = migrating.get(act_id, for_=office.actor("admin"))
        assert len(migration_undo.undo_all(act, REASON, by=office.actor("admin")).done) == 300
    assert comparisons.made == 1
