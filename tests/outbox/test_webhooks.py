"""Systems that are told: who may enter them, and what is refused."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound, PreconditionRequired
from engine.journal import queries
from engine.outbox import signing, webhooks
from engine.outbox.models import Webhook
from engine.outbox.webhooks import Wish
from engine.people import agencies
from engine.people.actors import Actor
from engine.transaction import session, transaction

WISH = Wish("Cổng tỉnh", "https://nhan.example.vn/tin", ["dossier.*", "step.opened"])


def create(admin: Actor, wish: Wish = WISH) -> Webhook:
    with transaction():
        return webhooks.create(admin.agency_id, wish, by=admin)


def journal(agency_id: UUID, kind: str) -> dict[str, Any]:
    return queries.page(agency_id, kind=kind).items[0].facts


def test_a_system_is_entered_and_journalled(admin: Actor, agency_id: UUID) -> None:
    made = create(admin)
    assert (made.receiver, made.events, made.is_active, made.key_number) == (
        "nhan.example.vn:443",
        ["dossier.*", "step.opened"],
        True,
        1,
    )
    after = {"name": "Cổng tỉnh", "url": WISH.url, "events": made.events, "is_active": True, "key_number": 1}
    assert journal(agency_id, "webhook.created") == {"webhook_id": str(made.id), "after": after}


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        pytest.param({"name": " "}, "name", id="no name"),
        pytest.param({"name": "a" * 101}, "name", id="long name"),
        pytest.param({"url": "http://nhan.example.vn/"}, "url", id="unencrypted"),
        pytest.param({"url": "https://10.0.0.1/"}, "url", id="private"),
        pytest.param({"events": []}, "events", id="no event"),
        pytest.param({"events": ["sign_in.refused"]}, "events", id="accounts are nobody's business"),
        pytest.param({"events": ["*"]}, "events", id="everything"),
        pytest.param({"events": ["step"]}, "events", id="no kind"),
        pytest.param({"events": ["step.%"]}, "events", id="a wildcard of the database"),
        pytest.param({"events": [f"step.k{n}" for n in range(51)]}, "events", id="too many"),
    ],
)
def test_what_is_typed_wrong_is_refused_by_its_field(admin: Actor, wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        create(admin, replace(WISH, **wrong))
    assert list(refusal.value.fields) == [field]


def test_an_agency_tells_twenty_systems_at_most(admin: Actor) -> None:
    for _ in range(20):
        create(admin)
    with pytest.raises(Conflict):
        create(admin)


def test_a_change_names_the_version_it_saw(admin: Actor, agency_id: UUID) -> None:
    made = create(admin)
    with transaction():
        webhooks.change(made, replace(WISH, url="https://moi.example.vn:8443/"), version=1, by=admin)
    assert (made.receiver, made.version) == ("moi.example.vn:8443", 2)
    facts = journal(agency_id, "webhook.changed")
    assert (facts["before"]["url"], facts["after"]["url"]) == (WISH.url, "https://moi.example.vn:8443/")
    for version, refused in ((1, Conflict), (None, PreconditionRequired)):
        with pytest.raises(refused), transaction():
            webhooks.change(made, WISH, version=version, by=admin)


def test_stopping_and_resuming(admin: Actor, agency_id: UUID) -> None:
    made = create(admin)
    with transaction():
        webhooks.stop(made, "chuyển máy chủ", version=1, by=admin)
    assert (made.is_active, journal(agency_id, "webhook.stopped")["reason"]) == (False, "chuyển máy chủ")
    with pytest.raises(Conflict), transaction():
        webhooks.stop(made, "lần nữa", version=2, by=admin)
    with transaction():
        webhooks.resume(made, version=2, by=admin)
    assert made.is_active
    with pytest.raises(Conflict), transaction():
        webhooks.resume(made, version=3, by=admin)


def test_stopping_needs_a_reason(admin: Actor) -> None:
    made = create(admin)
    with pytest.raises(AnswersRejected), transaction():
        webhooks.stop(made, " ", version=1, by=admin)


def test_a_new_key_replaces_the_former(admin: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    made = create(admin)
    former = signing.key_of(made.id, made.key_number)
    with transaction():
        webhooks.renew_key(made, version=1, by=admin)
    session().rollback()
    kept = session().execute(sa.text("SELECT * FROM webhook")).one()
    assert signing.key_of(made.id, made.key_number) != former
    assert [value for value in kept if former in str(value)] == []
    now = signing.key_of(made.id, made.key_number)
    monkeypatch.setenv("QUYTRINH_SECRET_KEY", "another")
    assert signing.key_of(made.id, made.key_number) != now


def test_looking_at_the_key_is_journalled(admin: Actor, agency_id: UUID) -> None:
    made = create(admin)
    with transaction():
        webhooks.note_key_shown(made, by=admin)
    assert journal(agency_id, "webhook.key_shown") == {"webhook_id": str(made.id), "name": "Cổng tỉnh"}


def test_only_the_agencys_administrator_decides(admin: Actor) -> None:
    made = create(admin)
    with transaction():
        other = agencies.create("H31.2", "UBND xã khác", "commune").id
    clerk = replace(admin, capacities=tuple(replace(held, roles=frozenset({"clerk"})) for held in admin.capacities))
    foreign = replace(admin, capacities=tuple(replace(held, agency_id=other) for held in admin.capacities))
    for actor, refused in ((clerk, NotAllowed), (foreign, NotFound)):
        with pytest.raises(refused):
            webhooks.get(made.id, for_=actor)
        with pytest.raises(refused), transaction():
            webhooks.stop(made, "thử", version=1, by=actor)
        with pytest.raises(refused), transaction():
            webhooks.create(admin.agency_id, WISH, by=actor)


def test_signature_is_hmac_over_time_and_body() -> None:
    """The value was computed with another program: printf '1763434800.{}' | openssl dgst -sha256 -hmac khoa."""
    assert (
        signing.signature("khoa", 1763434800, b"{}")
        == "t=1763434800,v1=bf959101eaae69fff5b9482f661e99df4b24b79cfad5442852e9febbb3fd9822"
    )


@pytest.mark.parametrize(
    ("kind", "is_covered"),
    [
        ("step.opened", True),
        ("step.completed", False),
        ("dossier.registered", True),
        ("dossiers.x", False),
        ("slip.issued", False),
    ],
)
def test_patterns_cover_a_kind_or_a_noun(kind: str, is_covered: bool) -> None:
    assert webhooks.covers(["dossier.*", "step.opened"], kind) is is_covered
