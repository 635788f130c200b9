"""Dossiers, people and papers are found as people type: diacritics optional, exact spelling first, never another's."""

import random
import unicodedata

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine import fence, transaction
from engine.cases import search_words, searching
from engine.cases.search_models import CaseSearch
from engine.dossiers import intake, queries, search, slips
from engine.dossiers.queries import Filter
from engine.dossiers.search import Owner
from engine.errors import AnswersRejected
from engine.people import access, reach
from engine.text import fold
from engine.transaction import session
from tests.dossiers.conftest import SERVICE, Counter, make_owner


def names(counter: Counter, query: str, login: str = "clerk") -> list[str]:
    """The owners of the dossiers somebody finds, in order."""
    return [one.owner["full_name"] for one in queries.listing(Filter(query), for_=counter.actor(login)).items]


def open_for(counter: Counter, *owners: str) -> None:
    """A dossier for each name, the last one the newest; their identity numbers differ."""
    for number, name in enumerate(owners):
        counter.open(owner=make_owner(full_name=name, id_number=f"0311850{number:05d}", phone=f"09123{number:05d}"))


ANH = ("Nguyễn Thị Anh", "Nguyễn Thị Ánh", "Nguyen Thi Anh", "Đỗ Văn Đức", "Nguyễn Thị Ánhh")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("Nguyễn Thị Ánh", [ANH[1], ANH[2], ANH[0], ANH[4]], id="as spelled, then others, then longer words"),
        pytest.param("nguyen thi anh", [ANH[2], ANH[1], ANH[0], ANH[4]], id="without diacritics"),
        pytest.param("ÁNH thị NGUYỄN", [ANH[1], ANH[2], ANH[0]], id="any order, any case"),
        pytest.param(unicodedata.normalize("NFD", "Nguyễn Thị Ánh"), [ANH[1], ANH[2], ANH[0], ANH[4]], id="decomposed"),
        pytest.param("ngu a", [], id="a single letter is a word of its own"),
        pytest.param("ngu an", [ANH[4], ANH[2], ANH[1], ANH[0]], id="beginnings of all words, where nothing else is found"),
        pytest.param("Đỗ Văn Đức", [ANH[3]], id="đ"),
        pytest.param("do van duc", [ANH[3]], id="đ as d"),
        pytest.param("Ðỗ Ðức", [ANH[3]], id="the Icelandic letter old keyboards give"),
        pytest.param("0311850 00003", [], id="a number is one word"),
        pytest.param("031185000003", [ANH[3]], id="identity number"),
        pytest.param("0912300001", [ANH[1]], id="telephone"),
        pytest.param("09123", list(reversed(ANH)), id="beginning of a number"),
        pytest.param("261118-0004", [ANH[3]], id="part of a code"),
        pytest.param("hôn nhân đức", [ANH[3]], id="service and name"),
        pytest.param("' OR 1=1 -- \" * ( ) : & | ! <->", [], id="the databases' own signs are nothing"),
        pytest.param("không ai", [], id="nobody"),
    ],
)
def test_dossiers_are_found_by_words(counter: Counter, query: str, found: list[str]) -> None:
    open_for(counter, *ANH)
    assert names(counter, query) == found


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("hòa", "hoà"), ("thủy", "thuỷ"), ("QUỲNH", "quỳnh"), ("Đặng", "đặng"), ("khỏe", "khoẻ")],
)
def test_two_ways_to_place_a_tone_are_one_spelling(typed: str, kept: str) -> None:
    assert search_words.of(typed) == search_words.of(kept)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("Ánh anh", [("anh", "anh1"), ("anh", "anh")], id="spellings differ"),
        pytest.param("nguyễn", [("nguyen", "nguye6n4")], id="vowel and tone"),
        pytest.param("H31.12-261124-0012", [("h31", ""), ("12", ""), ("261124", ""), ("0012", "")], id="code"),
        pytest.param("005/TNHS 15a/QĐ-UBND", [("5tnhs", ""), ("15aqdubnd", "")], id="paper numbers"),
        pytest.param("H'Hen Niê", [("h", "h"), ("hen", "hen"), ("nie", "nie6")], id="names of other peoples"),
        pytest.param("x" * 50, [("x" * 40, "x" * 40)], id="cut"),
        pytest.param("*()' ", [], id="nothing to look for"),
    ],
)
def test_a_text_becomes_words(text: str, words: list[tuple[str, str]]) -> None:
    assert [(word.bare, word.spelled) for word in search_words.of(text)] == words


