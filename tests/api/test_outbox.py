"""Messages to the outside and the systems that are told, as programs see them."""

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from engine import clock
from engine.db import new_id
from engine.outbox.models import OutboxMessage
from engine.people import directory
from engine.transaction import session, transaction
from tests.api.conftest import Office, told

WISH = {"name": "Cổng tỉnh", "url": "https://nhan.example.vn/tin", "events": ["dossier.*", "step.opened"]}


def put(office: Office, state: str, login: str = "clerk") -> str:
    """A message of the agency of this person."""
    with office.app.app_context(), transaction():
        person = directory.by_login(login)
        assert person is not None
        made = OutboxMessage(
            id=new_id(), agency_id=person.agency_id, key=str(new_id()), kind="mail", payload={"to": "an.nv@dl.example"},
            state=state, attempts=8, next_at=clock.now(), created_at=clock.now(), last_error="451 b'later'",
        )  # fmt: skip
        session().add(made)
        return str(made.id)


def state_of(office: Office, message_id: str) -> str:
    with office.app.app_context():
        query = sa.select(OutboxMessage.state).where(OutboxMessage.id == uuid.UUID(message_id))
        return str(session().scalar(query))


def home(office: Office) -> str:
    """The ward's id."""
    with office.app.app_context():
        person = directory.by_login("clerk")
        assert person is not None
        return str(person.agency_id)


def create(office: Office, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = told(office("admin").post("/webhooks", {**WISH, "agency": home(office), **given}), 201)
    return made


def test_a_system_is_entered_read_changed_stopped_and_resumed(office: Office) -> None:
    made = create(office)
    assert {name: made[name] for name in ("name", "url", "events", "key_number", "is_active", "version")} == {
        **WISH, "key_number": 1, "is_active": True, "version": 1,
    }  # fmt: skip
    path = f"/webhooks/{made['id']}"
    assert told(office("secretary").get(path)) == made
    assert told(office("secretary").get("/webhooks"))["items"] == [made]
    changed = told(office("admin").post(f"{path}/change", {**WISH, "name": "Cổng mới", "version": 1}))
    assert (changed["name"], changed["version"]) == ("Cổng mới", 2)
    stopped = told(office("admin").post(f"{path}/stop", {"reason": "bảo trì", "version": 2}))
    assert (stopped["is_active"], stopped["version"]) == (False, 3)
    assert told(office("admin").post(f"{path}/resume", {"version": 3}))["is_active"] is True
    assert told(office("admin").post(f"{path}/renew-key", {"version": 4}))["key_number"] == 2


@pytest.mark.parametrize(("version", "status"), [({"version": 7}, 409), ({}, 428)], ids=["stale", "absent"])
@pytest.mark.parametrize(
    ("act", "body"),
    [("change", WISH), ("stop", {"reason": "bảo trì"}), ("resume", {}), ("renew-key", {})],
    ids=["change", "stop", "resume", "renew-key"],
)
def test_a_change_names_the_version_it_saw(
    office: Office, act: str, body: dict[str, Any], version: dict[str, int], status: int
) -> None:
    made = create(office)
    told(office("admin").post(f"/webhooks/{made['id']}/{act}", {**body, **version}), status)


def test_what_is_typed_wrong_is_named(office: Office) -> None:
    sent = {**WISH, "url": "https://10.0.0.1/", "events": ["sign_in.refused"]}
    problem = told(office("admin").post("/webhooks", sent), 422)
    assert sorted(problem["errors"]) == ["events", "url"]


def test_a_key_is_never_answered(office: Office) -> None:
    made = create(office)
    assert sorted(made) == sorted(
        ["id", "agency_id", "name", "url", "events", "key_number", "is_active", "version", "created_at"]
    )


def test_a_foreign_agencys_system_is_not_there(office: Office) -> None:
    made = create(office)
    told(office("secretary2").get(f"/webhooks/{made['id']}"), 404)
    told(office("secretary2").get("/webhooks", agency=home(office)), 404)
    told(office("secretary").post(f"/webhooks/{made['id']}/stop", {"reason": "x", "version": 1}), 403)


def test_dead_letters_are_listed_with_their_cause(office: Office) -> None:
    dead, _sent = put(office, "dead"), put(office, "sent")
    (item,) = told(office("secretary").get("/outbox"))["items"]
    assert (item["id"], item["to"], item["cause"], item["attempts"], item["state"]) == (
        dead, "an…@dl.example", "451 b'later'", 8, "dead",
    )  # fmt: skip
    assert told(office("secretary").get(f"/outbox/{dead}")) == item
    assert told(office("secretary").get("/outbox", state="waiting"))["items"] == []
    told(office("secretary2").get(f"/outbox/{dead}"), 404)
    told(office("secretary2").get("/outbox", agency=home(office)), 404)


def test_many_are_revived_or_dropped_in_one_act_with_a_reason(office: Office) -> None:
    dead, other, foreign = put(office, "dead"), put(office, "dead"), put(office, "dead", "clerk2")
    body = {"ids": [dead, str(uuid.uuid4())], "reason": "máy chủ thư đã sửa"}
    first = office("admin").post("/outbox/revive", body, key="k-1")
    again = office("admin").post("/outbox/revive", body, key="k-1")
    assert told(first) == {"done_count": 1, "refused_count": 1}
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert told(office("admin").post("/outbox/drop", {"ids": [other], "reason": "gửi nhầm"})) == {
        "done_count": 1, "refused_count": 0,
    }  # fmt: skip
    assert [state_of(office, message_id) for message_id in (dead, other, foreign)] == ["waiting", "dropped", "dead"]
    told(office("admin").post("/outbox/drop", {"ids": [dead]}), 422)
    told(office("secretary").post("/outbox/drop", {"ids": [dead], "reason": "x"}), 403)


def test_the_whole_outbox_is_held_and_released_from_the_top(office: Office) -> None:
    put(office, "waiting", "admin")
    held = told(office("admin").post("/outbox/pause", {"reason": "phục hồi từ bản sao lưu"}))
    assert held == {
        "waiting_count": 1,
        "dead_count": 0,
        "is_paused": True,
        "paused_at": "2026-11-18T08:00:00+07:00",
        "reason": "phục hồi từ bản sao lưu",
    }
    assert told(office("admin").get("/outbox/status")) == held
    told(office("admin").post("/outbox/pause", {"reason": "lần nữa"}), 409)
    assert told(office("admin").post("/outbox/release", {"reason": "đã đối chiếu"}))["is_paused"] is False
