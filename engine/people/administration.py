"""Administer people: who exists, who can sign in. Every act is journalled with before and after.

``by`` needs ``person.change`` in every agency the person works in; None is the operator's own command.
"""

import base64
import re
import secrets
import uuid
from dataclasses import asdict, dataclass
from typing import Any

import sqlalchemy as sa

from engine import fence, text
from engine.errors import AnswersRejected, NotAllowed
from engine.journal import entries
from engine.people import access, passwords, second_factor, sessions, tokens
from engine.people.actors import Actor
from engine.people.directory import is_ended
from engine.people.models import Person
from engine.people.positions import refuse_last_admin
from engine.transaction import session

_LOGIN = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")
_EMAIL = re.compile(r"[^@\s\x00-\x1f<>,;:\"]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_PHONE = re.compile(r"\+?[0-9][0-9 .-]{6,18}[0-9]")


@dataclass(frozen=True)
class Details:
    """What is known of a person besides account name and positions. ``language`` is ``vi`` or ``en``."""

    full_name: str
    email: str | None = None
    phone: str | None = None
    language: str = "vi"


def create_person(agency_id: uuid.UUID, login: str, details: Details, *, by: Actor | None) -> tuple[Person, str]:
    """A new active person at home in the agency, without position; answers the one-time password too, shown once.

    ``AnswersRejected`` for a malformed or taken ``login`` and for malformed details.
    """
    if by is not None:
        access.require(by, "person.change", agency_id)
    account, known = login.strip().lower(), _checked(details)
    if not _LOGIN.fullmatch(account):
        raise AnswersRejected({"login": ["Tên đăng nhập gồm 1-40 chữ thường không dấu, chữ số, dấu chấm, gạch dưới, gạch nối."]})
    with fence.lowered():  # account names are unique in the whole province
        is_taken = session().scalar(sa.select(Person.id).where(Person.login == account)) is not None
    if is_taken:
        raise AnswersRejected({"login": ["Tên đăng nhập đã có người dùng, chọn tên khác."]})
    password = _one_time_password()
    person = Person(agency_id=agency_id, login=account, password_hash=passwords.hash_of(password), **asdict(known))
    person.must_change_password = True
    session().add(person)
    session().flush()
    entries.append("person.created", agency_id=agency_id, by=by, subject_id=person.id, login=account, after=asdict(known))
    return person, password


def change_person(person: Person, details: Details, *, by: Actor | None) -> None:
    """Correct name, e-mail, telephone or language. Without a difference nothing is recorded."""
    require_over(by, person)
    before, after = asdict(_details(person)), asdict(_checked(details))
    if before == after:
        return
    for name, value in after.items():
        setattr(person, name, value)
    _record("person.changed", person, by, before=before, after=after)


def reset_password(person: Person, *, by: Actor | None) -> str:
    """A one-time password, shown once; ends the person's sessions. Not one's own (``NotAllowed``): that is changed, not reset."""
    require_over(by, person)
    _refuse_self(person, by)
    password = _one_time_password()
    person.password_hash, person.must_change_password = passwords.hash_of(password), True
    sessions.revoke_all(person.id)
    _record("password.reset", person, by)
    return password


def reset_second_factor(person: Person, *, by: Actor | None) -> None:
    """The telephone is lost: forget the factor and end the sessions; the person enrols anew. Not one's own (``NotAllowed``)."""
    require_over(by, person)
    _refuse_self(person, by)
    second_factor.remove(person, by=by)
    sessions.revoke_all(person.id)


def deactivate(person: Person, *, reason: str, by: Actor | None) -> None:
    """The person signs in no more: sessions and tokens end at once, what they did stays.

    ``AnswersRejected`` without a reason, ``NotAllowed`` for oneself, ``Conflict`` for the last administrator.
    """
    require_over(by, person)
    _refuse_self(person, by)
    if not text.clean(reason):
        raise AnswersRejected({"reason": ["Ghi lý do ngừng tài khoản."]})
    if not person.is_active:
        return
    person.is_active = False
    session().flush()
    for agency_id in {held.agency_id for held in person.positions if "admin" in held.roles and not is_ended(held)}:
        refuse_last_admin(agency_id)
    sessions.revoke_all(person.id)
    tokens.revoke_all(person.id)
    _record("person.deactivated", person, by, before={"is_active": True}, after={"is_active": False}, reason=text.clean(reason))


def reactivate(person: Person, *, by: Actor | None) -> None:
    """The person may sign in again, with the positions still valid."""
    require_over(by, person)
    if person.is_active:
        return
    person.is_active = True
    _record("person.reactivated", person, by, before={"is_active": False}, after={"is_active": True})


def require_over(by: Actor | None, person: Person) -> None:
    """Refuse an actor who does not administer every agency the person belongs to: whoever resets a password could act as them."""
    if by is None:
        return
    for agency_id in {person.agency_id, *(held.agency_id for held in person.positions if not is_ended(held))}:
        access.require(by, "person.change", agency_id)


def _refuse_self(person: Person, by: Actor | None) -> None:
    if by is not None and by.person_id == person.id:
        raise NotAllowed("Không tự làm việc này cho tài khoản của mình. Nhờ một quản trị viên khác.")


def _record(kind: str, person: Person, by: Actor | None, **facts: Any) -> None:
    session().flush()
    entries.append(kind, agency_id=person.agency_id, by=by, subject_id=person.id, login=person.login, **facts)


def _details(person: Person) -> Details:
    return Details(person.full_name, person.email, person.phone, person.language)


def _checked(details: Details) -> Details:
    """The details in their stored form; ``AnswersRejected`` names each wrong field."""
    name, email, phone = (text.clean(value or "") for value in (details.full_name, details.email, details.phone))
    wrong: dict[str, list[str]] = {}
    if not 2 <= len(name) <= 100 or "\n" in name:
        wrong["full_name"] = ["Nhập họ và tên, 2 đến 100 ký tự."]
    if email and not _EMAIL.fullmatch(email):
        wrong["email"] = ["Địa chỉ thư điện tử chưa đúng, ví dụ ten@coquan.example."]
    if phone and not _PHONE.fullmatch(phone):
        wrong["phone"] = ["Số điện thoại chưa đúng, ví dụ 0225 123 4567."]
    if details.language not in ("vi", "en"):
        wrong["language"] = ["Chọn tiếng Việt (vi) hoặc tiếng Anh (en)."]
    if wrong:
        raise AnswersRejected(wrong)
    return Details(name, email or None, phone or None, details.language)


def _one_time_password() -> str:
    """80 random bits, in groups that can be read over the telephone."""
    letters = base64.b32encode(secrets.token_bytes(10)).decode().lower()
    return "-".join(letters[at : at + 4] for at in range(0, 16, 4))
