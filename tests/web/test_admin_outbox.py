"""The outbox and the systems that are told, through the pages."""

import re
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from engine import clock
from engine.db import new_id
from engine.journal import queries
from engine.outbox import signing
from engine.outbox.models import OutboxMessage, Webhook
from engine.people import agencies
from engine.transaction import session, transaction
from tests.web.conftest import ON_BOTH, Browser

Browse = Callable[..., Browser]
HOME = "H31.12.8"
OUTBOX, SYSTEMS = f"/admin/operator/outbox?agency={HOME}", f"/admin/operator/webhooks?agency={HOME}"
WISH = {"agency": HOME, "name": "Cổng tỉnh", "url": "https://nhan.example.vn/tin", "events": ["dossier.*", "step.opened"]}


def put(app: Flask, state: str) -> str:
    with app.app_context(), transaction():
        made = OutboxMessage(
            id=new_id(), agency_id=agencies.by_code(HOME).id, key=str(new_id()), kind="mail", payload={"to": "an.nv@dl.example"},
            state=state, attempts=8, next_at=clock.now(), created_at=clock.now(), last_error="451 b'later'",
        )  # fmt: skip
        session().add(made)
        return str(made.id)


def states(app: Flask, *ids: str) -> list[str]:
    with app.app_context():
        found = {str(id_): state for id_, state in session().execute(sa.select(OutboxMessage.id, OutboxMessage.state))}
        return [found[id_] for id_ in ids]


def create(browser: Browser, **given: object) -> str:
    browser.get(f"/admin/operator/webhooks/new?agency={HOME}")
    answer = browser.post("/admin/operator/webhooks/new", {**WISH, **given})
    assert answer.status_code == 303, answer.text
    browser.get(answer.location)
    return str(answer.location)


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


def journal(app: Flask, kind: str) -> list[dict[str, object]]:
    with app.app_context():
        return [entry.facts for entry in queries.page(agencies.by_code(HOME).id, kind=kind).items]


@pytest.mark.parametrize("path", [OUTBOX, SYSTEMS, f"/admin/operator/webhooks/new?agency={HOME}"])
def test_the_outbox_is_no_clerks_business(browse: Browse, path: str) -> None:
    assert browse("clerk").get(path).status_code == 403


@ON_BOTH
def test_chosen_dead_letters_are_sent_again_with_a_reason(app: Flask, browse: Browse) -> None:
    one, two, three = (put(app, "dead") for _ in range(3))
    admin = browse("admin")
    page = admin.get(OUTBOX).text
    assert (page.count("an…@dl.example") >= 3, "an.nv@dl.example" in page, "451 b&#39;later&#39;" in page) == (True, False, True)
    sent = {"agency": HOME, "ids": [one, two], "reason": "máy chủ thư đã sửa"}
    assert admin.post("/admin/operator/outbox/revival", sent).location == OUTBOX
    assert states(app, one, two, three) == ["waiting", "waiting", "dead"]
    assert "Đã cho gửi lại 2 thư, tin báo." in admin.get(OUTBOX).text
    admin.post("/admin/operator/outbox/dropping", {"agency": HOME, "ids": [three, one], "reason": "gửi nhầm"})
    assert states(app, one, two, three) == ["dropped", "waiting", "dropped"]
    assert {str(facts["reason"]) for facts in journal(app, "outbox.dropped")} == {"gửi nhầm"}


def test_without_a_reason_nothing_is_sent_and_the_choice_stays(app: Flask, browse: Browse) -> None:
    one, two = put(app, "dead"), put(app, "dead")
    admin = browse("admin")
    admin.get(OUTBOX)
    answer = admin.post("/admin/operator/outbox/revival", {"agency": HOME, "ids": [one], "reason": " "})
    assert (answer.status_code, states(app, one, two)) == (422, ["dead", "dead"])
    assert re.findall(r'value="([0-9a-f-]{36})"[^>]*checked', answer.text) == [one]
    answer = admin.post("/admin/operator/outbox/dropping", {"agency": HOME, "reason": "x"})
    assert (answer.status_code, "Chọn ít nhất một thư hoặc tin báo." in answer.text) == (422, True)


def test_a_reader_sees_and_decides_nothing(app: Flask, browse: Browse) -> None:
    one = put(app, "dead")
    secretary = browse("secretary")
    page = secretary.get(OUTBOX).text
    assert ("451 b" in page, 'name="ids"' in page, "Giữ hộp thư đi" in page) == (True, False, False)
    assert secretary.post("/admin/operator/outbox/dropping", {"ids": [one], "reason": "x"}).status_code == 403


