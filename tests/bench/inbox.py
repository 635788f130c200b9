"""The inbox page of an ordinary clerk at a million cases, 200 of them open and the clerk's: 16 clients, PostgreSQL, real server."""

import statistics
import threading
from dataclasses import replace
from pathlib import Path

from engine import settings
from engine.people import demo
from tests.asked import asked
from tests.bench import filling, memory, places, serving
from tests.bench.filling import Plan
from web.app import create_app
from web.database import database

CASES, FEW = 1_000_000, 1_000
CLIENTS = 16
PAGES = 30
ADDRESS = "/hop-viec?scope=mine"


def measure(place: Path, _rounds: int) -> dict[str, float]:
    """95th percentile of the answer's time in ms, statements a page, how many more these are than at 1 000 cases, and memory."""
    with places.database("postgresql", place, "few", "office") as url:
        filling.fill(url, Plan(FEW, offices=2))
        at_first = _statements(url, place)
    with places.database("postgresql", place, "many", "office") as url:
        filling.fill(url, Plan(CASES, offices=20))
        statements = _statements(url, place)
        with serving.server(serving.environment(url, place / "inbox")) as (port, parent):
            _load(port, 5)
            times = _load(port, PAGES)
            return {
                "inbox.p95_ms": statistics.quantiles(times, n=20)[-1],
                "inbox.median_ms": statistics.median(times),
                "inbox.queries": statements,
                "inbox.more_queries": statements - at_first,
                **memory.of_children(parent),
            }


def _load(port: int, pages: int) -> list[float]:
    """The clerk signs in; every client, with that session, reads the inbox ``pages`` times, page after page; ms of each answer."""
    clerk = serving.Browser(port)
    clerk.sign_in("clerk")
    times: list[float] = []
    failures: list[str] = []
    clients = [
        threading.Thread(target=_client, args=(serving.Browser(port, clerk.cookie), pages, times, failures))
        for _ in range(CLIENTS)
    ]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failures:
        raise RuntimeError(f"inbox failed: {failures[0]}")
    return times


def _client(browser: serving.Browser, pages: int, times: list[float], failures: list[str]) -> None:
    try:
        for _ in range(pages):
            answer = browser.get(ADDRESS)
            if answer.status != 200 or answer.body.count(b'class="row-link"') != 30:
                raise RuntimeError(f"{answer.status} {answer.body[:300]!r}")
            times.append(answer.ms)
    except Exception as failure:
        failures.append(repr(failure))


def _statements(url: str, place: Path) -> int:
    """How many questions one page asks the database, in an application of this process that has answered it before."""
    app = create_app(replace(settings.load(), database_url=url, data_dir=place))
    client = app.test_client()
    found = serving.CSRF.search(client.get("/sign-in").text)
    form = {"csrf_token": found.group(1) if found else "", "login": "clerk", "password": demo.PASSWORD}
    if client.post("/sign-in", data=form).status_code != 303 or client.get(ADDRESS).status_code != 200:
        raise RuntimeError("the clerk could not open the inbox")
    with app.app_context():
        engine = database.engine
    return len(asked(engine, lambda: client.get(ADDRESS)))
