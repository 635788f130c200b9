"""A dossier from the counter to the archive, through the API alone."""

import pytest

from tests.api.conftest import Office, make_owner, told


def test_straight_story_with_one_return_ends_returned(office: Office) -> None:
    opened = office.open()
    code = opened["code"]
    assert (code, opened["status"], opened["due_at"]) == ("H31.12.8-261118-0001", "received", "2026-11-23T08:00:00+07:00")
    assert [(slip["kind"], slip["number"]) for slip in opened["slips"]] == [("receipt", "01/TNHS"), ("control_sheet", "01/KSHS")]
    office.to_sign(code)
    assert office.do(code, "sign", "leader", decision="return", reason="Sai căn cứ") == ["process"]
    office.do(code, "process", "officer", decision="submit", result_kind="granted")
    office.do(code, "check", "head", decision="approve")
    office.finish(code)
    done = office.dossier(code)
    assert (done["status"], done["outcome"], done["result_number"], done["open_steps"]) == (
        "returned",
        "granted",
        "01/KQ-UBND",
        [],
    )
    sheet = told(office("clerk").get(f"/dossiers/{code}/control-sheet.json"))
    assert [row["note"] for row in sheet["rows"] if row["note"]] == ["Sai căn cứ", "Trả kết quả"]
    assert told(office("leader").get("/journal/verify"))["is_intact"] is True


def test_supplement_stops_the_clock_and_reissues_the_slip(office: Office) -> None:
    code = office.open()["code"]
    office.do(code, "hand_over", "clerk")
    office.do(code, "assign", "head")
    office.clock.freeze("2026-11-19T09:00")
    office.do(code, "process", "officer", decision="supplement", content="Bản sao", reason="Thiếu")
    waiting = office.dossier(code)
    assert (waiting["status"], waiting["expected_messages"][0]) == ("awaiting_supplement", "supplement_received")
    office.clock.freeze("2026-11-25T14:00")
    message = {"name": "supplement_received", "answers": {"received_papers": "Bản sao"}}
    after = told(office("clerk").post(f"/dossiers/{code}/messages", message))
    assert (after["status"], after["due_at"]) == ("processing", "2026-11-30T14:00:00+07:00")
    assert [(slip["number"], slip["is_void"]) for slip in after["slips"] if slip["kind"] == "receipt"] == [
        ("01/TNHS", True),
        ("02/TNHS", False),
    ]


def test_ledger_leaves_no_minute_out_and_counts_none_twice(office: Office) -> None:
    code = office.open()["code"]
    office.clock.freeze("2026-11-18T09:00")
    office.do(code, "hand_over", "clerk")
    office.clock.freeze("2026-11-18T10:00")
    office.do(code, "assign", "head")
    office.clock.freeze("2026-11-19T09:00")
    office.do(code, "process", "officer", decision="supplement", content="Bản sao", reason="Thiếu")
    office.clock.freeze("2026-11-20T08:30")
    ledger = told(office("clerk").get(f"/dossiers/{code}/ledger"))
    assert [(t["account"], t["element"], t["person"], t["started_at"][5:16], t["seconds"] / 60) for t in ledger["turns"]] == [
        ("queue", "hand_over", "", "11-18T08:00", 60),
        ("queue", "assign", "", "11-18T09:00", 60),
        ("queue", "process", "", "11-18T10:00", 420),
        ("applicant", "", "", "11-19T09:00", 450),
    ]
    closed = ledger["seconds"] - (540 + 450) * 60
    held = {"desk": 0, "queue": 540 * 60, "applicant": 450 * 60, "partner": 0, "non_working": closed, "outage": 0}
    assert (ledger["accounts"], ledger["is_running"]) == (held, True)
    ends = [(span["started_at"], span["ended_at"]) for span in ledger["spans"]]
    assert [end for _, end in ends[:-1]] == [start for start, _ in ends[1:]]
    assert (ends[0][0][:16], ends[-1][1][:16]) == ("2026-11-18T08:00", "2026-11-20T08:30")
    assert [(p["kind"], p["reason"], p["ended_at"]) for p in ledger["periods"]] == [("restart", "Thiếu", None)]


