"""The screens in a real browser under the real policy: at 1280 and 360 px, by keyboard, with nothing lost."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import jinja2
import pyotp
import pytest
from flask import Blueprint, Flask, redirect, render_template, request
from flask.typing import ResponseReturnValue
from playwright.sync_api import Browser, Page

from engine import clock
from engine.cases import drafts
from engine.errors import AnswersRejected
from engine.language.expressions import compile_expression
from engine.people import directory
from engine.people.actors import actor_of
from engine.people.models import WebSession
from engine.procedures.fields import Choice, Condition, Field
from engine.procedures.forms import Form, Section
from engine.settings import ROOT
from engine.transaction import session, transaction
from tests.chromium import WIDTHS, Screen, open_screen, window
from web import fields, guard, typed

pytestmark = pytest.mark.browser

CHIP = "001099012345|123456789|Nguyễn Thị Ánh|01021990|Nữ|Số 1, đường Lê Lợi, Hải Phòng|02032022"


def questions() -> tuple[Field, ...]:
    decision = (Choice("complete", "Đủ, tiếp nhận", "Đủ giấy tờ"), Choice("supplement", "Cần bổ sung"))
    papers = tuple(Choice(word, f"Giấy tờ {word}") for word in ("a", "b", "c"))
    is_supplement = Condition(compile_expression('decision == "supplement"'), "decision", ("supplement",))
    return (
        Field("owner_full_name", "text", "Họ và tên", is_required=True),
        Field("owner_id_number", "id_number", "Số định danh"),
        Field("owner_birth_date", "date", "Ngày sinh"),
        Field("owner_phone", "phone", "Điện thoại"),
        Field("received_on", "date", "Ngày nhận"),
        Field("fee", "money", "Lệ phí"),
        Field("decision", "choice", "Kết quả kiểm tra", choices=decision, default="complete"),
        Field("content", "textarea", "Nội dung cần bổ sung", visible_when=is_supplement),
        Field("papers", "choices", "Giấy tờ đã nhận", choices=papers),
        Field("is_original", "boolean", "Đã đối chiếu bản chính"),
        Field("officer", "person", "Người xử lý"),
    )


@pytest.fixture
def parts(app: Flask) -> Flask:
    """The application with one page that shows every part of a screen."""
    assert app.jinja_loader is not None
    app.jinja_env.loader = jinja2.ChoiceLoader([app.jinja_loader, jinja2.FileSystemLoader(Path(__file__).parent)])
    bp = Blueprint("parts", __name__, url_prefix="/parts")
    form = Form("f", "Biểu mẫu", "", (Section("", "", questions()),))

    @bp.route("", methods=["GET", "POST"])
    @guard.signed_in
    def show() -> ResponseReturnValue:
        values, errors, status = fields.shown_values(form, typed.answers() if request.method == "POST" else {}), {}, 200
        if request.method == "POST":
            try:
                form.accept(typed.answers())
                return redirect("/parts?done=1", code=303)
            except AnswersRejected as refusal:
                errors, status = refusal.fields, 422
        page = render_template(
            "form_page.html", form=form, values=values, errors=errors, labels=fields.labels(form), now=clock.now()
        )
        return page, status

    @bp.get("/model.bpmn")
    @guard.signed_in
    def model() -> ResponseReturnValue:
        return (ROOT / "processes" / "dossier" / "dossier.bpmn").read_bytes(), 200, {"Content-Type": "application/xml"}

    @bp.get("/deadline")
    @guard.signed_in
    def deadline() -> ResponseReturnValue:
        return f'<p class="deadline-due">{request.args["received_on"]} → 17:00</p>'

    app.register_blueprint(bp)
    return app


@pytest.fixture(params=WIDTHS)
def screen(request: pytest.FixtureRequest, chromium: Browser) -> Iterator[Screen]:
    """A page in a fresh window, once wide and once narrow."""
    context = window(chromium, request.param)
    yield open_screen(context)
    context.close()


@pytest.fixture
def wide(chromium: Browser) -> Iterator[Screen]:
    """A page in a fresh wide window."""
    context = window(chromium, 1280)
    yield open_screen(context)
    context.close()


def sign_in(page: Page, address: str, login: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#f-login", login)
    page.fill("#f-password", "quytrinh")
    page.click("main button[type=submit]")


def test_sign_in_and_account_screens_are_sound(screen: Screen, app: Flask, served: str) -> None:
    page, faults = screen.page, {}
    page.goto(f"{served}/sign-in")
    faults["sign in"] = screen.faults()
    page.click("main button[type=submit]")
    faults["refused"] = screen.faults()
    sign_in(page, served, "leader")
    for name in ("account", "account/password", "account/second-factor", "account/prove", "nowhere"):
        page.goto(f"{served}/{name}")
        faults[name] = screen.faults()
    page.goto(f"{served}/account")
    page.click("summary.tool")
    faults["menu"] = screen.faults()
    page.click("[data-opens=shortcuts]")
    faults["shortcuts"] = screen.faults()
    assert {name: found for name, found in faults.items() if found} == {}


def test_a_telephone_is_enrolled_and_asked_for(wide: Screen, app: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "leader")
    page.goto(f"{served}/account/second-factor")
    page.click("details.fold summary")
    secret = page.inner_text(".secret").replace(" ", "")
    page.fill("#f-code", pyotp.TOTP(secret).at(clock.now()))
    page.click("main button[type=submit]")
    assert page.locator(".codes li").count() == 10
    assert wide.faults() == []
    code = page.locator(".codes li").first.inner_text()
    page.click("summary.tool")
    page.click("text=Đăng xuất")
    sign_in(page, served, "leader")
    assert page.url == f"{served}/sign-in/second-factor"
    assert wide.faults() == []
    page.fill("#f-code", code)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)


def test_sign_in_needs_no_mouse(wide: Screen, app: Flask, served: str) -> None:
    page = wide.page
    page.goto(f"{served}/sign-in")
    page.keyboard.type("clerk")
    page.keyboard.press("Tab")
    page.keyboard.type("quytrinh")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "sign-in" not in url)
    page.goto(f"{served}/account")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_every_part_of_a_screen_is_sound(screen: Screen, parts: Flask, served: str) -> None:
    page = screen.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    page.wait_for_selector("[data-drawn]")
    assert screen.faults() == []
    page.click("text=Hoàn thành bước")
    page.wait_for_selector(".error-summary")
    assert screen.faults() == []


def test_a_half_filled_form_survives_the_end_of_its_session(wide: Screen, parts: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    page.fill("#f-owner_full_name", 'Nguyễn Thị "Ánh" <b>')
    page.fill("#f-owner_birth_date", "01021990")
    page.fill("#f-fee", "1250000")
    page.click("text=Cần bổ sung")
    page.fill("#f-content", "Bản sao giấy khai sinh\ncó chứng thực")
    page.check("input[name=papers][value=a]")
    page.check("input[name=papers][value=c]")
    page.check("#f-is_original")
    page.select_option("#f-officer", label="Trần Văn Bình")
    with parts.app_context(), transaction():
        session().query(WebSession).update({"seen_at": clock.now() - timedelta(hours=1)})
    page.click("text=Hoàn thành bước")
    page.wait_for_selector("#f-login")
    page.fill("#f-login", "clerk")
    page.fill("#f-password", "quytrinh")
    page.click("main button[type=submit]")
    page.wait_for_url(f"{served}/parts")
    shown = page.evaluate("Object.fromEntries([...new FormData(document.querySelector('form.form'))])")
    papers = page.evaluate("new FormData(document.querySelector('form.form')).getAll('papers')")
    wanted = {
        "owner_full_name": 'Nguyễn Thị "Ánh" <b>',
        "owner_birth_date": "01/02/1990",
        "fee": "1.250.000",
        "decision": "supplement",
        "content": "Bản sao giấy khai sinh\r\ncó chứng thực",
        "is_original": "on",
        "officer": "0199aaaa-0000-7000-8000-000000000001",
    }
    assert {name: shown.get(name, "").replace("\r\n", "\n") for name in wanted} == {
        name: value.replace("\r\n", "\n") for name, value in wanted.items()
    }
    assert papers == ["a", "c"]
    page.click("text=Hoàn thành bước")
    page.wait_for_url(f"{served}/parts?done=1")


def test_a_chip_cards_text_fills_the_fields(wide: Screen, parts: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    page.focus("#scan")
    page.keyboard.insert_text(CHIP[:-9])
    page.keyboard.press("Enter")
    assert [page.input_value(f"#f-owner_{name}") for name in ("full_name", "id_number", "birth_date")] == [
        "Nguyễn Thị Ánh",
        "001099012345",
        "01/02/1990",
    ]
    assert page.inner_text("[data-id-card-status]") == "Đã đọc thẻ của Nguyễn Thị Ánh. Kiểm tra lại với thẻ."
    assert page.evaluate("document.activeElement.id") == "f-owner_phone"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (CHIP, "Nguyễn Thị Ánh"),
        ("001099012345||Lê A|01021990|Nam|Hải Phòng|", "Lê A"),
        ("01099012345|123456789|Lê A|01021990|Nam|Hải Phòng|02032022", None),
        ("001099012345|1234|Lê A|01021990|Nam|Hải Phòng|02032022", None),
        ("Nguyễn Thị Ánh", None),
        ("|||||", None),
    ],
    ids=["whole", "no old number", "eleven digits", "bad old number", "name", "bars"],
)
def test_a_chip_cards_text_is_split(wide: Screen, parts: Flask, served: str, text: str, name: str | None) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    card = page.evaluate("text => window.idCard.split(text)", text)
    assert (card and card["full_name"]) == name


def test_fields_of_another_answer_are_hidden_and_not_sent(wide: Screen, parts: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    assert (page.is_visible("#f-content"), page.is_disabled("#f-content")) == (False, True)
    page.click("text=Cần bổ sung")
    assert (page.is_visible("#f-content"), page.is_disabled("#f-content")) == (True, False)


def test_what_is_typed_is_kept_a_moment_later(wide: Screen, parts: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    page.fill("#f-owner_full_name", "Nguyễn Thị Ánh")
    page.wait_for_selector("text=Đã lưu nháp lúc")
    with parts.app_context():
        person = directory.by_login("clerk")
        assert person is not None
        assert drafts.get("step:1", by=actor_of(person))["owner_full_name"] == "Nguyễn Thị Ánh"


def test_the_due_moment_follows_what_is_typed(wide: Screen, parts: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    page.fill("#f-received_on", "25/11/2026")
    page.wait_for_selector("text=25/11/2026 → 17:00")


def test_the_diagram_shows_where_the_token_stands_and_its_makers_mark(wide: Screen, parts: Flask, served: str) -> None:
    page = wide.page
    sign_in(page, served, "clerk")
    page.goto(f"{served}/parts")
    page.wait_for_selector("[data-drawn=yes]")
    marked = "name => [...document.querySelectorAll('.djs-element.' + name)].map(e => e.dataset.elementId).sort()"
    assert page.evaluate(marked, "is-now") == ["process"]
    assert page.evaluate(marked, "is-done") == ["assign", "hand_over"]
    page.locator(".diagram").scroll_into_view_if_needed()
    frame, mark = page.locator(".diagram").bounding_box(), page.locator(".bjs-powered-by").bounding_box()
    assert frame is not None and mark is not None
    assert mark["width"] > 40 and mark["y"] + mark["height"] <= frame["y"] + frame["height"]
    at_the_mark = "([x, y]) => document.elementFromPoint(x, y).closest('.bjs-powered-by') !== null"
    assert page.evaluate(at_the_mark, [mark["x"] + mark["width"] / 2, mark["y"] + mark["height"] / 2])
    assert wide.complaints == []
