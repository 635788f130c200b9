"""The inbox."""

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.cases import steps, worklist
from engine.errors import AnswersRejected
from engine.transaction import session, transaction
from tests.asked import asked
from tests.cases.conftest import Office


def listed(office: Office, login: str, scope: str, **given: object) -> list[tuple[str | None, str]]:
    """(case code, element) of one page."""
    session().rollback()
    page = worklist.inbox(office.actor(login), scope, **given)  # type: ignore[arg-type]  # passed as written in the test
    return [(item.case_code, item.element) for item in page.items]


def test_scopes_of_an_officer(office: Office) -> None:
    office.to_draft("officer", code="MINE")
    office.to_draft(None, code="FREE")
    other = office.make_colleague("officer_b", "officer")
    office.to_draft("officer_b", code="OTHER")
    scopes = {scope: sorted(code or "" for code, _ in listed(office, "officer", scope)) for scope in worklist.SCOPES}
    assert scopes == {
        "mine": ["MINE"],
        "group": ["FREE", "MINE", "OTHER"],
        "unclaimed": ["FREE"],
        "due_today": [],
        "overdue": [],
    }
    session().rollback()
    assert worklist.counts(office.actor("officer")) == {"mine": 1, "group": 3, "unclaimed": 1, "due_today": 0, "overdue": 0}
    assert worklist.counts(other)["mine"] == 1


def test_due_today_and_overdue_follow_the_clock(office: Office) -> None:
    office.to_draft("officer", code="A")
    for moment, today, overdue in (
        ("2026-11-18T23:59:59", 0, 0),
        ("2026-11-19T00:00", 1, 0),
        ("2026-11-19T08:00", 1, 0),
        ("2026-11-19T08:00:01", 0, 1),
    ):
        office.clock.freeze(moment)
        session().rollback()
        counts = worklist.counts(office.actor("officer"))
        assert (moment, counts["due_today"], counts["overdue"]) == (moment, today, overdue)
        assert len(listed(office, "officer", "due_today")) == today
        assert len(listed(office, "officer", "overdue")) == overdue


def test_a_division_does_not_see_anothers_work(office: Office) -> None:
    office.to_draft(None, code="A")
    office.make_colleague("officer_x", "officer", division="other")
    assert listed(office, "officer_x", "group") == []
    assert listed(office, "officer2", "group") == []


def test_pages_go_by_due_moment_and_those_without_come_last(office: Office) -> None:
    for minute, terms in ((3, {}), (1, {}), (2, {"register": 0}), (0, {"register": 0})):
        office.clock.freeze(f"2026-11-18T08:0{minute}")
        office.open_letter(code=f"{minute}", terms=terms)
    registrar, codes, cursor = office.actor("registrar"), [], None
    while True:
        session().rollback()
        page = worklist.inbox(registrar, "group", limit=1, cursor=cursor)
        codes += [item.case_code for item in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert codes[:2] == ["1", "3"]
    assert sorted(str(code) for code in codes[2:]) == ["0", "2"]


def test_search_needs_no_diacritics(office: Office) -> None:
    office.open_letter(code="A", search_text="Nguyễn Thị Ánh")
    office.open_letter(code="B", search_text="Đỗ Văn Đức")
    assert [listed(office, "registrar", "group", query=text) for text in ("nguyen thi anh", "ĐỨC", "100%", "_")] == [
        [("A", "register")],
        [("B", "register")],
        [],
        [],
    ]


def test_an_item_carries_what_a_line_shows(office: Office) -> None:
    case = office.to_draft("officer", code="CV-7")
    with transaction():
        step = steps.claim(office.step_now(case, "draft"), by=office.actor("officer"))
    session().rollback()
    [item] = worklist.inbox(office.actor("officer"), "mine").items
    assert item == worklist.Item(
        step_id=step.id,
        agency_id=office.agency_id,
        element="draft",
        name="Soạn trả lời",
        role="officer",
        division_id=office.division_id,
        visit=1,
        version=2,
        opened_at=step.opened_at,
        due_at=step.due_at,
        assignee_id=office.actor("officer").person_id,
        holder=office.actor("officer").full_name,
        claimed_at=step.claimed_at,
        case_id=case.id,
        case_code="CV-7",
        case_title="Công văn số 12 về việc báo cáo",
        case_due_at=None,
        procedure_code="letter",
        service_code=None,
        delegation_id=None,
    )


def test_the_number_of_statements_does_not_grow(db: Engine, office: Office) -> None:
    actor = office.actor("officer")

    def look() -> None:
        worklist.inbox(actor, "group")
        worklist.counts(actor)
        session().rollback()

    office.to_draft("officer")
    session().rollback()
    few = asked(db, look)
    for _ in range(5):
        office.to_draft("officer")
    session().rollback()
    assert (len(few), len(asked(db, look))) == (2, 2)


@pytest.mark.parametrize(
    ("scope", "index"),
    [("mine", "ix_step_assignee"), ("group", "ix_step_group"), ("unclaimed", "ix_step_unclaimed")],
    ids=["mine", "group", "unclaimed"],
)
def test_the_inbox_walks_partial_indexes(db: Engine, office: Office, scope: str, index: str) -> None:
    if db.dialect.name != "sqlite":
        pytest.skip("the plan of a small PostgreSQL table is a scan")
    actor = office.actor("officer")
    session().rollback()

    def look() -> None:
        worklist.inbox(actor, scope)
        session().rollback()

    [sql] = asked(db, look)
    plan = " ".join(row[3] for row in session().execute(sa.text("EXPLAIN QUERY PLAN " + sql)))
    assert f"INDEX {index} " in plan
    assert "SCAN step" not in plan


@pytest.mark.parametrize(
    ("given", "field"),
    [({"scope": "all"}, "scope"), ({"scope": "mine", "limit": 0}, "limit"), ({"scope": "mine", "cursor": "x!"}, "cursor")],
    ids=["scope", "limit", "cursor"],
)
def test_inbox_refuses(office: Office, given: dict[str, object], field: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        worklist.inbox(office.actor("officer"), **given)  # type: ignore[arg-type]  # wrong on purpose
    assert list(refusal.value.fields) == [field]