def test_accepted_withdrawal_stops_with_its_notice(office: Office) -> None:
    code = office.open()["code"]
    office.do(code, "hand_over", "clerk")
    message = {"name": "withdrawal_requested", "answers": {"reason": "Không còn nhu cầu"}}
    assert told(office("clerk").post(f"/dossiers/{code}/messages", message))["status"] == "withdrawal_requested"
    office.do(code, "decide_withdrawal", "leader", decision="accept", reason="Theo đề nghị của công dân")
    stopped = office.dossier(code)
    assert (stopped["status"], stopped["slips"][-1]["kind"], stopped["open_steps"]) == ("stopped", "stop", [])


def test_refusal_at_the_counter_is_one_request(office: Office) -> None:
    refused = office.open(decision={"intake_decision": "refuse", "reason": "Không thuộc thẩm quyền"})
    assert (refused["status"], refused["due_at"], [slip["kind"] for slip in refused["slips"]]) == ("refused", None, ["refusal"])


def test_online_dossier_waits_for_the_check_before_its_clock_starts(office: Office) -> None:
    registered = office.open(channel="online")
    assert (registered["status"], registered["due_at"], registered["slips"]) == ("registered", None, [])
    told(office("clerk").get(f"/dossiers/{registered['code']}/control-sheet"), 409)
    office.clock.freeze("2026-11-18T09:30")
    assert office.do(registered["code"], "intake_check", "clerk_b", intake_decision="complete") == ["hand_over"]
    received = office.dossier(registered["code"])
    assert (received["status"], received["received_at"]) == ("received", "2026-11-18T09:30:00+07:00")


def test_overdue_step_is_in_its_list_under_the_stopped_clock(office: Office) -> None:
    code = office.open()["code"]
    assert told(office("clerk").get("/steps", scope="overdue"))["items"] == []
    office.clock.freeze("2026-11-24T10:00")
    overdue = told(office("clerk").get("/steps", scope="overdue"))["items"]
    assert [(step["dossier_code"], step["element"], step["role"], step["holder"]) for step in overdue] == [
        (code, "hand_over", "clerk", None)
    ]
    assert [row["code"] for row in told(office("clerk").get("/dossiers", due="overdue"))["items"]] == [code]


def test_naive_moment_of_receipt_is_office_time(office: Office) -> None:
    office.clock.freeze("2026-11-18T10:00")
    naive = office.open(received_at="2026-11-18T08:15")
    zulu = office.open(received_at="2026-11-18T01:15:00Z")
    assert naive["received_at"] == zulu["received_at"] == "2026-11-18T08:15:00+07:00"
    assert naive["due_at"] == zulu["due_at"] == "2026-11-23T08:15:00+07:00"


def test_deadline_explains_itself(office: Office) -> None:
    code = office.open()["code"]
    deadline = told(office("officer").get(f"/dossiers/{code}/deadline"))
    assert deadline["due_at"] == deadline["original_due_at"] == deadline["derivation"]["due_at"]
    assert [step["rule"] for step in deadline["derivation"]["steps"]] == [
        "start",
        "first_day",
        "counted",
        "skipped",
        "skipped",
        "counted",
        "due",
    ]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"owner": make_owner(full_name=" ")}, "owner.full_name"),
        ({"channel": "pigeon"}, "channel"),
        ({"received_at": "2027-01-01T08:00"}, "received_at"),
        ({"received_at": "mai"}, "received_at"),
        ({"components": [{"name": "Đơn", "originals": -1}]}, "components.0.originals"),
        ({"owner": make_owner(age=3)}, "owner.age"),
        ({"decision": {"intake_decision": "refuse"}}, "reason"),
        ({"status": "done"}, "status"),
    ],
    ids=["no name", "channel", "future", "no moment", "negative", "unknown inside", "no reason", "unknown"],
)
def test_impossible_intake_is_refused_by_field(office: Office, changed: dict[str, object], field: str) -> None:
    body = {"public_service": "1.004873", "owner": make_owner(), "channel": "counter"} | changed
    problem = told(office("clerk").post("/dossiers", body), 422)
    assert (problem["code"], list(problem["errors"])) in [
        ("answers_rejected", [field]),
        ("unprocessable_entity", [field]),
        ("unprocessable_content", [field]),
    ]


def test_unknown_service_is_not_found(office: Office) -> None:
    assert told(office("clerk").post("/dossiers", {"public_service": "9.9", "owner": make_owner()}), 404)["code"] == "not_found"
