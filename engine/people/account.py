"""One's own account: change the password, choose the language."""

from engine import text
from engine.errors import AnswersRejected, Conflict
from engine.journal import entries
from engine.people import directory, lockout, passwords, sessions
from engine.people.actors import Actor
from engine.transaction import transaction


def change_password(actor: Actor, former: str, new: str, *, keep: str | None = None) -> None:
    """Replace one's own password after proving the former one; ends all other sessions (``keep``: this browser's token).

    A door of its own (short transactions, hashing between them). ``AnswersRejected`` (``former`` or ``password``) when the
    former is wrong or the new one weak or the same; ``lockout.Locked`` after too many wrong ones.
    """
    with transaction():
        lockout.reserve(actor.login, actor.address)
        stored = directory.get_person(actor.person_id).password_hash
    if not passwords.is_right(former, stored):
        with transaction():
            entries.append("password.refused", agency_id=actor.agency_id, by=actor)
        raise AnswersRejected({"former": ["Mật khẩu hiện tại không đúng."]})
    if former == new:
        raise AnswersRejected({"password": ["Mật khẩu mới phải khác mật khẩu hiện tại."]})
    passwords.refuse_weak(new, login=actor.login, full_name=actor.full_name)
    fresh = passwords.hash_of(new)
    with transaction():
        person = directory.get_person(actor.person_id)
        if person.password_hash != stored:
            raise Conflict("Mật khẩu vừa được đổi ở nơi khác. Đăng nhập lại rồi thử lần nữa.")
        person.password_hash, person.must_change_password = fresh, False
        lockout.forgive(actor.login)
        sessions.revoke_all(person.id, but=keep)
        entries.append("password.changed", agency_id=person.agency_id, by=actor)


def choose_language(actor: Actor, language: str) -> None:
    """Keep the language of the screens: ``vi`` or ``en``."""
    if text.clean(language) not in ("vi", "en"):
        raise AnswersRejected({"language": ["Chọn tiếng Việt (vi) hoặc tiếng Anh (en)."]})
    directory.get_person(actor.person_id).language = text.clean(language)
