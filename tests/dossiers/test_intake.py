"""Intake: code, clock, register, slips."""

import threading
from datetime import datetime
from typing import Any

import pytest

from engine import clock, transaction
from engine.dossiers import intake, parties, services
from engine.dossiers.intake import Intake
from engine.errors import AnswersRejected, NotAllowed, NotFound
from tests.dossiers.conftest import SERVICE, Counter, make_owner


def local(instant: datetime | None) -> str:
    assert instant is not None
    return clock.local(instant).strftime("%Y-%m-%d %H:%M")


def test_complete_papers_are_received_at_once(counter: Counter) -> None:
    dossier = counter.open()
    assert dossier.code == "H31.12.8-261118-0001"
    assert (dossier.status, local(dossier.received_at), local(dossier.due_at)) == (
        "received",
        "2026-11-18 08:00",
        "2026-11-23 08:00",
    )
    assert dossier.original_due_at == dossier.due_at == dossier.case.due_at
    assert (dossier.register_year, dossier.register_number) == (2026, 1)
    assert counter.numbers(dossier) == [("receipt", "01/TNHS", True), ("control_sheet", "01/KSHS", True)]
    assert [step.element for step in dossier.case.steps] == ["hand_over"]


def test_derivation_names_the_weekend(counter: Counter) -> None:
    dossier = counter.open()
    assert dossier.deadline is not None
    skipped = [step["date"] for step in dossier.deadline["steps"] if step["rule"] == "skipped"]
    assert skipped == ["2026-11-21", "2026-11-22"]


def test_steps_take_the_hours_of_the_service(counter: Counter) -> None:
    dossier = counter.open()
    assert dossier.case.terms == {
        "hand_over": 120,
        "assign": 60,
        "process": 780,
        "check": 120,
        "sign": 240,
        "number_seal": 120,
    }
    assert local(dossier.case.steps[0].due_at) == "2026-11-18 10:00"


def test_earlier_receipt_moves_clock_and_generation(counter: Counter) -> None:
    received = datetime(2025, 8, 4, 9, 0, tzinfo=clock.LOCAL_ZONE)
    dossier = counter.open(received_at=received)
    assert (local(dossier.due_at), dossier.generation) == ("2025-08-07 09:00", "2018")
    assert dossier.code == "H31.12.8-250804-0001"
    assert counter.open().code == "H31.12.8-261118-0001"


def test_papers_are_those_of_the_service_unless_said_otherwise(counter: Counter) -> None:
    refused = {"intake_decision": "refuse", "reason": "Không thuộc thẩm quyền."}
    assert counter.open().components == services.get(counter.actor("clerk").agency_id, SERVICE).components
    assert counter.open(components=[], decision=refused).components == []
    kept = counter.open(components=[{"name": " Tờ khai ", "copies": 2}]).components
    assert kept == [{"name": "Tờ khai", "originals": 0, "copies": 2}]


def test_online_dossier_waits_for_its_check(counter: Counter) -> None:
    dossier = counter.open(channel="online")
    assert (dossier.status, dossier.due_at, counter.numbers(dossier)) == ("registered", None, [])
    assert counter.do(dossier, "intake_check", "clerk", intake_decision="complete") == ["hand_over"]
    assert (dossier.status, dossier.due_at is not None) == ("received", True)


def test_missing_paper_at_the_counter_starts_no_clock(counter: Counter) -> None:
    decision = {"intake_decision": "supplement", "content": "Tờ khai\nBản sao", "reason": "NĐ 123/2015 Đ.22"}
    dossier = counter.open(decision=decision)
    assert (dossier.status, dossier.due_at) == ("awaiting_supplement", None)
    assert counter.numbers(dossier) == [("supplement", "01/HDHS", True)]
    counter.send(dossier, "supplement_received", {"received_papers": "Tờ khai"})
    assert counter.do(dossier, "intake_check", "clerk", intake_decision="complete") == ["hand_over"]
    assert dossier.status == "received"