def test_any_spelling_of_a_name_finds_it(counter: Counter) -> None:
    chance = random.Random(7)
    parts = ["Nguyễn", "Đặng", "Phạm", "Ưng", "Thị", "Đức", "Quỳnh", "Hoà", "Thuỷ", "Ỷ", "Đình", "Ngọc", "Bảo", "Yến", "Gừ"]
    people = [" ".join(chance.sample(parts, chance.randint(2, 4))) for _ in range(12)]
    open_for(counter, *people)
    for name in people:
        words = name.split()
        chance.shuffle(words)
        typed = " ".join(chance.choice((str.upper, str.lower, str.title))(word) for word in words)
        typed = chance.choice((str, fold, lambda one: unicodedata.normalize("NFD", one)))(typed)
        wanted = [other for other in reversed(people) if set(fold(typed).split()) <= set(fold(other).split())]
        spelled = [other for other in wanted if {w.casefold() for w in words} <= {w.casefold() for w in other.split()}]
        found = [one for one in names(counter, typed) if one in wanted]
        assert sorted(found) == sorted(wanted), typed
        if any(fold(word) != word.casefold() for word in unicodedata.normalize("NFC", typed).split()):
            assert found[: len(spelled)] == spelled, typed


def test_pages_of_a_search_hold_everything_once_and_in_order(counter: Counter) -> None:
    open_for(counter, *(name for _ in range(4) for name in ANH[:3]))
    clerk, found, cursor = counter.actor("clerk"), [], None
    for _ in range(9):
        page = queries.listing(Filter("nguyễn thị ánh"), for_=clerk, limit=5, cursor=cursor)
        found += [one.owner["full_name"] for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
        if len(found) == 5:
            open_for(counter, ANH[1])  # what comes meanwhile moves nothing
    assert found == [ANH[1]] * 4 + [ANH[2], ANH[0]] * 4


@pytest.mark.parametrize("limit", [2, 5])
def test_common_words_are_read_day_by_day_to_the_same_list(counter: Counter, limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "RARE", 3)
    opened = []
    for weeks, name in ((0, ANH[1]), (1, ANH[0]), (18, ANH[1]), (27, ANH[2]), (30, ANH[0]), (30, ANH[1]), (30, ANH[4])):
        counter.clock.freeze("2026-11-18T08:00")
        counter.clock.advance(weeks=weeks)
        opened.append((name, counter.open(owner=make_owner(full_name=name)).code))
    clerk, found, cursor = counter.actor("clerk"), [], None
    while True:
        page = queries.listing(Filter("Nguyễn Thị Ánh"), for_=clerk, limit=limit, cursor=cursor)
        found += [one.code for one in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    order = (ANH[1:2], (ANH[0], ANH[2]), ANH[4:])
    assert found == [code for some in order for name, code in reversed(opened) if name in some]


@pytest.mark.parametrize("cursor", ["x", "4.1", "0.", "0.-1", "0.9999999999999999999999", "H31.12-261118-0001"])
def test_a_foreign_cursor_is_refused(counter: Counter, cursor: str) -> None:
    open_for(counter, *ANH)
    with pytest.raises(AnswersRejected):
        queries.listing(Filter("anh"), for_=counter.actor("clerk"), cursor=cursor)


def test_a_search_keeps_the_other_conditions(counter: Counter) -> None:
    open_for(counter, *ANH)
    counter.open(owner=make_owner(full_name=ANH[1]), channel="online")
    listed = queries.listing(Filter("ánh", status="registered"), for_=counter.actor("clerk")).items
    assert [(one.owner["full_name"], one.status) for one in listed] == [(ANH[1], "registered")]


@pytest.mark.parametrize("login", ["clerk2", "leader2"])
def test_nobody_finds_what_another_agency_holds(counter: Counter, login: str) -> None:
    open_for(counter, *ANH)
    actor = counter.actor(login)
    found = search.everything("nguyễn", for_=actor)
    assert (found.dossiers.items, found.dossiers.next_cursor, found.owners) == ([], None, [])
    assert search.everything("01/TNHS", for_=actor).papers == []
    assert names(counter, "nguyễn", "inspector") == [ANH[4], ANH[1], ANH[0], ANH[2]]


def test_agencies_of_one_key_stay_apart(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_words, "key_of", lambda _agency_id: "same")
    open_for(counter, *ANH)
    assert names(counter, "nguyễn", "clerk2") == []
    assert len(names(counter, "nguyễn")) == 4


def test_people_are_found_with_their_dossiers_counted(counter: Counter) -> None:
    for _ in range(3):
        latest = counter.open(owner=make_owner(full_name="Trần Văn Khai", id_number="031185004299"))
    counter.open(owner=make_owner(full_name="Lê Thị Sinh", id_number="031185004300"))
    clerk = counter.actor("clerk")
    assert search.owners("khai tran", for_=clerk) == [Owner("Trần Văn Khai", "031185004299", 3, latest.code)]
    assert search.owners("hôn nhân", for_=clerk) == []
    assert [one.full_name for one in search.owners("0311850043", for_=clerk)] == ["Lê Thị Sinh"]


@pytest.mark.parametrize("query", ["1/TNHS", "001/tnhs", " 01 / TNHS ", "1/tn"])
def test_a_slip_is_found_by_its_number(counter: Counter, query: str) -> None:
    dossier = counter.open()
    counter.open(owner=make_owner(full_name="Lê Thị Sinh"))
    [paper] = search.papers(query, for_=counter.actor("clerk"))
    slip = slips.of_case(dossier.case_id)[0]
    assert (paper.number, paper.kind, paper.is_void, paper.slip_id) == ("01/TNHS", "receipt", False, slip.id)
    assert (paper.code, paper.owner_name) == (dossier.code, "Nguyễn Thị Ánh")


def test_a_void_slip_is_found_and_says_so(counter: Counter) -> None:
    dossier = counter.open()
    with transaction.transaction():
        slips.reissue(slips.of_case(dossier.case_id)[0], "Sai tên", by=counter.actor("clerk"))
    found = [(p.number, p.is_void) for n in ("1", "2") for p in search.papers(f"{n}/TNHS", for_=counter.actor("clerk"))]
    assert found == [("01/TNHS", True), ("02/TNHS", False)]


def test_a_result_is_found_by_its_number(counter: Counter) -> None:
    dossier = counter.open()
    counter.to_sign(dossier)
    counter.finish(dossier)
    session().rollback()
    number = session().scalars(sa.select(type(dossier).result_number)).one()
    [paper] = search.papers(str(number), for_=counter.actor("clerk"))
    assert (paper.number, paper.kind, paper.code) == (number, "result", dossier.code)


@pytest.mark.parametrize("query", ["", "15", "TNHS", "15/", "Nguyễn 1/TNHS", "9999999/TNHS", "1/KHAC"])
def test_what_is_no_number_finds_no_paper(counter: Counter, query: str) -> None:
    counter.open()
    assert search.papers(query, for_=counter.actor("clerk")) == []


def test_words_are_kept_and_undone_with_their_case(counter: Counter) -> None:
    counter.open()
    before = session().scalar(sa.select(sa.func.count()).select_from(CaseSearch))
    with pytest.raises(RuntimeError), transaction.transaction():
        intake.open_dossier(intake.Intake(SERVICE, make_owner(full_name="Nguyễn Thị Ánh Hai")), by=counter.actor("clerk"))
        raise RuntimeError
    assert session().scalar(sa.select(sa.func.count()).select_from(CaseSearch)) == before == 1
    assert names(counter, "ánh") == ["Nguyễn Thị Ánh"]


def test_the_second_wall_stands_before_what_is_found(counter: Counter, db: Engine) -> None:
    if db.dialect.name != "postgresql":
        pytest.skip("SQLite has the first wall alone")
    open_for(counter, *ANH)
    inspector = counter.actor("inspector")
    fence.watch(transaction.use_engine(db))
    fence.put_up(reach.of(counter.actor("clerk2")))
    try:
        hits = [hit for some in searching.found("ánh", access.visible_agencies(inspector)) for hit in some]
        assert len(hits) == 4
        assert queries.listing(Filter("ánh"), for_=inspector).items == []
    finally:
        fence.take_down()
