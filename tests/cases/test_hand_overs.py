"""Hand-overs: two sides in the journal, one row on the control sheet."""

import pytest

from engine.cases import hand_overs, messages, returning, steps
from engine.cases.hand_overs import HandOver, result_of
from engine.cases.models import Case
from engine.transaction import session, transaction
from tests.cases.conftest import Office


def rows(office: Office, case: Case) -> list[tuple[str, str, str, str | None, str]]:
    """(from step, to step, sent, received, result) of each row."""
    session().rollback()
    return [
        (
            row.from_step,
            row.to_step,
            office.local(row.sent_at)[11:],
            office.local(row.received_at)[11:] if row.received_at else None,
            row.result,
        )
        for row in hand_overs.of(case)
    ]


def test_a_row_names_both_sides_as_they_were(office: Office) -> None:
    case = office.to_draft("officer")
    office.clock.freeze("2026-11-18T08:20")
    with transaction():
        steps.claim(office.step_now(case, "draft"), by=office.actor("officer"))
    session().rollback()
    [row] = hand_overs.of(case)
    registrar, officer = office.actor("registrar"), office.actor("officer")
    [first, second] = sorted(case.steps, key=lambda step: step.element, reverse=True)
    assert first.closed_at is not None
    assert row == HandOver(
        step_id=second.id,
        from_step_id=first.id,
        from_step="Vào sổ",
        from_role="registrar",
        from_unit="Văn thư",
        sent_by=registrar.full_name,
        sent_by_title=registrar.title_as("registrar"),
        sent_at=first.closed_at,
        to_step="Soạn trả lời",
        to_role="officer",
        to_unit=office.division_name,
        received_by=officer.full_name,
        received_by_title=officer.title_as("officer"),
        received_at=second.claimed_at,
        due_at=first.due_at,
        allotted_minutes=60,
        used_minutes=0,
        result="Trước hạn",
        note="",
    )


def test_the_sheet_follows_the_letter_and_its_return(office: Office) -> None:
    case = office.to_draft(None)
    office.clock.freeze("2026-11-18T16:00")
    office.complete(case, "draft", "officer", decision="submit")
    office.clock.freeze("2026-11-19T13:30")
    office.complete(case, "sign", "leader", decision="return", reason="Sửa mục 2")
    assert rows(office, case) == [
        ("Vào sổ", "Soạn trả lời", "08:00", "16:00", "Trước hạn"),
        ("Soạn trả lời", "Ký", "16:00", "13:30", "Trước hạn"),
        ("Ký", "Soạn trả lời", "13:30", None, "Quá hạn"),
    ]
    assert [row.note for row in hand_overs.of(case)] == ["", "", "Sửa mục 2"]


def test_work_that_stays_in_its_group_is_not_handed_over(office: Office) -> None:
    case = office.open_letter()
    office.complete(case, "register", "registrar")
    assert [row.from_step for row in hand_overs.of(case)] == ["Vào sổ"]
    with transaction():
        steps.claim(office.step_now(case, "draft"), by=office.actor("officer"))
    assert office.kinds(case, "handover.") == ["handover.sent", "handover.received"]


def test_a_step_given_back_is_received_by_the_last_who_takes_it(office: Office) -> None:
    case = office.to_draft(None)
    colleague = office.make_colleague("officer_b", "officer")
    with transaction():
        steps.claim(office.step_now(case, "draft"), by=office.actor("officer"))
    with transaction():
        steps.release(office.step_now(case, "draft"), by=office.actor("officer"))
    with transaction():
        steps.claim(office.step_now(case, "draft"), by=colleague)
    session().rollback()
    assert [row.received_by for row in hand_overs.of(case)] == [colleague.full_name]
    assert office.kinds(case, "handover.received") == ["handover.received", "handover.received"]


def test_a_reassignment_is_noted_on_the_row(office: Office) -> None:
    case = office.to_draft("officer")
    colleague = office.make_colleague("officer_b", "officer")
    with transaction():
        steps.reassign(office.step_now(case, "draft"), colleague.person_id, "Nghỉ phép", version=1, by=office.actor("head"))
    session().rollback()
    assert [row.note for row in hand_overs.of(case)] == ["Giao lại cho Người officer_b: Nghỉ phép"]


def test_a_message_hands_over_from_the_role_that_brought_it(office: Office) -> None:
    case = office.to_draft("officer")
    office.complete(case, "draft", "officer", decision="ask", text="Xin ý kiến")
    with transaction():
        messages.send(case, "answer_received", {"answer": "Đồng ý"}, by=office.actor("registrar"))
    session().rollback()
    last = hand_overs.of(case)[-1]
    assert (last.from_step_id, last.from_role, last.to_step, last.note) == (
        None,
        "registrar",
        "Soạn trả lời",
        "Đã có ý kiến phối hợp",
    )


def test_a_returned_step_carries_its_reason(office: Office) -> None:
    case = office.to_sign()
    with transaction():
        step = office.step_now(case, "sign")
        returning.return_to(step, "draft", "Thiếu căn cứ", version=step.version, by=office.actor("leader"))
    session().rollback()
    last = hand_overs.of(case)[-1]
    assert (last.from_step, last.to_step, last.note) == ("Ký", "Soạn trả lời", "Trả lại: Thiếu căn cứ")


@pytest.mark.parametrize(
    ("allotted", "used", "expected"),
    [(60, 59, "Trước hạn"), (60, 60, "Đúng hạn"), (60, 61, "Quá hạn"), (None, 5, ""), (0, 0, "Đúng hạn")],
    ids=["before", "on time", "late", "no limit", "nothing"],
)
def test_the_result_compares_minutes(allotted: int | None, used: int, expected: str) -> None:
    assert result_of(allotted, used) == expected
