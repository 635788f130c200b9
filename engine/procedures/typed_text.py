"""Texts as they are typed: cleaned, bounded, and in the forms people here write numbers of cards and phones."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from engine.printing import glyphs
from engine.procedures.fields import Field
from engine.text import clean

#: Longest answers where the form sets no limit of its own.
MAX_LINE, MAX_PARAGRAPHS = 255, 4_000
#: Patterns a form may name: expression and how a person should type it.
PATTERNS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "digits": (r"[0-9]+", "chỉ gồm chữ số"),
        "tax_code": (r"[0-9]{10}(-[0-9]{3})?", "mã số thuế gồm 10 chữ số, hoặc 10 chữ số-3 chữ số"),
        "document_number": (r"[0-9]{1,6}[a-z]?/[^\s/]+(/[^\s/]+)?", "số và ký hiệu văn bản, ví dụ 15/QĐ-UBND"),
        "land_parcel": (r"[0-9]{1,5}[a-z]?", "số thửa hoặc số tờ, ví dụ 125"),
    }
)
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+")


class Refused(Exception):
    """One answer is not acceptable; the text is what the person reads beside the field."""


def text(field: Field, value: Any) -> str:
    """Words that can be printed: one line (``text``) or several (``textarea``), within the form's length and pattern."""
    text = plain(value)
    if field.type == "text" and ("\n" in text or "\r" in text):
        raise Refused("Chỉ ghi trên một dòng.")
    most = field.max_length or (MAX_LINE if field.type == "text" else MAX_PARAGRAPHS)
    if len(text) > most:
        raise Refused(f"Dài {len(text)} ký tự, tối đa {most}: hãy ghi ngắn lại.")
    if field.min_length and len(text) < field.min_length:
        raise Refused(f"Quá ngắn: hãy ghi ít nhất {field.min_length} ký tự.")
    unprintable = glyphs.refusal(text)
    if unprintable is not None:
        raise Refused(unprintable)
    if field.pattern and not re.fullmatch(PATTERNS[field.pattern][0], text):
        raise Refused(f"Chưa đúng mẫu: cần {PATTERNS[field.pattern][1]}.")
    return text


def id_number(field: Field, value: Any) -> str:
    """A personal identification number: twelve digits (Luật Căn cước 26/2023/QH15 Đ.12)."""
    digits = re.sub(r"[\s.]", "", plain(value))
    if not re.fullmatch(r"[0-9]{12}", digits):
        raise Refused("Số định danh (CCCD) gồm đúng 12 chữ số: hãy kiểm tra lại.")
    return digits


def phone(field: Field, value: Any) -> str:
    """A telephone number, kept as ``0xxxxxxxxx``; ``+84`` is understood."""
    digits = re.sub(r"[\s.()-]", "", plain(value))
    digits = re.sub(r"^(\+84|0084)", "0", digits)
    if not re.fullmatch(r"0[1-9][0-9]{8,9}", digits):
        raise Refused("Số điện thoại gồm 10 chữ số bắt đầu bằng 0, ví dụ 0912345678.")
    return digits


def email(field: Field, value: Any) -> str:
    """An e-mail address."""
    address = plain(value)
    if len(address) > 254 or not _EMAIL.fullmatch(address):
        raise Refused("Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn.")
    return address


def plain(value: Any) -> str:
    """``value`` as clean text: NFC, no control characters, plain line breaks. Refuses what is not text, and NUL."""
    if not isinstance(value, str):
        raise Refused("Phải là chữ.")
    if "\x00" in value:
        raise Refused("Có ký tự không hợp lệ: hãy gõ lại.")
    return clean(value.replace("\r\n", "\n"))
