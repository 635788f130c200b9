"""Delegations by program: given once, read by whom they concern, acted under, withdrawn."""

import json
import uuid
from typing import Any

import pytest

from engine.people import directory
from tests.api.conftest import SERVICE, Office, told


def position_of(office: Office, login: str) -> str:
    with office.app.app_context():
        person = directory.by_login(login)
        assert person is not None
        return str(person.positions[0].id)


def make_body(office: Office, **other: Any) -> dict[str, Any]:
    """What a leader's program sends before five days away."""
    usual = {
        "position_id": position_of(office, "leader"),
        "delegate": "deputy",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-05",
        "signing": "KT.",
        "services": [SERVICE],
        "basis_number": "15/QĐ-UBND",
        "basis_on": "2026-11-17",
        "reason": "Đi công tác",
    }
    return usual | other


def test_a_delegation_is_made_once_for_each_key(office: Office) -> None:
    body = make_body(office)
    first = told(office("leader").post("/delegations", body, key="đi-công-tác"), 201)
    again = told(office("leader").post("/delegations", body, key="đi-công-tác"), 201)
    assert again == first
    assert [one["id"] for one in told(office("leader").get("/delegations", scope="given"))["items"]] == [first["id"]]
    assert first == {
        "id": first["id"],
        "agency_id": first["agency_id"],
        "position_id": body["position_id"],
        "title": "Chủ tịch",
        "giver": {"id": str(office.person_id("leader")), "full_name": "Hoàng Đức Thắng"},
        "delegate": {"id": str(office.person_id("deputy")), "full_name": "Bùi Thị Kim Oanh"},
        "roles": ["leader"],
        "procedures": [],
        "services": [SERVICE],
        "signing": "KT.",
        "starts_on": "2026-12-01",
        "ends_on": "2026-12-05",
        "starts_at": "2026-12-01T00:00:00+07:00",
        "ends_at": "2026-12-06T00:00:00+07:00",
        "basis_number": "15/QĐ-UBND",
        "basis_on": "2026-11-17",
        "reason": "Đi công tác",
        "state": "coming",
        "created_at": "2026-11-18T08:00:00+07:00",
        "withdrawn_at": None,
        "withdraw_reason": None,
    }


@pytest.mark.parametrize(
    ("login", "body", "status", "field"),
    [
        ("leader", {"delegate": "nobody"}, 422, "delegate"),
        ("leader", {"delegate": "leader2"}, 422, "delegate"),
        ("leader", {"services": ["9.999"]}, 422, "services"),
        ("leader", {"procedures": ["ghost"], "services": []}, 422, "procedures"),
        ("leader", {"signing": "TM."}, 422, "signing"),
        ("leader", {"reason": ""}, 422, "reason"),
        ("leader", {"starts_on": "hôm nay"}, 422, "starts_on"),
        ("deputy", {}, 403, None),
        ("leader2", {}, 404, None),
        ("inspector", {}, 403, None),
        ("admin", {}, 201, None),
    ],
    ids=[
        "nobody",
        "another agency's",
        "service",
        "procedure",
        "signing",
        "reason",
        "day",
        "deputy",
        "foreign",
        "inspector",
        "admin",
    ],
)
def test_what_is_refused_names_the_field(
    office: Office, login: str, body: dict[str, Any], status: int, field: str | None
) -> None:
    answer = told(office(login).post("/delegations", make_body(office, **body)), status)
    assert field is None or field in answer["errors"]


def test_two_that_clash_are_refused(office: Office) -> None:
    told(office("leader").post("/delegations", make_body(office)), 201)
    refusal = told(office("leader").post("/delegations", make_body(office, delegate="head", signing="TUQ.")), 409)
    assert "đã ủy quyền cho Bùi Thị Kim Oanh" in refusal["detail"]


