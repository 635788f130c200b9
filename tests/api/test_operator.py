"""The operator's resources: incidents, timers, workers, and a case in an operator's hands."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from engine import clock
from engine.cases import incidents
from engine.cases.models import Timer
from engine.cases.troubles import Trouble
from engine.schedule import heartbeats, sweeps
from engine.transaction import session, transaction
from tests.api.conftest import Office, told

REASON = {"reason": "Kiểm tra theo đơn"}


def an_incident(office: Office, case_id: str, **given: Any) -> str:
    """Something went wrong with the clerk's act; the incident's id."""
    with office.app.app_context():
        person_id = office.person_id("clerk")
        with transaction():
            agency_id = session().scalar(sa.text('SELECT agency_id FROM "case"').columns(agency_id=sa.Uuid()))
            assert agency_id is not None
            trouble = Trouble(
                agency_id, "Không lập được phiếu.", "trace", uuid.UUID(case_id), "issue", person_id=person_id, **given
            )
            return str(incidents.record(trouble).id)


def view(office: Office, case_id: str) -> dict[str, Any]:
    """The case as the operator sees it."""
    found: dict[str, Any] = told(office("admin").get(f"/cases/{case_id}/operator"))
    return found


def operate(office: Office, case_id: str, act: str, status: int = 200, **given: Any) -> dict[str, Any]:
    """Do it as the administrator who saw the case as it is."""
    body = {**REASON, "version": view(office, case_id)["version"], **given}
    answer: dict[str, Any] = told(office("admin").post(f"/cases/{case_id}/{act}", body), status)
    return answer


def token_at(seen: dict[str, Any], element: str) -> dict[str, Any]:
    found: dict[str, Any] = next(token for token in seen["tokens"] if token["element"] == element)
    return found


def test_incidents_are_listed_shown_and_settled(office: Office) -> None:
    opened = office.open()
    incident_id = an_incident(office, opened["case_id"], cause="capability", input={"act": "step.complete"})
    [listed] = told(office("head").get("/incidents", cause="capability", q="phiếu"))["items"]
    assert (listed["id"], listed["element"], listed["state"], listed["attempts"]) == (incident_id, "issue", "open", 1)
    shown = told(office("admin").get(f"/incidents/{incident_id}"))
    assert (shown["trace"], shown["input"]) == ("trace", {"act": "step.complete"})
    seen = told(office("head").get(f"/incidents/{incident_id}"))
    assert (seen["trace"], seen["input"], seen["person_id"]) == ("", {}, None)
    done = told(office("admin").post(f"/incidents/{incident_id}/retry", REASON))
    assert (done["state"], done["resolution"], done["reason"]) == ("resolved", "retried", REASON["reason"])
    assert told(office("admin").get("/incidents"))["items"] == []
    again = told(office("admin").post(f"/incidents/{incident_id}/dismiss", REASON), 409)
    assert (again["code"], again["at"]) == ("conflict", "2026-11-18T08:00:00+07:00")


def test_many_incidents_are_settled_with_one_key(office: Office) -> None:
    opened = office.open()
    known, unknown = an_incident(office, opened["case_id"]), str(uuid.UUID(int=7))
    body = {**REASON, "ids": [known, unknown]}
    first = office("admin").post("/incidents/dismiss", body, key="k-1")
    again = office("admin").post("/incidents/dismiss", body, key="k-1")
    assert first.data == again.data
    assert told(first) == {"done": [known], "refused": [{"id": unknown, "detail": "Không tìm thấy sự cố này."}]}
    assert list(told(office("admin").post("/incidents/retry", {"ids": [known]}), 422)["errors"]) == ["reason"]


def test_a_case_is_suspended_refuses_and_goes_on(office: Office) -> None:
    opened = office.open()
    case_id, step = opened["case_id"], opened["open_steps"][0]
    suspended = operate(office, case_id, "suspend")
    assert (suspended["state"], suspended["suspension"]["reason"]) == ("suspended", REASON["reason"])
    assert {timer["state"] for timer in suspended["timers"]} == {"paused"}
    refused = told(office("clerk").post(f"/steps/{step['id']}/complete", {"answers": {}, "version": step["version"]}), 409)
    assert (refused["who"], refused["at"]) == (suspended["suspension"]["who"], "2026-11-18T08:00:00+07:00")
    assert REASON["reason"] in refused["detail"]
    assert operate(office, case_id, "resume")["suspension"] is None
    told(office("clerk").post(f"/steps/{step['id']}/complete", {"answers": {}, "version": step["version"]}))


def test_a_token_is_previewed_moved_and_skipped(office: Office) -> None:
    opened = office.open()
    case_id = opened["case_id"]
    place = token_at(view(office, case_id), "hand_over")
    assert (place["name"], place["is_skippable"]) == (opened["open_steps"][0]["name"], True)
    preview = told(office("secretary").get(f"/cases/{case_id}/operator/preview", token=place["token"], to="process"))
    assert [other["element"] for other in preview["before"] if other["token"] == place["token"]] == ["hand_over"]
    assert "process" in [place["element"] for place in preview["after"]]
    moved = operate(office, case_id, "move-token", token=place["token"], to="process")
    assert [step["element"] for step in moved["steps"]] == ["process"]
    token = token_at(moved, "process")["token"]
    stuck = operate(office, case_id, "skip", 409, token=token)
    assert stuck["detail"].startswith("Từ đó quy trình không đi tiếp được: Tại “Đề xuất?”: Chưa có giá trị “decision”")
    assert told(office("secretary").get(f"/cases/{case_id}/operator/preview", token=token), 409)["detail"] == stuck["detail"]
    operate(office, case_id, "values", values={"decision": "submit"})
    skipped = operate(office, case_id, "skip", token=token)
    assert [step["element"] for step in skipped["steps"]] == ["check"]
    wrong = operate(
        office, case_id, "move-token", 422, token=token_at(skipped, skipped["steps"][0]["element"])["token"], to="nowhere"
    )
    assert list(wrong["errors"]) == ["to"]


def test_a_cancelled_dossier_is_stopped_and_its_sheet_says_why(office: Office) -> None:
    opened = office.open()
    case_id, code = opened["case_id"], opened["code"]
    operate(office, case_id, "suspend")
    ended = operate(office, case_id, "cancel", reason="Nộp trùng")
    assert (ended["state"], ended["tokens"], ended["timers"], ended["steps"]) == ("stopped", [], [], [])
    assert office.dossier(code)["status"] == "stopped"
    rows = told(office("clerk").get(f"/dossiers/{code}/control-sheet.json"))["rows"]
    assert [row["note"] for row in rows][-2:] == [f"Tạm dừng xử lý: {REASON['reason']}", "Hủy hồ sơ công việc: Nộp trùng"]
    assert office("clerk").get(f"/dossiers/{code}/control-sheet.pdf").data.startswith(b"%PDF")
    history = told(office("clerk").get(f"/cases/{case_id}/history"))["items"]
    assert [event["title"] for event in history if event["kind"] == "case.cancelled"] == ["Hủy hồ sơ công việc"]


def test_a_routing_value_is_set(office: Office) -> None:
    case_id = office.open()["case_id"]
    assert operate(office, case_id, "values", values={"decision": "submit"})["values"]["decision"] == "submit"
    assert list(operate(office, case_id, "values", 422, values={"tên": 1})["errors"]) == ["tên"]


@pytest.mark.parametrize(
    ("login", "body", "status"),
    [
        ("admin", {"version": 1}, 422),
        ("admin", {"reason": "Thử"}, 428),
        ("admin", {"reason": "Thử", "version": 999}, 409),
        ("leader", {"reason": "Thử", "version": 1}, 403),
    ],
    ids=["no reason", "no version", "stale", "role"],
)
def test_operating_refuses(office: Office, login: str, body: dict[str, Any], status: int) -> None:
    case_id = office.open()["case_id"]
    for act in ("suspend", "cancel"):
        told(office(login).post(f"/cases/{case_id}/{act}", body), status)
    assert view(office, case_id)["state"] == "running"


def test_timers_say_due_seen_fired_and_whose_fault(office: Office) -> None:
    office.open()
    with office.app.app_context(), transaction():
        heartbeats.enter("host:1")
    [first, *_] = told(office("head").get("/timers"))["items"]
    assert (first["state"], first["lateness"]["fault"], first["lateness"]["total_s"]) == ("waiting", "", 0.0)
    with office.app.app_context():
        due = session().scalars(sa.select(Timer.due_at).where(Timer.id == uuid.UUID(first["id"]))).one()
    office.clock.freeze(clock.local(due + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"))
    late = told(office("head").get("/timers", late_only="true"))["items"]
    assert (late[0]["id"], late[0]["lateness"]["fault"]) == (first["id"], "outage")
    with office.app.app_context():
        with transaction():
            heartbeats.enter("host:2")
        sweeps.fire_due_timers()
    [fired, *_] = told(office("head").get("/timers", state="fired"))["items"]
    assert fired["fired_at"] == fired["detected_at"]
    workers = told(office("inspector").get("/workers"))
    assert [(worker["name"], worker["state"]) for worker in workers["items"]] == [("host:2", "alive"), ("host:1", "silent")]
    assert [outage["began_at"] for outage in workers["outages"]] == ["2026-11-18T08:00:00+07:00"]
    assert workers["silent_since"] is None


def test_a_timer_is_moved(office: Office) -> None:
    office.open()
    [timer, *_] = told(office("admin").get("/timers"))["items"]
    body = {**REASON, "to": "2026-11-30T08:00", "seen": timer["due_at"]}
    moved = told(office("admin").post(f"/timers/{timer['id']}/move", body))
    assert (moved["due_at"], moved["state"]) == ("2026-11-30T08:00:00+07:00", "waiting")
    assert told(office("admin").get(f"/timers/{timer['id']}")) == moved
    told(office("admin").post(f"/timers/{timer['id']}/move", body), 409)
    told(office("admin").post(f"/timers/{timer['id']}/move", {**body, "seen": None}), 428)
    told(office("leader").post(f"/timers/{timer['id']}/move", body), 403)


@pytest.mark.parametrize("path", ["/incidents/{incident}", "/timers/{timer}", "/cases/{case}/operator"])
def test_rows_of_a_foreign_agency_are_not_found(office: Office, path: str) -> None:
    case_id = office.open()["case_id"]
    incident, timer = an_incident(office, case_id), told(office("admin").get("/timers"))["items"][0]["id"]
    address = path.format(incident=incident, timer=timer, case=case_id)
    assert told(office("secretary2").get(address), 404)["code"] == "not_found"
    told(office("secretary").get(address))


def test_lists_hold_nothing_of_a_foreign_agency(office: Office) -> None:
    an_incident(office, office.open()["case_id"])
    for path in ("/incidents", "/timers"):
        assert told(office("secretary2").get(path))["items"] == []
        assert told(office("secretary").get(path))["items"] != []
