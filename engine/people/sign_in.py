"""Sign in with account name and password: counted first, hashed outside any transaction, journalled either way."""

import re
from dataclasses import dataclass

import sqlalchemy as sa

from engine import text
from engine.errors import NotAllowed
from engine.journal import entries
from engine.people import agencies, lockout, passwords
from engine.people.actors import Actor, actor_of
from engine.people.models import Person
from engine.transaction import session, transaction


class Refused(NotAllowed):
    """Wrong name or password, or an account that may not sign in: never says which."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("Tên đăng nhập hoặc mật khẩu không đúng. Kiểm tra bộ gõ tiếng Việt và phím Caps Lock rồi nhập lại.")


#: What an account name looks like. Anything else (a password typed into the wrong box) is not written down.
_NAME = re.compile(r"[a-z0-9._@-]{1,60}")


@dataclass(frozen=True)
class _Stranger:
    """Who the journal names when nobody is known."""

    login: str
    address: str
    person_id: None = None

    def as_record(self) -> dict[str, str]:
        return {"login": self.login, "address": self.address}


def check_password(login: str, password: str, *, address: str) -> Person:
    """The active person with this account name and password.

    A door of its own: opens two short transactions and hashes between them, so call it outside of one. ``lockout.Locked``
    before anything is compared; ``Refused`` otherwise, after the same work for a known and an unknown name.
    """
    name = text.clean(login).lower()[:100]
    with transaction():
        lockout.reserve(name, address)
        person = _active(name)
        password_hash = person.password_hash if person else None
    is_right = passwords.is_right(password, password_hash)
    with transaction():
        person = _active(name)
        if not is_right or person is None or person.password_hash != password_hash:
            _record_refusal(name, address)
        else:
            lockout.forgive(name)
            return person
    raise Refused


def signed_in(person: Person, *, address: str, second_factor: bool) -> Actor:
    """Journal that the person is in (after the second factor, where one is due), and answer as whom."""
    actor = actor_of(person, address=address)
    entries.append("sign_in.accepted", agency_id=person.agency_id, by=actor, second_factor=second_factor)
    return actor


def signed_out(actor: Actor) -> None:
    """Journal that the person left."""
    entries.append("sign_out.done", agency_id=actor.agency_id, by=actor)


def _active(login: str) -> Person | None:
    query = sa.select(Person).where(Person.login == login, Person.is_active)
    return session().scalar(query.execution_options(populate_existing=True))


def _record_refusal(login: str, address: str) -> None:
    """In the chain of the person's agency, of the root where nobody is known, and nowhere while there is no agency at all.

    Attempts refused while locked out leave no entry of their own, so that a stranger cannot fill the journal: the lock does.
    """
    person = session().scalar(sa.select(Person).where(Person.login == login))
    top = agencies.root()
    agency_id = person.agency_id if person else (top.id if top else None)
    if agency_id is None:
        return
    stranger = _Stranger(login if _NAME.fullmatch(login) else "(không hợp lệ)", address)
    entries.append("sign_in.refused", agency_id=agency_id, by=stranger)
    seconds = lockout.remaining(login, address)
    if seconds:
        entries.append("sign_in.locked", agency_id=agency_id, by=stranger, seconds=seconds)
