"""What the people of the office do with a browser, and what a program reads beside them."""

import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import APIResponse, Browser, Locator, Page, Response

from engine import clock, transaction
from engine import db as database
from engine.people import demo, directory, tokens
from tests.browser.town import Town
from tests.chromium import Screen, open_screen, window

CODE = re.compile(r"H31\.12\.8-\d{6}-\d{4}")
_WEDNESDAY = 2
_PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Desk:
    """One person at one browser window. Sessions that ended are opened again as people do: on the page that asks."""

    login: str
    address: str
    screen: Screen

    @property
    def page(self) -> Page:
        return self.screen.page

    @property
    def main(self) -> Locator:
        return self.page.get_by_role("main")

    def open(self, path: str) -> None:
        """Go there; sign in on the way where the page asks for it. What was opened is a page, not a refusal."""
        answer = self.page.goto(f"{self.address}{path}")
        if "/sign-in" in self.page.url:
            answer = self.sign_in()
        assert answer is not None and answer.ok, f"{path}: {answer and answer.status}"

    def sign_in(self) -> Response | None:
        """Fill the sign-in form that is shown."""
        self.page.get_by_label("Tên đăng nhập").fill(self.login)
        self.page.get_by_label("Mật khẩu", exact=True).fill(demo.PASSWORD)
        return self.press("Đăng nhập")

    def press(self, name: str) -> Response | None:
        """Press a button of the page's content and see what comes."""
        with self.page.expect_navigation() as coming:
            self.main.get_by_role("button", name=name, exact=True).click()
        return coming.value

    def follow(self, name: str) -> None:
        """Follow a link of the page's content."""
        with self.page.expect_navigation():
            self.main.get_by_role("link", name=name, exact=True).first.click()

    def rows(self, text: str) -> Locator:
        """The rows of the page's tables that hold ``text``."""
        return self.main.get_by_role("row").filter(has_text=text)

    def take_up(self, code: str, step: str, scope: str = "group") -> None:
        """From the inbox to the form of a step: two clicks."""
        self.open(f"/hop-viec?scope={scope}")
        with self.page.expect_navigation():
            self.rows(code).get_by_role("link", name=step, exact=True).click()

    def choose(self, label: str) -> None:
        """Tick the first answer with these words."""
        self.main.locator("label.choice").filter(has_text=label).first.locator("input").check()

    def complete(self, code: str, step: str, *choices: str, **texts: str) -> None:
        """Do a step: its choices by their words, its other fields by name."""
        self.take_up(code, step)
        for choice in choices:
            self.choose(choice)
        for name, text in texts.items():
            self.page.locator("form[data-draft]").locator(f"[name={name}]").fill(text)
        self.press("Hoàn thành bước")
        said = self.main.get_by_role("status").filter(has_text=f"Đã hoàn thành bước “{step}”").count()
        assert said == 1, self.main.inner_text()

    def print(self, name: str) -> Page:
        """Press a print button: the browser's own viewer shows the paper in a new tab."""
        with self.page.expect_popup() as opened:
            self.main.get_by_role("link", name=name).click()
        opened.value.wait_for_load_state()
        return opened.value

    def fetch(self, path: str) -> bytes:
        """What a link leads to, asked for with this person's session."""
        answer = self.page.request.get(f"{self.address}{path}")
        assert answer.ok, answer.text()
        return answer.body()

    def seen(self) -> str:
        """Where this person is and what they read there."""
        return f"{self.page.url}\n{self.page.locator('body').inner_text()[:1500]}"

    def bell(self) -> list[str]:
        """The notices behind the bell, newest first."""
        self.open("/hop-viec")
        with self.page.expect_navigation():
            self.page.get_by_role("banner").get_by_role("link", name=re.compile("thông báo chưa đọc")).click()
        return [" ".join(text.split()) for text in self.main.get_by_role("listitem").all_inner_texts()]


