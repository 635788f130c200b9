"""The tab on which a draft is submitted, and the pages on which it is signed."""

import json
import re
import uuid
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.cases import queries
from engine.documents import approvals
from engine.people import demo, directory, passwords
from engine.procedures import drafts
from engine.procedures.models import ProcedureDraft
from engine.transaction import session, transaction
from tests.clocks import StoppedClock
from tests.documents.approving import Ward, make_ward
from tests.web.conftest import ON_BOTH, Browser

Browse = Callable[..., Browser]
#: No other text of the product holds it.
SECRET = "Mat-khau-rieng-9137"


@pytest.fixture
def database_content() -> str:
    """The demo province."""
    return "province"


@pytest.fixture
def ward(app: Flask, stopped_clock: StoppedClock) -> Ward:
    """The demo ward with the small procedure in force."""
    with app.app_context():
        return make_ward(stopped_clock)


@pytest.fixture
def draft_id(app: Flask, ward: Ward) -> uuid.UUID:
    """A draft that adds hours to a step."""
    with app.app_context():
        return ward.draft()


def address(draft_id: uuid.UUID) -> str:
    return f"/admin/procedures/drafts/{draft_id}/submit"


def request_of(app: Flask, ward: Ward, **more: object) -> dict[str, object]:
    with app.app_context():
        people = {"reviewers": ward.ids("head", "deputy"), "approver": ward.ids("leader")[0]}
    return {"change_reason": "Luật mới", "summary": "Thêm giờ soạn", **people, "password": demo.PASSWORD, **more}


def state(app: Flask, draft_id: uuid.UUID) -> str:
    with app.app_context():
        session().rollback()
        return session().get_one(ProcedureDraft, draft_id).state


def open_step(app: Flask, draft_id: uuid.UUID, login: str) -> tuple[str, int]:
    """Address and version of the step of the draft's approval that this person holds."""
    with app.app_context():
        session().rollback()
        case = approvals.case_of(session().get_one(ProcedureDraft, draft_id))
        person = directory.by_login(login)
        assert case is not None
        assert person is not None
        step = next(step for step in queries.open_steps(case) if step.assignee_id in (person.id, None))
        return f"/buoc/{step.id}", step.version


@ON_BOTH
def test_a_draft_is_submitted_reviewed_and_approved_on_the_pages(
    app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse
) -> None:
    secretary = browse("secretary")
    page = secretary.get(address(draft_id)).text
    told = ("Ký, trình duyệt", "1 điểm khác lần 1", "không có hồ sơ nào đang mở", 'type="password"', "Phạm Quốc Huy")
    assert [words in page for words in told[:4]] == [True] * 4
    answer = secretary.post(address(draft_id), request_of(app, ward))
    assert (answer.status_code, answer.location, state(app, draft_id)) == (303, address(draft_id), "submitted")
    page = secretary.get(address(draft_id)).text
    assert [words in page for words in ("Phê duyệt đến đâu", "Xem xét nội dung", "Lập</strong>", "Lần trình 1")] == [True] * 4
    for login in ("head", "deputy"):
        browser = browse(login)
        step, version = open_step(app, draft_id, login)
        assert ["Ký: Xem xét" in browser.get(step).text, address(draft_id) in browser.page] == [True, True]
        sent = {"version": version, "verdict": "agree", "password": demo.PASSWORD}
        assert browser.post(step, sent).status_code == 303
    leader = browse("leader")
    step, version = open_step(app, draft_id, "leader")
    leader.get(step)
    sent = {"version": version, "decision": "approve", "effective_on": "18/11/2026", "password": demo.PASSWORD}
    assert leader.post(step, sent).status_code == 303
    registrar = browse("registrar")
    step, version = open_step(app, draft_id, "registrar")
    registrar.get(step)
    assert registrar.post(step, {"version": version, "decision_symbol": "QĐ-UBND"}).status_code == 303
    with app.app_context():
        ward.fire()
        assert ward.revisions() == [(2, "effective"), (1, "obsolete")]
    assert "Quyết định số 01/QĐ-UBND ngày 18/11/2026" in secretary.get("/admin/procedures/three_steps").text


