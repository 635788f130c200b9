"""The tree of agencies."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy.engine import Engine

from engine import clock
from engine.db import new_id
from engine.errors import AnswersRejected, NotFound
from engine.journal import queries
from engine.people import agencies
from engine.people.actors import Actor
from engine.transaction import transaction


def test_chain_and_subtree_follow_the_tree(db: Engine) -> None:
    with transaction():
        province = agencies.create("H31", "UBND thành phố", "province")
        commune = agencies.create("H31.12", "UBND xã", "commune", parent=province)
        other = agencies.create("H31.13", "UBND phường", "commune", parent=province)
        below = agencies.create("H31.12.1", "Trạm", "department", parent=commune)
    assert agencies.chain(below.id) == (below.id, commune.id, province.id)
    assert agencies.subtree(province.id) == [province.id, commune.id, below.id, other.id]
    assert agencies.subtree(commune.id) == [commune.id, below.id]
    assert agencies.root() == province
    assert agencies.by_code("H31.13") == other


def test_subtree_leaves_out_an_agency_that_ended(db: Engine) -> None:
    with transaction():
        province = agencies.create("H31", "UBND thành phố", "province")
        merged = agencies.create("H31.12", "UBND xã", "commune", parent=province)
        merged.valid_from -= timedelta(days=9)
        merged.valid_to = clock.today() - timedelta(days=1)
    assert agencies.subtree(province.id) == [province.id]
    assert agencies.subtree(province.id, on=clock.today() - timedelta(days=1)) == [merged.id]


@pytest.mark.parametrize(
    ("code", "name", "kind", "fields"),
    [
        pytest.param("h31", "UBND", "commune", ["code"], id="small letter"),
        pytest.param("H31.1234", "UBND", "commune", ["code"], id="long group"),
        pytest.param("H31", "UBND", "commune", ["code"], id="taken"),
        pytest.param("H32\n", "UBND", "commune", ["code"], id="line break"),
        pytest.param("H32", " ", "district", ["name", "kind"], id="no name, unknown kind"),
    ],
)
def test_agency_is_refused(db: Engine, code: str, name: str, kind: str, fields: list[str]) -> None:
    with transaction():
        agencies.create("H31", "UBND thành phố", "province")
    with pytest.raises(AnswersRejected) as refusal, transaction():
        agencies.create(code, name, kind)
    assert list(refusal.value.fields) == fields


def test_old_four_group_code_is_accepted(db: Engine) -> None:
    with transaction():
        assert agencies.create("000.19.27.H26", "UBND", "commune").code == "000.19.27.H26"


def test_division_code_is_taken_once(province: Callable[[str], Actor]) -> None:
    commune = agencies.get(province("clerk").agency_id)
    with pytest.raises(AnswersRejected) as refusal, transaction():
        agencies.add_division(commune, "kt", "Phòng Kinh tế")
    assert list(refusal.value.fields) == ["code"]
    assert [division.code for division in agencies.divisions(commune.id)] == ["kt", "vhxh", "vp"]


@pytest.mark.parametrize("ask", [agencies.get, agencies.chain, agencies.subtree])
def test_unknown_agency_is_not_found(db: Engine, ask: Callable[[UUID], object]) -> None:
    with pytest.raises(NotFound):
        ask(new_id())


def test_new_agency_is_journalled_in_its_own_chain(db: Engine) -> None:
    with transaction():
        agency = agencies.create("H31", " UBND thành phố ", "province")
    (entry,) = queries.page(agency.id).items
    assert (entry.number, entry.kind) == (1, "agency.created")
    assert entry.facts == {"after": {"code": "H31", "name": "UBND thành phố", "kind": "province"}}
