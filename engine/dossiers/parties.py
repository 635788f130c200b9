"""Owner and submitter as they are typed at the counter: light checks, because a wrong number is found out only much later."""

import re
from collections.abc import Mapping
from typing import Any

from engine import text

NAMES = ("full_name", "id_number", "address", "phone", "email")
#: Thẻ căn cước 12 digits, chứng minh nhân dân 9 digits, passport, tax code of an organisation or its branch.
_ID_NUMBER = re.compile(r"[0-9]{12}|[0-9]{9}|[A-Z][0-9]{7,8}|[0-9]{10}(-[0-9]{3})?")
_PHONE = re.compile(r"[0-9 +.()-]+")
_PHONE_DIGITS = range(8, 16)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


def as_kept(given: Mapping[str, Any]) -> dict[str, str]:
    """A party with every entry it may have, cleaned; empty where nothing was typed."""
    return {name: text.clean(str(given.get(name) or "")) for name in NAMES}


def impossible(given: Mapping[str, Any], prefix: str) -> dict[str, list[str]]:
    """What cannot be an identity number, a telephone or an e-mail address, by entry; what was left empty is no fault."""
    party = as_kept(given)
    faults: dict[str, list[str]] = {}
    if party["id_number"] and not _ID_NUMBER.fullmatch(party["id_number"]):
        said = "Số giấy tờ chưa đúng: CCCD 12 số, CMND 9 số, hộ chiếu (1 chữ hoa và 7–8 số) hoặc mã số thuế. Hãy kiểm tra lại."
        faults[f"{prefix}id_number"] = [said]
    if party["phone"] and not _is_phone(party["phone"]):
        faults[f"{prefix}phone"] = ["Số điện thoại gồm 8–15 chữ số, ví dụ 0912 345 678. Hãy kiểm tra lại."]
    if party["email"] and not _EMAIL.fullmatch(party["email"]):
        faults[f"{prefix}email"] = ["Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn."]
    return faults


def _is_phone(typed: str) -> bool:
    return _PHONE.fullmatch(typed) is not None and sum(character.isdigit() for character in typed) in _PHONE_DIGITS
