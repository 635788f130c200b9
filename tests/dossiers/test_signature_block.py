"""The block under a notice: TM., KT., TL., TUQ. as NĐ 30/2020 Phụ lục I has them."""

import uuid
from datetime import UTC, datetime

import pytest

from engine.dossiers import slip_data
from engine.people.acting import ActingFor
from engine.people.actors import Actor, Capacity

WARD = uuid.UUID(int=1)
COMMITTEE = "Ủy ban nhân dân"
CHAIR = Capacity(WARD, None, "Chủ tịch", frozenset({"leader"}))
CHAIR_OF_ALL = Capacity(WARD, None, "Chủ tịch", frozenset({"leader"}), COMMITTEE)
DEPUTY = Capacity(WARD, None, "Phó Chủ tịch", frozenset({"deputy"}))
HEAD = Capacity(WARD, uuid.UUID(int=2), "Trưởng phòng Kinh tế", frozenset({"head"}))


def make_actor(capacity: Capacity, acting: ActingFor | None = None) -> Actor:
    return Actor(uuid.UUID(int=9), WARD, "ai", "Bùi Thị Kim Oanh", (capacity,), acting=acting)


def make_acting(signing: str, collective: str | None = None) -> ActingFor:
    days = (datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 5, tzinfo=UTC))
    whom = (uuid.UUID(int=3), uuid.UUID(int=4), "leader", "Hoàng Đức Thắng", "Chủ tịch", WARD, None)
    return ActingFor(*whom, frozenset({"leader"}), frozenset(), frozenset(), signing, collective, *days)


@pytest.mark.parametrize(
    ("actor", "captions"),
    [
        (make_actor(CHAIR), ["Chủ tịch"]),
        (make_actor(CHAIR_OF_ALL), ["TM. Ủy ban nhân dân", "Chủ tịch"]),
        (make_actor(DEPUTY), ["KT. Chủ tịch", "Phó Chủ tịch"]),
        (make_actor(DEPUTY, make_acting("KT.")), ["KT. Chủ tịch", "Phó Chủ tịch"]),
        (make_actor(DEPUTY, make_acting("KT.", COMMITTEE)), ["TM. Ủy ban nhân dân", "KT. Chủ tịch", "Phó Chủ tịch"]),
        (make_actor(HEAD, make_acting("TL.")), ["TL. Chủ tịch", "Trưởng phòng Kinh tế"]),
        (make_actor(HEAD, make_acting("TL.", COMMITTEE)), ["TL. Chủ tịch", "Trưởng phòng Kinh tế"]),
        (make_actor(HEAD, make_acting("TUQ.", COMMITTEE)), ["TUQ. Chủ tịch", "Trưởng phòng Kinh tế"]),
    ],
    ids=["head", "head of a collective", "deputy by office", "KT.", "KT. of a collective", "TL.", "TL. of a collective", "TUQ."],
)
def test_the_block_says_in_whose_place_one_signs(actor: Actor, captions: list[str]) -> None:
    assert slip_data.signature_of(actor) == {"captions": captions, "name": "Bùi Thị Kim Oanh"}


def test_nobody_signs_for_the_engine() -> None:
    assert slip_data.signature_of(None) == {"captions": [], "name": ""}
