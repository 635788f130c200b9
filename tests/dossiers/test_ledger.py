"""The ledger of a real dossier: claims, hand-backs, pauses and outages, to the second."""

from collections.abc import Callable
from datetime import timedelta

from engine import clock
from engine.cases import steps
from engine.cases.models import Step
from engine.dossiers import control_sheet, ledger, legal_clock
from engine.dossiers.ledger import Ledger
from engine.dossiers.models import Dossier
from engine.people import directory
from engine.schedule.models import WorkerOutage
from engine.transaction import session, transaction
from tests.dossiers.conftest import Counter


def turns(dossier: Dossier) -> list[tuple[str, str, str, int]]:
    """Account, step, the holder's first name, minutes."""
    session().rollback()
    found = ledger.of(dossier).turns
    people = directory.people({turn.span.person_id for turn in found if turn.span.person_id})
    names = {None: ""} | {person_id: person.full_name.split()[-1] for person_id, person in people.items()}
    return [(t.span.account, t.span.element, names[t.span.person_id], t.seconds // 60) for t in found]


def whole(kept: Ledger) -> tuple[int, int]:
    """The sum of the accounts and the whole."""
    return sum(kept.totals.values()), kept.seconds


def test_taken_given_back_and_reassigned_are_seen(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    counter.do(dossier, "assign", "head")
    officer, head = counter.actor("officer"), counter.actor("head")
    acts: list[tuple[str, Callable[[Step], Step]]] = [
        ("08:30", lambda step: steps.claim(step, by=officer)),
        ("09:00", lambda step: steps.release(step, by=officer)),
        ("09:30", lambda step: steps.reassign(step, officer.person_id, "Việc gấp", version=step.version, by=head)),
    ]
    for time, act in acts:
        counter.clock.freeze(f"2026-11-18T{time}")
        with transaction():
            act(counter.step(dossier, "process"))
    counter.clock.freeze("2026-11-18T10:00")
    assert turns(dossier) == [
        ("queue", "process", "", 30),
        ("desk", "process", "Dũng", 30),
        ("queue", "process", "", 30),
        ("desk", "process", "Dũng", 30),
    ]


def test_a_pause_is_the_applicants_and_moves_the_promise_by_just_that_time(counter: Counter) -> None:
    dossier = counter.open()
    counter.do(dossier, "hand_over", "clerk")
    with transaction():
        legal_clock.stop(dossier, "finance", "Nộp lệ phí trước bạ", by=counter.actor("clerk"))
    before = dossier.due_at
    counter.clock.freeze("2026-11-19T09:12:34")
    with transaction():
        legal_clock.resume(dossier, by=counter.actor("clerk"))
    counter.clock.freeze("2026-11-19T10:00")
    kept = ledger.of(dossier)
    _, calendar = legal_clock.promised_on(dossier)
    assert before is not None
    assert dossier.due_at is not None
    assert calendar.working_time_between(before, dossier.due_at) == timedelta(seconds=kept.totals["applicant"])
    assert whole(kept) == (26 * 3600, 26 * 3600)


def test_an_outage_is_booked_to_the_machine_within_working_time(counter: Counter) -> None:
    dossier = counter.open()
    with transaction():
        began, ended = clock.now() + timedelta(hours=2), clock.now() + timedelta(hours=6)
        session().add_all([WorkerOutage(began_at=began, ended_at=ended), WorkerOutage(began_at=began, ended_at=ended)])
    counter.clock.freeze("2026-11-18T17:00")
    kept = ledger.of(dossier)
    held = {"desk": 0, "queue": 5 * 3600, "applicant": 0, "partner": 0, "non_working": 5400, "outage": 9000}
    assert (kept.totals, kept.is_running) == (held, True)


def test_the_ledger_ends_with_the_result(counter: Counter) -> None:
    dossier = counter.open()
    counter.clock.freeze("2026-11-18T09:00")
    counter.to_sign(dossier)
    counter.do(dossier, "sign", "leader", decision="sign")
    counter.do(dossier, "number_seal", "registrar")
    counter.clock.freeze("2026-11-20T09:00")
    kept = ledger.of(dossier)
    assert (kept.is_running, whole(kept)) == (False, (3600, 3600))


def test_before_receipt_there_is_no_ledger(counter: Counter) -> None:
    assert ledger.of(counter.open(channel="online")) == Ledger([], is_running=False)


def test_the_control_sheet_sums_up_to_its_last_hand_over(counter: Counter) -> None:
    dossier = counter.open()
    counter.clock.freeze("2026-11-18T09:00")
    counter.do(dossier, "hand_over", "clerk")
    counter.clock.freeze("2026-11-18T10:00")
    counter.do(dossier, "assign", "head")
    counter.clock.freeze("2026-11-20T10:00")
    session().rollback()
    assert control_sheet.sheet(dossier)["accounts"] == [
        {"name": "Toàn bộ", "time": "2 giờ 00 phút 00 giây"},
        {"name": "Tại bàn người xử lý", "time": "0 giờ 00 phút 00 giây"},
        {"name": "Chờ trong nhóm", "time": "2 giờ 00 phút 00 giây"},
        {"name": "Chờ công dân", "time": "0 giờ 00 phút 00 giây"},
        {"name": "Chờ cơ quan phối hợp", "time": "0 giờ 00 phút 00 giây"},
        {"name": "Ngoài giờ làm việc", "time": "0 giờ 00 phút 00 giây"},
        {"name": "Hệ thống gián đoạn", "time": "0 giờ 00 phút 00 giây"},
    ]