@pytest.mark.parametrize("password", ["", "sai mật khẩu"], ids=["missing", "wrong"])
def test_what_was_typed_survives_a_refused_password(
    app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse, password: str
) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft_id))
    answer = secretary.post(address(draft_id), request_of(app, ward, password=password))
    chosen = re.findall(r'name="reviewers" value="([^"]+)" checked', answer.text)
    with app.app_context():
        assert sorted(chosen) == sorted(ward.ids("head", "deputy"))
    assert (answer.status_code, "Thêm giờ soạn" in answer.text, 'href="#f-password"' in answer.text) == (422, True, True)
    assert ('value="sai mật khẩu"' in answer.text, state(app, draft_id)) == (False, "open")


@pytest.mark.parametrize("password", ["", "sai mật khẩu"], ids=["missing", "wrong"])
def test_a_step_is_not_signed_without_the_right_password(
    app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse, password: str
) -> None:
    secretary, head = browse("secretary"), browse("head")
    secretary.get(address(draft_id))
    secretary.post(address(draft_id), request_of(app, ward))
    step, version = open_step(app, draft_id, "head")
    head.get(step)
    sent = {"version": version, "verdict": "return", "comment": "Thiếu căn cứ", "password": password}
    answer = head.post(step, sent)
    assert (answer.status_code, "Thiếu căn cứ" in answer.text, 'href="#f-password"' in answer.text) == (422, True, True)


def test_too_many_wrong_passwords_lock_signing_and_keep_what_was_typed(
    app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse
) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft_id))
    answers = [secretary.post(address(draft_id), request_of(app, ward, password="sai")).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]
    assert ("tạm khóa đăng nhập" in secretary.page, "Thêm giờ soạn" in secretary.page) == (True, True)
    assert secretary.post(address(draft_id), request_of(app, ward)).status_code == 429


def test_a_draft_with_faults_shows_them_and_no_form(app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse) -> None:
    with app.app_context(), transaction():
        draft = drafts.get(draft_id, [ward.agency_id], is_changing=True)
        drafts.write(draft, {"forms/check.yaml": None}, version=draft.version, by=ward.actor("secretary"))
    secretary = browse("secretary")
    page = secretary.get(address(draft_id)).text
    assert ["Phải sửa trước khi trình" in page, "forms/check.yaml." in page, "Ký, trình duyệt" in page] == [True, True, False]


def test_only_who_draws_submits(app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse) -> None:
    leader = browse("leader")
    assert "Ký, trình duyệt" not in leader.get(address(draft_id)).text
    assert leader.post(address(draft_id), request_of(app, ward)).status_code == 403
    assert browse("clerk").get(address(draft_id)).status_code == 403
    assert browse("secretary2").get(address(draft_id)).status_code == 404


def test_the_password_is_kept_nowhere(
    app: Flask, ward: Ward, draft_id: uuid.UUID, browse: Browse, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context(), transaction():
        secretary = directory.by_login("secretary")
        assert secretary is not None
        secretary.password_hash = passwords.hash_of(SECRET)
    browser = browse()
    browser.sign_in("secretary", SECRET)
    browser.get(address(draft_id))
    key = {"idempotency_key": uuid.uuid4().hex}
    assert browser.post(address(draft_id), request_of(app, ward, password=SECRET, summary="", **key)).status_code == 422
    typed = json.dumps({"summary": "dang go do", "password": SECRET})
    assert browser.post("/drafts", {"subject": f"submit:{draft_id}", "answers": typed}).status_code == 204
    assert ("dang go do" in everything(app), SECRET in everything(app)) == (True, False)
    assert browser.post(address(draft_id), request_of(app, ward, password=SECRET, **key)).status_code == 303
    assert (SECRET in everything(app), SECRET in caplog.text) == (False, False)


def everything(app: Flask) -> str:
    """All rows of all tables as text."""
    with app.app_context():
        session().rollback()
        names = sa.inspect(session().connection()).get_table_names()
        return "\n".join(repr(session().execute(sa.text(f'SELECT * FROM "{name}"')).all()) for name in names)
