"""Passwords: scrypt hashes and the rules a new one must meet (R46)."""

import os
import threading
import unicodedata

from werkzeug.security import check_password_hash, generate_password_hash

from engine import settings, text
from engine.errors import AnswersRejected

#: scrypt with N = 2^17, r = 8, p = 1: 128 MB and about a third of a second for each guess.
METHOD = "scrypt:131072:8:1"
_TEST_METHOD = "scrypt:1024:8:1"
SHORTEST, LONGEST = 10, 200

#: Beginnings of what is tried first; a password that holds one and little else is refused.
_USUAL = (
    "password",
    "matkhau",
    "123456",
    "654321",
    "qwerty",
    "abcdef",
    "abc123",
    "admin",
    "quytrinh",
    "iloveyou",
    "vietnam",
    "hanoi",
)

# each hash takes 128 MB: two at a time, however many requests wait
_turn = threading.BoundedSemaphore(2)


def hash_of(password: str) -> str:
    """The salted scrypt hash to store."""
    with _turn:
        return generate_password_hash(_normal(password), _method())


def is_right(password: str, password_hash: str | None) -> bool:
    """Whether the password fits the hash. Without a hash the same work is done and the answer is no."""
    with _turn:
        fits = check_password_hash(password_hash or _nobody(_method()), _normal(password)[:LONGEST])
    return fits and password_hash is not None


def refuse_weak(password: str, *, login: str, full_name: str = "") -> None:
    """Refuse (``AnswersRejected``, field ``password``) a password that is short, long, usual, or made of the person's names."""
    reasons: list[str] = []
    folded = text.fold(password).replace(" ", "")
    names = [login.lower(), *(word for word in text.fold(full_name).split() if len(word) > 3)]
    if not SHORTEST <= len(password) <= LONGEST:
        reasons.append(f"Mật khẩu dài từ {SHORTEST} đến {LONGEST} ký tự.")
    if len(set(password)) < 6:
        reasons.append("Mật khẩu lặp lại quá ít ký tự, dùng ít nhất 6 ký tự khác nhau.")
    if any(name in folded and len(folded) - len(name) < 6 for name in names):
        reasons.append("Mật khẩu không được dựa vào tên đăng nhập hoặc họ tên.")
    if any(usual in folded and len(folded) - len(usual) < 6 for usual in _USUAL):
        reasons.append("Mật khẩu này quá quen thuộc, dễ đoán; hãy ghép vài từ không liên quan.")
    if reasons:
        raise AnswersRejected({"password": reasons})


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


def _method() -> str:
    is_cheap = os.environ.get("QUYTRINH_TEST_CHEAP_PASSWORDS") == "1" and settings.load().is_testing
    return _TEST_METHOD if is_cheap else METHOD


def _nobody(method: str) -> str:
    """A hash that no password fits, as costly to compare as a real one."""
    return f"{method}$nobody${'0' * 128}"
