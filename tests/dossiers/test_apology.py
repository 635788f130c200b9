"""A promise runs out: the apology with one new date, exactly once; no late result without it; a second delay goes up."""

from datetime import datetime
from typing import Any

import pytest

from engine import clock
from engine.cases.models import Step
from engine.dossiers import expiry, extensions, slips
from engine.dossiers.models import Dossier
from engine.errors import AnswersRejected, Conflict
from engine.journal import queries as journal
from engine.outbox.models import Notice, OutboxMessage
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.calendar.golden import CALENDAR, at
from tests.dossiers.conftest import Counter

#: Received Wednesday 18 November 2026 08:00, three working days (Tuesday 24 is off): due Monday 23, apology Friday 20 at 13:00.
OWED = "2026-11-20T13:00"
REASON = {"reason": "Chờ xác minh ở Thủy Sơn", "new_due_on": "2026-11-26"}


def local(moment: datetime | None) -> str:
    """On the office's clock, to the minute."""
    assert moment is not None
    return f"{clock.local(moment):%Y-%m-%dT%H:%M}"


def run_out(counter: Counter, moment: str) -> None:
    """The clock reaches the moment and two workers look, one after the other, as after a restart."""
    counter.clock.freeze(moment)
    for _ in range(2):
        session().rollback()
        sweeps.fire_due_timers()
    session().rollback()


def open_elements(dossier: Dossier) -> list[str]:
    """What is open, sorted."""
    session().rollback()
    return sorted(step.element for step in dossier.case.steps if step.state == "open")


def kinds(dossier: Dossier, *wanted: str) -> list[str]:
    """Journal entries of these kinds."""
    return [entry.kind for entry in journal.of_case(dossier.case_id, kinds=wanted)]


def alerts(dossier: Dossier) -> list[str]:
    """Who was told that the dossier runs out."""
    session().rollback()
    found = session().query(Notice).filter(Notice.case_id == dossier.case_id, Notice.text.contains("hẹn trả")).all()
    return sorted(notice.text[:60] for notice in found)


@pytest.mark.parametrize(
    ("started", "due", "days_before", "owed"),
    [
        pytest.param("2026-03-02T08:00", "2026-03-09T08:00", 1, "2026-03-06T13:00", id="due on a Monday: on Friday"),
        pytest.param("2026-11-20T09:00", "2026-11-25T09:00", 1, "2026-11-23T13:00", id="a holiday in between"),
        pytest.param("2026-03-02T08:00", "2026-03-12T08:00", 3, "2026-03-09T13:00", id="three working days before"),
        pytest.param("2026-03-02T08:00", "2026-03-02T17:00", 1, "2026-03-02T17:00", id="on the same day: at the end"),
        pytest.param("2026-03-02T14:00", "2026-03-03T14:00", 1, "2026-03-03T14:00", id="taken in after that session began"),
    ],
)
def test_apology_moment(started: str, due: str, days_before: int, owed: str) -> None:
    found = expiry.apology_moment(CALENDAR, at(started), at(due), days_before)
    assert local(found) == owed


def test_a_dossier_running_out_opens_the_apology_once(counter: Counter) -> None:
    dossier = counter.open()
    run_out(counter, "2026-11-20T12:59")
    assert open_elements(dossier) == ["hand_over"]
    run_out(counter, OWED)
    run_out(counter, "2026-11-20T14:00")
    assert open_elements(dossier) == ["apologise", "hand_over"]
    assert (kinds(dossier, "dossier.expiring"), len(alerts(dossier)), dossier.status) == (["dossier.expiring"], 2, "received")


def test_a_dossier_past_due_when_the_timer_fires_is_apologised_for_exactly_once(counter: Counter) -> None:
    """No worker ran for a week: task, alert, letter, new date and mail exist once, however often workers come back."""
    dossier = counter.open()
    run_out(counter, "2026-11-25T09:00")
    assert open_elements(dossier) == ["apologise", "hand_over"]
    counter.do(dossier, "apologise", "leader", **REASON)
    run_out(counter, "2026-11-25T10:00")
    assert (open_elements(dossier), len(alerts(dossier))) == (["hand_over"], 2)
    given = extensions.of(dossier)
    assert [(e.number, local(e.from_due_at), local(e.to_due_at), e.reason) for e in given] == [
        (1, "2026-11-23T08:00", "2026-11-26T17:00", REASON["reason"])
    ]
    promised = (local(dossier.due_at), local(dossier.case.due_at), local(dossier.original_due_at))
    assert promised == ("2026-11-26T17:00", "2026-11-26T17:00", "2026-11-23T08:00")
    assert local(extensions.judged_due_at(dossier)) == "2026-11-23T08:00"
    assert [kind for kind, _, _ in counter.numbers(dossier)] == ["receipt", "control_sheet", "apology"]
    assert kinds(dossier, "dossier.expiring", "clock.extended") == ["dossier.expiring", "clock.extended"]
    (mail,) = session().query(OutboxMessage).filter(OutboxMessage.kind == "mail").all()
    assert (mail.payload["to"], "17 giờ 00 phút, ngày 26 tháng 11 năm 2026" in mail.payload["text"]) == ("anh@example.vn", True)


def test_the_letter_names_both_dates_and_prints(counter: Counter) -> None:
    dossier = counter.open()
    run_out(counter, OWED)
    counter.do(dossier, "apologise", "leader", **REASON)
    letter = slips.latest(dossier.case_id, "apology")
    assert letter is not None
    said = [letter.data[name] for name in ("former_due_at_text", "new_due_at_text", "reason")]
    assert said == ["08 giờ 00 phút, ngày 23 tháng 11 năm 2026", "17 giờ 00 phút, ngày 26 tháng 11 năm 2026", REASON["reason"]]
    assert letter.data["signature"]["name"] == "Hoàng Đức Thắng"
    assert slips.pdf(letter).startswith(b"%PDF")