@pytest.mark.parametrize(
    ("login", "scope", "count"),
    [
        ("deputy", "received", 1),
        ("deputy", "given", 0),
        ("leader", "given", 1),
        ("leader", "agency", 1),
        ("leader2", "agency", 0),
    ],
)
def test_lists_show_what_concerns_the_reader(office: Office, login: str, scope: str, count: int) -> None:
    told(office("leader").post("/delegations", make_body(office)), 201)
    assert len(told(office(login).get("/delegations", scope=scope))["items"]) == count


def test_the_agency_s_list_is_for_who_manages_it(office: Office) -> None:
    assert office("deputy").get("/delegations", scope="agency").status_code == 403
    made = told(office("leader").post("/delegations", make_body(office)), 201)
    found = {
        login: office(login).get(f"/delegations/{made['id']}").status_code
        for login in ("leader", "deputy", "admin", "clerk", "leader2")
    }
    assert found == {"leader": 200, "deputy": 200, "admin": 200, "clerk": 404, "leader2": 404}
    assert office("leader").get(f"/delegations/{uuid.UUID(int=7)}").status_code == 404


def test_a_step_is_done_for_the_absent_until_it_is_withdrawn(office: Office) -> None:
    made = told(office("leader").post("/delegations", make_body(office)), 201)
    office.clock.freeze("2026-12-03T08:00")
    code = office.open()["code"]
    office.to_sign(code)
    [item] = told(office("deputy").get("/steps", scope="unclaimed"))["items"]
    behalf = {
        "id": str(office.person_id("leader")),
        "full_name": "Hoàng Đức Thắng",
        "capacity": "KT. Chủ tịch",
        "delegation_id": made["id"],
    }
    assert item["on_behalf_of"] == behalf
    assert told(office("deputy").get(f"/steps/{item['id']}"))["on_behalf_of"] == behalf
    assert told(office("clerk").get(f"/steps/{item['id']}"))["on_behalf_of"] is None
    told(office("deputy").post(f"/steps/{item['id']}/claim", {"version": item["version"]}))
    withdrawn = told(office("deputy").post(f"/delegations/{made['id']}/withdraw", {"reason": "Trả lại"}))
    assert (withdrawn["state"], withdrawn["withdraw_reason"]) == ("withdrawn", "Trả lại")
    assert told(office("deputy").get("/steps", scope="group"))["items"] == []
    step = office.step(code, "sign")
    assert step["holder"] is None
    answer = office("deputy").post(f"/steps/{step['id']}/complete", {"answers": {"decision": "sign"}, "version": step["version"]})
    assert answer.status_code == 403
    history = told(office("leader").get(f"/cases/{office.dossier(code)['case_id']}/history"))["items"]
    claimed = [entry["on_behalf_of"] for entry in history if entry["kind"] == "step.claimed"]
    assert claimed[-1] == "KT. Chủ tịch Hoàng Đức Thắng"
    assert told(office("leader").post(f"/delegations/{made['id']}/withdraw", {"reason": "Lần nữa"}), 409)


def test_the_journal_names_both_for_programs_too(office: Office) -> None:
    told(office("leader").post("/delegations", make_body(office)), 201)
    office.clock.freeze("2026-12-03T08:00")
    code = office.open()["code"]
    office.to_sign(code)
    office.do(code, "sign", "deputy", decision="sign")
    [done] = [
        entry
        for entry in told(office("leader").get("/journal", kind="step.completed"))["items"]
        if entry["facts"]["element"] == "sign"
    ]
    assert (done["actor"]["name"], done["actor"]["on_behalf_of"]["name"], done["actor"]["on_behalf_of"]["signing"]) == (
        "Bùi Thị Kim Oanh",
        "Hoàng Đức Thắng",
        "KT.",
    )
    lines = [json.loads(line) for line in office("inspector").get("/export/journal.ndjson").text.splitlines()]
    [line] = [line for line in lines if line.get("kind") == "step.completed" and '"element":"sign"' in line["content"]]
    assert json.loads(line["content"])["actor"]["on_behalf_of"]["name"] == "Hoàng Đức Thắng"
