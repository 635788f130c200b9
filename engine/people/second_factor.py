"""The second factor: a code from the person's telephone (TOTP, RFC 6238), or a recovery code once (R45)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass

import pyotp
import sqlalchemy as sa

from engine import clock, settings
from engine.errors import AnswersRejected
from engine.journal import entries
from engine.people import lockout
from engine.people.actors import Actor, actor_of
from engine.people.models import Person, RecoveryCode
from engine.transaction import session, transaction

#: Who may not work without it outside the demo.
OBLIGATORY_ROLES = frozenset({"leader", "deputy", "admin"})
RECOVERY_CODES = 10
_STEP = 30
_WRONG = "Mã xác thực không đúng hoặc đã dùng. Chờ mã mới trên điện thoại rồi nhập lại."


@dataclass(frozen=True)
class Enrolment:
    """What the person's telephone needs: the secret (base32) and the same as an ``otpauth://`` address for a QR code.

    Keep it in the server-side session until ``confirm``.
    """

    secret: str
    uri: str


def is_enrolled(person: Person) -> bool:
    """Whether the person has confirmed a second factor."""
    return person.totp_secret is not None


def is_obligatory(actor: Actor) -> bool:
    """Whether the actor must have one: leaders, deputies and administrators, anywhere but in the demo."""
    return settings.load().environment != "demo" and bool(OBLIGATORY_ROLES & actor.roles)


def begin(person: Person) -> Enrolment:
    """A fresh secret to show to the person; nothing is stored yet."""
    secret = pyotp.random_base32()
    return Enrolment(secret, pyotp.TOTP(secret).provisioning_uri(name=person.login, issuer_name="quytrinh"))


def confirm(person: Person, secret: str, code: str, *, by: Actor) -> list[str]:
    """Enrol: the telephone shows a right code, so the secret counts from now on. Answers the recovery codes, shown once.

    Replaces a former factor and its recovery codes. A wrong code is refused (``AnswersRejected``, field ``code``).
    """
    step = _step_of(secret, code)
    if step is None:
        raise AnswersRejected({"code": [_WRONG]})
    person.totp_secret, person.totp_last_step = secret, step
    codes = _renew_recovery_codes(person)
    entries.append("second_factor.enrolled", agency_id=person.agency_id, by=by, login=person.login)
    return codes


def remove(person: Person, *, by: Actor | None) -> None:
    """Forget the person's factor (lost telephone): they enrol anew at the next sign-in. Administration asks for rights first."""
    person.totp_secret = person.totp_last_step = None
    session().execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    entries.append("second_factor.removed", agency_id=person.agency_id, by=by, login=person.login)


def check(person: Person, code: str, *, address: str) -> None:
    """Accept a code of the telephone, or an unused recovery code; each counts once.

    A door of its own (opens a transaction), guarded by the same lock-out as passwords. ``AnswersRejected`` (field ``code``)
    for a wrong or used code, ``lockout.Locked`` after too many.
    """
    with transaction():
        refusal = _checked(person, code, address)
    if refusal is not None:
        raise refusal


def remaining_recovery_codes(person: Person) -> int:
    """How many recovery codes are left."""
    unused = sa.select(sa.func.count()).select_from(RecoveryCode)
    return session().scalar(unused.where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))) or 0


def _checked(person: Person, code: str, address: str) -> Exception | None:
    account = f"totp:{person.login}"
    try:
        lockout.reserve(account, address)
    except lockout.Locked as refusal:
        return refusal
    by = actor_of(person, address=address)
    if _accept_totp(person, code):
        way = "totp"
    elif _accept_recovery(person, code):
        way = "recovery code"
    else:
        entries.append("second_factor.refused", agency_id=person.agency_id, by=by)
        return AnswersRejected({"code": [_WRONG]})
    lockout.forgive(account)
    entries.append("second_factor.accepted", agency_id=person.agency_id, by=by, way=way)
    return None


def _accept_totp(person: Person, code: str) -> bool:
    step = _step_of(person.totp_secret, code) if person.totp_secret else None
    if step is None:
        return False
    unused = sa.or_(Person.totp_last_step.is_(None), Person.totp_last_step < step)
    change = sa.update(Person).where(Person.id == person.id, Person.totp_secret == person.totp_secret, unused)
    return session().execute(change.values(totp_last_step=step).returning(Person.id)).one_or_none() is not None


def _accept_recovery(person: Person, code: str) -> bool:
    bare = code.replace("-", "").replace(" ", "").upper()
    change = sa.update(RecoveryCode).where(RecoveryCode.person_id == person.id, RecoveryCode.used_at.is_(None))
    change = change.where(RecoveryCode.code_hash == _hash(bare)).values(used_at=clock.now())
    return session().execute(change.returning(RecoveryCode.id)).one_or_none() is not None


def _step_of(secret: str, code: str) -> int | None:
    """The 30-second step whose code this is: the present one, the one before or after (clocks differ); None for a wrong code."""
    bare = code.replace(" ", "")
    now = int(clock.now().timestamp()) // _STEP
    totp = pyotp.TOTP(secret)
    fitting = [
        step for step in (now - 1, now, now + 1) if secrets.compare_digest(totp.generate_otp(step).encode(), bare.encode())
    ]
    return fitting[-1] if fitting else None


def _renew_recovery_codes(person: Person) -> list[str]:
    session().execute(sa.delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    codes = [base64.b32encode(secrets.token_bytes(10)).decode() for _ in range(RECOVERY_CODES)]
    session().add_all(RecoveryCode(person_id=person.id, code_hash=_hash(code)) for code in codes)
    session().flush()
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