@dataclass
class Office:
    """The demo ward: its people at their desks, its clock, and the API for comparison."""

    town: Town
    browser: Browser
    desks: list[Desk] = field(default_factory=list)
    tokens: dict[str, str] = field(default_factory=dict)

    def desk(self, login: str, width: int = 1280) -> Desk:
        """Somebody sits down before an empty browser window."""
        screen = open_screen(window(self.browser, width, device_scale_factor=2))
        self.desks.append(Desk(login, self.town.address, screen))
        return self.desks[-1]

    def complaints(self) -> list[str]:
        """What the consoles of all windows complained about: policy violations, script errors."""
        return [f"{desk.login}: {said}" for desk in self.desks for said in desk.screen.complaints]

    def close(self) -> None:
        """Everybody leaves."""
        for desk in self.desks:
            desk.page.context.close()

    def begin_week(self) -> None:
        """The clock goes on to 08:00 on the next Wednesday."""
        today = clock.local(clock.now()).replace(hour=8, minute=0, second=0, microsecond=0)
        self.town.clock.freeze(today + timedelta(days=(_WEDNESDAY - today.weekday() - 1) % 7 + 1))

    def tomorrow(self, hour: int, minute: int = 0) -> datetime:
        """The clock goes on to this time of the next day."""
        today = clock.local(clock.now()).replace(hour=hour, minute=minute, second=0, microsecond=0)
        return self.town.clock.freeze(today + timedelta(days=1))

    def api(self, path: str, login: str = "clerk") -> Any:
        """The JSON below ``/api/v1`` as this person's program reads it."""
        answer = self._ask("GET", path, login)
        assert answer.ok, answer.text()
        return answer.json()

    def paper(self, address: str, login: str = "clerk") -> bytes:
        """A printed paper as this person's program reads it."""
        answer = self._ask("GET", address.removeprefix("/api/v1"), login)
        assert answer.ok, answer.text()
        return answer.body()

    def open_dossier(self, **given: Any) -> dict[str, Any]:
        """A dossier that another program took in at the counter."""
        owner = {"full_name": "Nguyễn Thị Ánh", "id_number": "031185004217", "phone": "0912345678"}
        body = {"public_service": "1.004873", "owner": owner, "channel": "counter"} | given
        answer = self._ask("POST", "/dossiers", "clerk", json.dumps(body))
        assert answer.status == 201, answer.text()
        opened: dict[str, Any] = answer.json()
        return opened

    def complete(self, code: str, element: str, login: str, **answers: Any) -> None:
        """Do the open step at ``element`` by program, where a test is about what comes after."""
        (step,) = (step for step in self.api(f"/dossiers/{code}")["open_steps"] if step["element"] == element)
        body = json.dumps({"answers": answers, "version": step["version"]})
        answer = self._ask("POST", f"/steps/{step['id']}/complete", login, body)
        assert answer.ok, answer.text()

    def until(self, is_so: Callable[[], bool]) -> None:
        """Wait for what the timers do in their own process."""
        end = time.monotonic() + _PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < end, "the timers did nothing"
            time.sleep(0.2)

    def _ask(self, method: str, path: str, login: str, data: str | None = None) -> APIResponse:
        headers = {"Authorization": f"Bearer {self._token(login)}", "Content-Type": "application/json"}
        asking = self.desks[0].page.request if self.desks else self.desk("program").page.request
        return asking.fetch(f"{self.town.address}/api/v1{path}", method=method, headers=headers, data=data)

    def _token(self, login: str) -> str:
        if login not in self.tokens:
            self.tokens[login] = _made_token(self.town.database_url, login)
        return self.tokens[login]


def _made_token(url: str, login: str) -> str:
    engine = database.create_engine(url)
    sessions = transaction.use_engine(engine)
    try:
        with transaction.transaction():
            person = directory.by_login(login)
            assert person is not None, login
            return tokens.create(person, label="kiểm thử")
    finally:
        sessions.remove()
        engine.dispose()
        transaction.use(_no_database)


def _no_database() -> Any:
    raise RuntimeError("the processes of the town have the database")