def test_both_generations_have_their_letter(counter: Counter) -> None:
    dossier = counter.open(received_at=at("2025-08-20T08:00"))
    run_out(counter, "2026-11-18T08:01")
    counter.do(dossier, "apologise", "leader", **REASON)
    letter = slips.latest(dossier.case_id, "apology")
    assert letter is not None
    assert (letter.form.title, letter.form.legal_basis) == ("Phiếu xin lỗi và hẹn lại ngày trả kết quả", "TT 01/2018/TT-VPCP")
    assert slips.pdf(letter).startswith(b"%PDF")


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ("2026-11-24", "cơ quan nghỉ (Ngày Văn hóa Việt Nam"),
        ("2026-11-23", "phải sau ngày đã hẹn 23/11/2026"),
        ("2026-11-28", "Chọn ngày làm việc, ví dụ thứ Hai 30/11/2026"),
    ],
)
def test_a_new_date_is_a_later_working_day(counter: Counter, on: str, said: str) -> None:
    dossier = counter.open()
    run_out(counter, OWED)
    with pytest.raises(AnswersRejected) as refusal:
        counter.do(dossier, "apologise", "leader", reason="Chậm", new_due_on=on)
    assert said in refusal.value.fields["new_due_on"][0]
    assert open_elements(dossier) == ["apologise", "hand_over"]


def test_a_result_in_time_needs_no_apology(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    run_out(counter, OWED)
    counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(dossier, "number_seal", "registrar")
    assert open_elements(dossier) == ["receive_result"]
    counter.do(dossier, "receive_result", "clerk")
    counter.do(dossier, "return_result", "clerk", return_channel="counter", received_by_name="Nguyễn Thị Ánh")
    counter.do(dossier, "file_record", "archivist")
    assert (dossier.status, dossier.case.state) == ("returned", "completed")


def late_result(counter: Counter) -> Dossier:
    """A result four days late; no worker has looked since receipt."""
    dossier = counter.open()
    counter.to_sign(dossier)
    counter.clock.freeze("2026-11-27T09:00")
    counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(dossier, "number_seal", "registrar")
    counter.do(dossier, "receive_result", "clerk")
    return dossier


def hand_out(counter: Counter, dossier: Dossier) -> Any:
    """Give the citizen the result."""
    return counter.do(dossier, "return_result", "clerk", return_channel="counter", received_by_name="Nguyễn Thị Ánh")


def test_a_late_result_is_not_handed_over_without_the_apology(counter: Counter) -> None:
    dossier = late_result(counter)
    assert open_elements(dossier) == ["apologise", "return_result"]
    with pytest.raises(Conflict, match="Xin lỗi, hẹn lại ngày trả"):
        hand_out(counter, dossier)
    session().rollback()
    assert (open_elements(dossier), dossier.returned_at) == (["apologise", "return_result"], None)
    counter.do(dossier, "apologise", "leader", reason="Thiếu người", new_due_on="2026-11-27")
    hand_out(counter, dossier)
    counter.do(dossier, "file_record", "archivist")
    assert (dossier.status, dossier.case.state, extensions.of(dossier)) == ("returned", "completed", [])
    assert (local(dossier.due_at), local(dossier.finished_at)) == ("2026-11-23T08:00", "2026-11-27T09:00")


def test_a_second_delay_goes_to_the_chairperson_and_stays_late(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    run_out(counter, OWED)
    counter.do(dossier, "apologise", "leader", **REASON)
    run_out(counter, "2026-11-26T16:59")
    assert kinds(dossier, "dossier.late_again") == []
    run_out(counter, "2026-11-26T17:00")
    run_out(counter, "2026-11-27T17:00")
    assert (kinds(dossier, "dossier.late_again"), open_elements(dossier)) == (["dossier.late_again"], ["assign"])
    with pytest.raises(Conflict, match="Chỉ được hẹn lại 1 lần"), transaction():
        extensions.new_due_at(dossier, at("2026-11-30T00:00").date(), most=1)
    assert local(dossier.due_at) == "2026-11-26T17:00"


def test_a_supplement_before_the_date_takes_the_apology_back(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    run_out(counter, OWED)
    counter.do(dossier, "process", "officer", decision="supplement", content="Bản sao", reason="Thiếu")
    assert open_elements(dossier) == []
    run_out(counter, "2026-12-01T09:00")
    assert open_elements(dossier) == []
    counter.send(dossier, "supplement_received", {"received_papers": "Bản sao"})
    assert (open_elements(dossier), local(dossier.due_at)) == (["process"], "2026-12-04T09:00")
    run_out(counter, "2026-12-03T13:00")
    assert open_elements(dossier) == ["apologise", "process"]
    assert kinds(dossier, "dossier.expiring") == ["dossier.expiring"] * 2


def test_a_supplement_past_the_date_leaves_the_apology_owed(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    run_out(counter, "2026-11-25T09:00")
    counter.do(dossier, "process", "officer", decision="supplement", content="Bản sao", reason="Thiếu")
    assert open_elements(dossier) == ["apologise"]


def test_an_apology_is_the_heads_alone(counter: Counter) -> None:
    dossier = counter.open()
    run_out(counter, OWED)
    step = counter.step(dossier, "apologise")
    assert (step.role, step.division_id, isinstance(step, Step)) == ("leader", None, True)