def test_refusal_ends_with_its_slip(counter: Counter) -> None:
    dossier = counter.open(decision={"intake_decision": "refuse", "reason": "Không thuộc thẩm quyền (Đ.4)."})
    assert "reason" not in dossier.case.values
    assert (dossier.status, dossier.outcome, dossier.case.state) == ("refused", "refused", "completed")
    assert counter.numbers(dossier) == [("refusal", "01/TCHS", True)]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"owner": make_owner(full_name=" ")}, "owner.full_name", id="no name"),
        pytest.param({"owner": make_owner(full_name="Nguyễn Văn 🙂")}, "owner.full_name", id="unprintable"),
        pytest.param({"channel": "fax"}, "channel", id="channel"),
        pytest.param({"received_at": datetime(2026, 11, 18, 8, 1, tzinfo=clock.LOCAL_ZONE)}, "received_at", id="future"),
        pytest.param(
            {"received_at": datetime(2019, 1, 5, 23, 59, tzinfo=clock.LOCAL_ZONE)}, "received_at", id="before all forms"
        ),
        pytest.param({"owner": make_owner(id_number="12345")}, "owner.id_number", id="identity number"),
        pytest.param({"owner": make_owner(phone="0912")}, "owner.phone", id="short phone"),
        pytest.param({"owner": make_owner(email="anh@example")}, "owner.email", id="email without dot"),
        pytest.param({"submitter": make_owner(id_number="C12")}, "submitter.id_number", id="submitter"),
        pytest.param({"return_place": "Nhà riêng 🏠"}, "return_place", id="unprintable place"),
        pytest.param({"components": [{"name": ""}]}, "components.0.name", id="nameless paper"),
        pytest.param({"components": [{"name": "Tờ khai"}]}, "components.0.originals", id="paper that did not come"),
        pytest.param({"components": [{"name": "Tờ khai", "copies": 1}] * 201}, "components", id="endless list"),
        pytest.param({"components": []}, "components", id="complete without papers"),
        pytest.param({"decision": {"intake_decision": "refuse", "reason": "Sai\u202egnort"}}, "reason", id="reordered reason"),
        pytest.param({"decision": {"intake_decision": "refuse"}}, "reason", id="refusal without reason"),
    ],
)
def test_impossible_entries_are_refused_and_leave_nothing(counter: Counter, given: dict[str, Any], field: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        counter.open(**given)
    assert list(refusal.value.fields) == [field]
    assert counter.open().code == "H31.12.8-261118-0001"


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"id_number": "031185004217"}, id="identity card"),
        pytest.param({"id_number": "031185004"}, id="old card"),
        pytest.param({"id_number": "C1234567"}, id="passport"),
        pytest.param({"id_number": "0200123456"}, id="tax code"),
        pytest.param({"id_number": "0200123456-001"}, id="tax code of a branch"),
        pytest.param({"phone": "+84 (0)912-345.678"}, id="phone as people write it"),
        pytest.param({"phone": "", "email": "", "id_number": ""}, id="nothing"),
    ],
)
def test_numbers_people_have_are_taken(given: dict[str, str]) -> None:
    assert parties.impossible(make_owner(**given), "owner.") == {}


def test_unknown_service_is_refused(counter: Counter) -> None:
    with pytest.raises(NotFound):
        counter.open(public_service="0.000000")


def test_only_clerks_open_dossiers(counter: Counter) -> None:
    with pytest.raises(NotAllowed), transaction.transaction():
        intake.open_dossier(Intake(SERVICE, make_owner()), by=counter.actor("officer"))


def test_agencies_count_apart(counter: Counter) -> None:
    counter.open()
    with transaction.transaction():
        other = intake.open_dossier(Intake(SERVICE, make_owner()), by=counter.actor("clerk2"))
    assert other.code == "H31.12.15-261118-0001"


def test_codes_are_unique_and_gapless_under_concurrency(counter: Counter) -> None:
    codes: list[str] = []

    def take_in() -> None:
        for _ in range(3):
            with transaction.transaction():
                codes.append(intake.open_dossier(Intake(SERVICE, make_owner()), by=counter.actor("clerk")).code)

    threads = [threading.Thread(target=take_in) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(codes) == [f"H31.12.8-261118-{number:04d}" for number in range(1, 13)]
