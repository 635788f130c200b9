"""Nothing unapproved runs: refused by page, API, import, command and service call (R08)."""

import io
import uuid
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.engine import Engine

from engine.cases import capabilities, migrating, repairs, starting, subjects
from engine.cases.capabilities import CapabilityCall
from engine.cases.models import Case
from engine.documents import capabilities as document_capabilities
from engine.errors import Conflict, NotFound, ProcedureRejected
from engine.flow import places
from engine.procedures import approved, definition, drafts, folder, publishing
from engine.procedures.models import ProcedureRevision
from engine.settings import Settings
from engine.transaction import session, transaction
from tests.api.conftest import Office
from tests.clocks import StoppedClock
from tests.documents.approving import CODE, PROCESSES, Ward, changed, make_ward
from tests.procedures.foreign import flow, foreign
from tests.web.conftest import Browser
from web import cli
from web.app import create_app
from web.database import database


@pytest.fixture
def database_content() -> str:
    """The demo province."""
    return "province"


@pytest.fixture
def ward(db: Engine, stopped_clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> Ward:
    """The demo ward."""
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    return make_ward(stopped_clock)


def waiting(ward: Ward) -> ProcedureRevision:
    """A revision that is approved and waits for its date."""
    case = ward.submit(ward.draft())
    ward.to_wait(case)
    session().rollback()
    found = approved.of_case(case.id)
    assert found is not None
    return found


def new_code(ward: Ward, code: str = "other") -> uuid.UUID:
    """A draft of a procedure that was never published."""
    files = dict(folder.read(PROCESSES / "_template").files)
    files = {path.replace(CODE, code): content.replace(CODE.encode(), code.encode()) for path, content in files.items()}
    with transaction():
        return drafts.create(ward.agency_id, folder.of(files.items()), base=None, by=ward.actor("secretary")).id


def started(ward: Ward, revision: ProcedureRevision) -> Case:
    with transaction():
        return starting.create(revision, agency_id=ward.agency_id, title="Thử", values={}, by=ward.actor("officer"))


@pytest.mark.parametrize("state", ["approved", "dropped", "obsolete"])
def test_a_service_call_opens_nothing_on_a_revision_not_in_force(ward: Ward, state: str) -> None:
    revision = waiting(ward)
    with transaction():
        revision = session().get_one(ProcedureRevision, revision.id)
        revision.state = state
    with pytest.raises(Conflict) as refusal:
        started(ward, revision)
    words = {"approved": "chưa đến ngày hiệu lực (từ 00:00 ngày 20/11/2026)", "dropped": "đã bị rút", "obsolete": "hết hiệu lực"}
    assert words[state] in str(refusal.value)
    with pytest.raises(Conflict), transaction():
        plan = migrating.Plan()
        migrating.make(session().get_one(ProcedureRevision, revision.id), ward.agency_id, plan, "Thử", by=ward.actor("leader"))


def test_a_service_call_opens_nothing_of_a_draft(ward: Ward) -> None:
    new_code(ward)
    with pytest.raises(NotFound), transaction():
        starting.open_case("other", "Thử", {"content": "x"}, by=ward.actor("officer"))


def test_until_its_instant_cases_start_on_what_is_in_force(ward: Ward) -> None:
    waiting(ward)
    with transaction():
        case = starting.open_case(CODE, "Thử", {"content": "x"}, by=ward.actor("officer"))
    assert case.revision_id == ward.in_force().id
    assert ward.in_force().number == 1


def call(case: Case, **parameters: Any) -> CapabilityCall:
    return CapabilityCall(case, parameters, None, "effect")


def test_the_capabilities_refuse_a_case_that_decides_on_nothing(ward: Ward) -> None:
    """A model of somebody's own that calls them gets nowhere."""
    with transaction():
        case = starting.open_case(CODE, "Thử", {"content": "x"}, by=ward.actor("officer"))
    for act in (document_capabilities.make_effective, document_capabilities.issue_approved):
        with pytest.raises(NotFound), transaction():
            act(call(session().get_one(Case, case.id)))


def skipped(ward: Ward, case: Case) -> None:
    """An operator passes over whatever the case waits for."""
    session().rollback()
    current = session().get_one(Case, case.id)
    rule = definition.of_id(current.revision_id)
    token = next(place.token for place in places.of(rule.model, current.marking) if place.token and place.element in rule.steps)
    with transaction():
        repairs.skip(session().get_one(Case, case.id), token, "Bỏ qua", version=current.version, by=ward.actor("admin"))


def test_an_operator_who_skips_the_signing_steps_brings_nothing_into_force(ward: Ward) -> None:
    case = ward.submit(ward.draft(), reviewers=ward.ids("head"))
    skipped(ward, case)
    session().rollback()
    with transaction():
        current = session().get_one(Case, case.id)
        current.values = {**current.values, "decision": "approve", "effective_on": "2026-11-18"}
    skipped(ward, case)
    with pytest.raises(Conflict) as refusal:
        ward.do(case, "number", "registrar", decision_symbol="QĐ-UBND")
    assert str(refusal.value).startswith("Nội dung chưa được duyệt: thiếu chữ ký xem xét, phê duyệt.")
    assert ward.revisions() == [(1, "effective")]


def test_signatures_of_one_content_do_not_approve_another(ward: Ward) -> None:
    draft_id = ward.draft()
    case = ward.submit(draft_id)
    ward.to_wait(case)
    with transaction():
        bound = subjects.of(case.id)
        assert bound is not None
        bound.sha256 = "0" * 64
    ward.clock.freeze("2026-11-20T00:00:00")
    ward.fire()
    assert ward.revisions() == [(2, "approved"), (1, "effective")]


def test_a_folder_replaces_what_runs_by_no_service_call_without_approval_or_decision(ward: Ward) -> None:
    files = changed(folder.read(PROCESSES / "_template").files, "24h")
    with pytest.raises(ProcedureRejected) as refusal, transaction():
        known = capabilities.facts()
        publishing.publish(ward.agency_id, folder.of(files.items()), capabilities=known, basis="Theo lệ", by=None)
    assert [finding.code for finding in refusal.value.findings] == ["basis.decision"]


@pytest.fixture
def app(sqlite_url: str, stopped_clock: StoppedClock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The whole application on the demo ward, a revision waiting for its date and a draft of a new procedure."""
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")
    monkeypatch.setenv("QUYTRINH_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path / "data"))
    made = create_app(Settings(database_url=sqlite_url, data_dir=tmp_path / "data", is_testing=True))
    with made.app_context():
        ward = make_ward(stopped_clock)
        waiting(ward)
        new_code(ward)
    yield made
    with made.app_context():
        database.session.remove()
        database.engine.dispose()


def cases(app: Flask) -> list[tuple[str, int]]:
    """Procedure and revision number of every case but approvals."""
    with app.app_context():
        session().rollback()
        found = session().query(Case).filter(Case.procedure_code != "document_approval")
        return [(case.procedure_code, session().get_one(ProcedureRevision, case.revision_id).number) for case in found]


def signed_in(app: Flask, login: str) -> Any:
    browser = Browser(app)
    assert browser.sign_in(login).status_code == 303
    return browser


def test_a_page_opens_nothing_of_a_draft(app: Flask) -> None:
    officer = signed_in(app, "officer")
    assert officer.get("/cong-viec/moi/other").status_code == 404
    officer.get(f"/cong-viec/moi/{CODE}")
    assert officer.post("/cong-viec/moi/other", {"title": "Thử", "content": "x"}).status_code == 404
    assert officer.post(f"/cong-viec/moi/{CODE}", {"title": "Thử", "content": "x"}).status_code == 303
    assert cases(app) == [(CODE, 1)]


def test_a_page_publishes_nothing_without_a_decision(app: Flask) -> None:
    leader = signed_in(app, "leader")
    leader.get("/admin/procedures/check")
    packed = folder.zipped(changed(folder.read(PROCESSES / "_template").files, "24h"))
    sent = {"file": (io.BytesIO(packed), "x.zip"), "publish": "yes"}
    answer = leader.post("/admin/procedures/check", sent, content_type="multipart/form-data")
    assert (answer.status_code, "Ghi quyết định đã phê duyệt quy trình" in answer.text) == (422, True)
    with app.app_context():
        assert sorted(session().scalars(sa.select(ProcedureRevision.number).where(ProcedureRevision.number > 1))) == [2]


def program(app: Flask, login: str) -> Any:
    return Office(app, None, {})(login)  # type: ignore[arg-type]  # no clock is moved


def test_the_api_opens_nothing_of_a_draft(app: Flask) -> None:
    officer = program(app, "officer")
    sent = {"title": "Thử", "answers": {"content": "x"}}
    assert officer.post("/cases", {"procedure": "other", **sent}).status_code == 404
    assert officer.post("/cases", {"procedure": CODE, **sent}).status_code == 201
    assert cases(app) == [(CODE, 1)]


def test_an_import_makes_a_draft_that_opens_nothing(app: Flask) -> None:
    model = foreign('<bpmn:startEvent id="s"/><bpmn:userTask id="t" name="Gửi thư"/>', flow("s", "t"))
    headers = {"Authorization": program(app, "secretary")._headers()["Authorization"], "Content-Type": "application/xml"}
    made = app.test_client().post("/api/v1/procedures/imported/drafts", data=model, headers=headers)
    assert made.status_code == 201
    sent = {"procedure": "imported", "title": "Thử", "answers": {}}
    assert program(app, "officer").post("/cases", sent).status_code == 404
    packed = folder.zipped(folder.read(PROCESSES / "_template").files)
    headers["Content-Type"] = "application/zip"
    assert app.test_client().post(f"/api/v1/procedures/{CODE}/drafts", data=packed, headers=headers).status_code == 201
    assert cases(app) == []


@pytest.mark.parametrize("decision", [False, True], ids=["without", "with a decision"])
def test_a_command_replaces_what_runs_by_a_decision_alone(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str], decision: bool
) -> None:
    place = tmp_path / CODE
    for path, content in changed(folder.read(PROCESSES / "_template").files, "24h").items():
        (place / path).parent.mkdir(parents=True, exist_ok=True)
        (place / path).write_bytes(content)
    words = ["procedures", "publish", str(place), "--agency", "H31.12.8", "--basis", "Theo lệ"]
    if decision:
        words += ["--decision-number", "15/QĐ-UBND", "--decision-date", "18/11/2026", "--decision-signer", "Hoàng Đức Thắng"]
    code = cli.main(words)
    told = capsys.readouterr()
    assert code == (0 if decision else 1)
    assert ("lần ban hành 3 có hiệu lực" in told.out, "phải qua phê duyệt" in told.err) == (decision, not decision)


def test_a_revision_looked_up_before_is_no_way_around_the_one_in_force(ward: Ward) -> None:
    former = ward.in_force()
    ward.to_wait(ward.submit(ward.draft()), "2026-11-18")
    ward.fire()
    with pytest.raises(Conflict):
        started(ward, session().get_one(ProcedureRevision, former.id))