def test_the_outbox_is_held_and_opened_from_the_top(browse: Browse) -> None:
    admin = browse("admin")
    admin.get(OUTBOX)
    assert admin.post("/admin/operator/outbox/pause", {"agency": HOME, "why": ""}).status_code == 422
    assert admin.post("/admin/operator/outbox/pause", {"agency": HOME, "why": "phục hồi"}).status_code == 303
    page = admin.get(OUTBOX).text
    assert ("Hộp thư đi đang bị giữ từ" in page, "Lý do: phục hồi" in page) == (True, True)
    assert admin.post("/admin/operator/outbox/pause", {"agency": HOME, "why": "lần nữa"}).status_code == 409
    assert "Hộp thư đi đang bị giữ từ" in browse("secretary").get(OUTBOX).text
    assert admin.post("/admin/operator/outbox/release", {"agency": HOME, "why": "đã đối chiếu"}).status_code == 303
    assert "Hộp thư đi đang bị giữ từ" not in admin.get(OUTBOX).text


@ON_BOTH
def test_a_system_is_entered_changed_stopped_and_resumed(app: Flask, browse: Browse) -> None:
    admin = browse("admin")
    path = create(admin)
    assert re.findall(r'name="events" value="([^"]+)" checked', admin.page) == ["dossier.*", "step.opened"]
    assert admin.post(f"{path}/change", {**WISH, "name": "Cổng mới", "version": version(admin.page)}).status_code == 303
    assert "Cổng mới" in admin.get(SYSTEMS).text
    admin.get(path)
    assert admin.post(f"{path}/stop", {"agency": HOME, "reason": "", "version": version(admin.page)}).status_code == 422
    assert admin.post(f"{path}/stop", {"agency": HOME, "reason": "bảo trì", "version": version(admin.page)}).status_code == 303
    assert "đã ngừng" in admin.get(path).text
    assert admin.post(f"{path}/resume", {"agency": HOME, "version": version(admin.page)}).status_code == 303
    assert "đang nhận" in admin.get(path).text
    kinds = ("webhook.created", "webhook.changed", "webhook.stopped", "webhook.resumed")
    assert [len(journal(app, kind)) for kind in kinds] == [1, 1, 1, 1]


def test_a_change_of_an_old_page_is_refused_and_keeps_what_was_typed(browse: Browse) -> None:
    admin = browse("admin")
    path = create(admin)
    admin.post(f"{path}/change", {**WISH, "name": "Người thứ nhất", "version": "1"})
    answer = admin.post(f"{path}/change", {**WISH, "name": "Người thứ hai", "version": "1"})
    assert (answer.status_code, "vừa được người khác sửa" in answer.text, 'value="Người thứ hai"' in answer.text) == (
        409,
        True,
        True,
    )
    assert admin.post(f"{path}/change", {**WISH, "version": "x"}).status_code == 428


def test_what_is_typed_wrong_comes_back_with_its_reason(browse: Browse) -> None:
    admin = browse("admin")
    admin.get(f"/admin/operator/webhooks/new?agency={HOME}")
    answer = admin.post("/admin/operator/webhooks/new", {**WISH, "url": "https://10.0.0.1/", "events": []})
    assert answer.status_code == 422
    assert ("mạng nội bộ (10.0.0.1)" in answer.text, "Chọn ít nhất một loại tin báo" in answer.text) == (True, True)
    assert 'value="https://10.0.0.1/"' in answer.text


def test_the_key_is_shown_on_request_alone_and_the_look_is_journalled(app: Flask, browse: Browse) -> None:
    admin = browse("admin")
    path = create(admin)
    with app.app_context():
        system = session().scalars(sa.select(Webhook)).one()
        first, second = (signing.key_of(system.id, number) for number in (1, 2))
    assert first not in admin.page
    answer = admin.post(f"{path}/key/shown", {"agency": HOME})
    assert (answer.status_code, first in answer.text, answer.headers["Cache-Control"]) == (200, True, "no-store")
    assert admin.post(f"{path}/key", {"agency": HOME, "version": version(answer.text)}).status_code == 303
    admin.get(path)
    assert second in admin.post(f"{path}/key/shown", {"agency": HOME}).text
    assert len(journal(app, "webhook.key_shown")) == 2
    reader = browse("secretary")
    assert reader.get(path).status_code == 200
    assert reader.post(f"{path}/key/shown", {"agency": HOME}).status_code == 403


def test_a_foreign_agencys_system_is_not_there(browse: Browse) -> None:
    path = create(browse("admin"))
    assert browse("secretary2").get(path).status_code == 404
    assert browse("secretary2").get(SYSTEMS).status_code == 404
    assert browse("secretary2").get(OUTBOX).status_code == 404
