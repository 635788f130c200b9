"""The proof page: the verdict, the services against their limits with the way on the diagram, who sees it."""

import html
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from engine.dossiers import services
from engine.dossiers.models import PublicService
from engine.people import directory
from engine.transaction import session, transaction
from tests.web.conftest import Browser
from tests.web.drafted import FOLDER, make_draft
from tests.web.office import Office

Browse = Callable[..., Browser]
ALLOWANCE = "1.014027"
TWELVE_DAYS = {"hand_over": 240, "process": 72 * 60, "check": 240, "sign": 720, "number_seal": 480, "assign": 120}


def shown(browser: Browser, draft_id: Any) -> str:
    page = browser.get(f"/admin/procedures/drafts/{draft_id}/proof")
    assert page.status_code == 200
    return page.text


def marks(page: str) -> dict[str, str]:
    """What the diagram shows."""
    found = re.search(r'data-marks="([^"]*)"', page)
    assert found is not None
    read: dict[str, str] = json.loads(html.unescape(found[1]))
    return read


def plan(app: Flask, code: str, terms: dict[str, int]) -> None:
    with app.app_context(), transaction():
        secretary = directory.by_login("secretary")
        assert secretary is not None
        service = session().get_one(PublicService, services.get(secretary.agency_id, code).id)
        service.terms = terms


def test_the_carried_procedure_can_be_submitted(office: Office, app: Flask, browse: Browse) -> None:
    page = shown(browse("secretary"), make_draft(app))
    assert "Không còn điểm nào phải sửa: bản dự thảo trình duyệt được." in page
    assert page.count("data-show-marks=") > 15
    assert "error" not in marks(page).values()
    assert marks(page)["assign"] == "warning"


def test_twelve_days_against_ten_are_refused_and_the_way_stands_on_the_diagram(
    office: Office, app: Flask, browse: Browse
) -> None:
    draft_id = make_draft(app)
    plan(app, ALLOWANCE, TWELVE_DAYS)
    page = shown(browse("secretary"), draft_id)
    assert "Còn 1 điểm phải sửa trước khi trình duyệt." in page
    assert f"Thủ tục {ALLOWANCE} " in page
    assert "các bước cộng lại 102 giờ" in page
    assert "quá hạn 128 %" in page
    way = {id_ for id_, mark in marks(page).items() if mark == "error"}
    assert {"receive_dossier", "hand_over", "assign", "process", "check", "sign", "number_seal", "receive_result"} <= way
    assert {"flow_hand_over_assign", "flow_gw_sign_number_seal"} <= way
    assert not {"intake_check", "flow_gw_check_process", "decide_withdrawal"} & way


def test_what_is_found_leads_to_where_it_is_mended(office: Office, app: Flask, browse: Browse) -> None:
    draft_id = make_draft(app, {"forms/extra.yaml": b"title: a\nfields: []\n", "slips/extra.typ": b"= A"})
    page = shown(browse("secretary"), draft_id)
    base = f"/admin/procedures/drafts/{draft_id}"
    assert f'href="{base}/forms/extra"' in page
    assert f'href="{base}/slips"' in page
    assert "Thời hạn từng thủ tục" not in page


def test_a_model_that_cannot_be_read_has_no_diagram_but_says_why(office: Office, app: Flask, browse: Browse) -> None:
    page = shown(browse("secretary"), make_draft(app, {"dossier.bpmn": b"<not-xml"}))
    assert "data-diagram" not in page
    assert "Còn 1 điểm phải sửa" in page


def test_names_written_to_do_harm_are_shown_as_text(office: Office, app: Flask, browse: Browse) -> None:
    model = (FOLDER / "dossier.bpmn").read_bytes()
    name = 'name="Ký kết quả"'.encode()
    attack = b'name="&lt;script&gt;alert(1)&lt;/script&gt;&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"'
    page = shown(browse("secretary"), make_draft(app, {"dossier.bpmn": model.replace(name, attack)}))
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize(("login", "status"), [("clerk", 403), ("officer", 403), ("leader", 200), ("secretary2", 404)])
def test_a_proof_is_seen_by_those_who_check_drafts_of_the_agency(
    office: Office, app: Flask, browse: Browse, login: str, status: int
) -> None:
    draft_id = make_draft(app)
    assert browse(login).get(f"/admin/procedures/drafts/{draft_id}/proof").status_code == status
