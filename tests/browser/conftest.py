"""The product as people meet it: real processes, a real browser, a window for each person, one clock for all."""

import os
from collections.abc import Generator, Iterator

import pytest
from playwright.sync_api import Browser

from tests import databases
from tests.browser.desk import Office
from tests.browser.town import Town, started
from tests.postgresql import NoServer

#: A Wednesday morning. Each test begins on the Wednesday after the test before it.
FIRST_MORNING = "2026-09-30T08:00"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """A failed test says what stood on everybody's screen."""
    report = yield
    office = getattr(item, "funcargs", {}).get("office")
    if report.failed and call.when == "call" and isinstance(office, Office):
        report.sections += [(f"screen of {desk.login}", desk.seen()) for desk in office.desks]
    return report


@pytest.fixture(scope="session", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The processes of the product on a database of each kind, for all tests of a worker."""
    if request.param == "postgresql":
        try:
            databases.server()
        except NoServer as error:
            if os.environ.get("REQUIRE_PG"):
                raise
            pytest.skip(str(error))
    with started(request.param, tmp_path_factory.mktemp(f"town-{request.param}"), FIRST_MORNING) as running:
        yield running


@pytest.fixture
def office(town: Town, chromium: Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Office]:
    """The demo ward on a Wednesday at 08:00. A console that complains on any page fails the test."""
    for name, value in town.settings.items():
        monkeypatch.setenv(name, value)
    opened = Office(town, chromium)
    opened.begin_week()
    yield opened
    complaints = opened.complaints()
    opened.close()
    assert complaints == []
