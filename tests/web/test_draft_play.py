"""A draft is played on its real forms, taken back, kept as a scenario, and its scenarios are listed with what they reach."""

import html
import re
import uuid
from collections.abc import Callable
from datetime import datetime

import pytest
import sqlalchemy as sa
from flask import Flask

from engine.cases.models import Case
from engine.journal.models import JournalEntry
from engine.people import directory
from engine.people.actors import actor_of
from engine.procedures import drafts, folder
from engine.procedures.play_models import ProcedurePlay
from engine.transaction import session, transaction
from tests.procedures.test_plays import trial
from tests.web.conftest import ON_BOTH, Browser
from tests.web.drafted import files_of, make_draft

Browse = Callable[..., Browser]
START = {"play_values": "channel: counter\nis_accepted: true\nintake_decision: complete"}


@pytest.fixture
def draft(app: Flask) -> uuid.UUID:
    return make_draft(app)


def address(draft: uuid.UUID, rest: str = "/play") -> str:
    return f"/admin/procedures/drafts/{draft}{rest}"


def begun(browse: Browse, draft: uuid.UUID) -> Browser:
    """A secretary who has opened the played case."""
    secretary = browse("secretary")
    secretary.get(address(draft))
    assert secretary.post(address(draft, "/play/acts/start"), START).status_code == 303
    return secretary


def open_step(page: str) -> str:
    found: list[str] = re.findall(r'action="[^"]*/play/acts/([a-z]+\?of=[a-z_]*)"', page)
    return found[0]


@ON_BOTH
def test_a_play_goes_on_step_by_step_and_back(app: Flask, browse: Browse) -> None:
    draft = make_draft(app)
    secretary = begun(browse, draft)
    assert open_step(secretary.get(address(draft)).text) == "complete?of=hand_over"
    secretary.post(address(draft, "/play/acts/complete?of=hand_over"), {"papers": "electronic"})
    assert open_step(secretary.get(address(draft)).text) == "complete?of=assign"
    secretary.post(address(draft, "/play/undo"), {})
    assert open_step(secretary.get(address(draft)).text) == "complete?of=hand_over"
    secretary.post(address(draft, "/play/restart"), {})
    assert open_step(secretary.get(address(draft)).text) == "start?of="


def test_a_play_leaves_no_case_and_no_journal_entry(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    def counted() -> list[int | None]:
        with app.app_context():
            session().rollback()
            mine = JournalEntry.kind.like("procedure.%") | JournalEntry.kind.like("case.%") | JournalEntry.kind.like("step.%")
            return [
                session().scalar(sa.select(sa.func.count()).select_from(Case)),
                session().scalar(sa.select(sa.func.count()).select_from(JournalEntry).where(mine)),
            ]

    before = counted()
    begun(browse, draft)
    assert counted() == before


def test_refused_answers_stay_typed(draft: uuid.UUID, browse: Browse) -> None:
    secretary = begun(browse, draft)
    answer = secretary.post(address(draft, "/play/acts/complete?of=hand_over"), {"papers": "stone", "note": "Bản gốc kèm"})
    assert (answer.status_code, "Bản gốc kèm" in answer.text, "field-wrong" in answer.text) == (422, True, True)


def test_an_act_nobody_waits_for_is_refused_with_words(draft: uuid.UUID, browse: Browse) -> None:
    secretary = begun(browse, draft)
    answer = secretary.post(address(draft, "/play/acts/complete?of=sign"), {"decision": "sign"})
    assert (answer.status_code >= 400, "không mở lúc này" in answer.text) == (True, True)


def test_a_play_is_kept_as_a_scenario_that_passes(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = begun(browse, draft)
    secretary.get(address(draft))
    kept = {"title": "Mới mở", "name": "moi_mo", "version": "1"}
    assert secretary.post(address(draft, "/play/scenario"), kept).status_code == 303
    assert files_of(app, draft)["scenarios/moi_mo.yaml"].decode().splitlines()[0] == "title: Mới mở"
    page = secretary.get(address(draft, "/scenarios")).text
    assert ("Mới mở" in page, "Bước: 100 %" in page, "Đường nối: 100 %" in page) == (True, True, True)
    secretary.post(address(draft, "/scenarios/moi_mo/rename"), {"name": "moi", "version": "2"})
    secretary.post(address(draft, "/scenarios/straight/remove"), {"version": "3"})
    files = files_of(app, draft)
    assert [f"scenarios/{name}.yaml" in files for name in ("moi", "moi_mo", "straight")] == [True, False, False]


def test_a_step_is_given_back_with_a_reason(draft: uuid.UUID, browse: Browse) -> None:
    secretary = begun(browse, draft)
    secretary.post(address(draft, "/play/acts/complete?of=hand_over"), {"papers": "electronic"})
    page = secretary.get(address(draft, "/play?do=return:assign")).text
    assert ('value="hand_over"' in page, f'action="{address(draft)}/acts/return?of=assign"' in page) == (True, True)
    refused = secretary.post(address(draft, "/play/acts/return?of=assign"), {"to": "hand_over", "reason": " "})
    assert (refused.status_code, "Lý do trả lại: Hãy ghi lý do." in refused.text) == (422, True)
    wrong = secretary.post(address(draft, "/play/acts/return?of=assign"), {"to": "sign", "reason": "Thiếu"})
    assert (wrong.status_code, "Trả lại cho bước: Không trả lại được" in wrong.text) == (422, True)
    assert (
        secretary.post(address(draft, "/play/acts/return?of=assign"), {"to": "hand_over", "reason": "Thiếu"}).status_code == 303
    )
    shown = secretary.get(address(draft)).text
    assert ("Trả lại “Phân công thụ lý” về “Chuyển phòng chuyên môn”" in shown, "Lý do: Thiếu" in shown) == (True, True)


def test_a_case_is_begun_at_the_start_that_is_chosen_and_a_table_tells_its_rows(app: Flask, browse: Browse) -> None:
    files = trial()
    with app.app_context():
        person = directory.by_login("secretary")
        assert person is not None
        with transaction():
            draft = drafts.create(person.agency_id, folder.of(files.items()), base=None, by=actor_of(person)).id
    secretary = browse("secretary")
    page = secretary.get(address(draft)).text
    assert re.findall(r'href="[^"]*/play\?do=start:(\w*)"', page) == ["", "asked"]
    assert "Mở hồ sơ bằng thông điệp: Được hỏi" in page
    secretary.post(address(draft, "/play/acts/start?of="), {"play_values": "answer: x"})
    secretary.post(address(draft, "/play/acts/complete?of=a"), {"answer": "x"})
    shown = html.unescape(secretary.get(address(draft)).text)
    assert 'dòng 1: "x" → 1' in shown
    secretary.post(address(draft, "/play/restart"), {})
    secretary.post(address(draft, "/play/acts/start?of=asked"), {"play_values": "answer: y"})
    assert open_step(secretary.get(address(draft)).text) == "complete?of=b"
    refused = secretary.post(address(draft, "/play/acts/start?of=nowhere"), {})
    assert (refused.status_code, "Không có thao tác này." in refused.text) == (409, True)


def test_a_timer_that_is_let_come_takes_the_clock_along(app: Flask, draft: uuid.UUID, browse: Browse) -> None:
    secretary = begun(browse, draft)
    page = html.unescape(secretary.get(address(draft)).text)
    [timer] = set(re.findall(r"do=timer:(\w+)", page))
    assert secretary.post(address(draft, f"/play/acts/timer?of={timer}"), {}).status_code == 303
    with app.app_context():
        play = session().scalars(sa.select(ProcedurePlay)).one()
        moments = [datetime.fromisoformat(row["at"]) for row in play.acts]
        assert play.now_at == moments[1] > moments[0]


def test_the_clock_goes_to_a_moment_and_never_back(draft: uuid.UUID, browse: Browse) -> None:
    secretary = begun(browse, draft)
    assert secretary.post(address(draft, "/play/clock"), {"moment": "31/12/2030 08:30"}).status_code == 303
    assert "31/12/2030" in secretary.get(address(draft)).text
    assert secretary.post(address(draft, "/play/clock"), {"moment": "01/01/2001 08:30"}).status_code == 422


def test_a_scenario_is_done_again_in_a_play(draft: uuid.UUID, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get(address(draft))
    assert secretary.post(address(draft, "/scenarios/refusal/play"), {}).status_code == 303
    assert "Hồ sơ kết thúc tại" in secretary.get(address(draft)).text
