"""A decision outside of the system that approved a procedure: what may replace a revision in force without an approval here."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from engine import clock
from engine.errors import AnswersRejected
from engine.text import clean

_LONGEST = 200


@dataclass(frozen=True)
class ExternalDecision:
    """Number and symbol of the decision, its day, and who signed it. Reads as the basis of a revision."""

    number: str
    on: date
    signer: str

    def __str__(self) -> str:
        return f"Quyết định số {self.number} ngày {self.on:%d/%m/%Y}, người ký: {self.signer}"

    def as_record(self) -> dict[str, Any]:
        """What the journal keeps."""
        return {"number": self.number, "on": self.on.isoformat(), "signer": self.signer}


def read(number: str, on: str, signer: str) -> ExternalDecision | None:
    """The decision as typed (the day as ``2026-11-25`` or ``25/11/2026``); None where nothing was typed.

    ``AnswersRejected`` (fields ``decision_number``, ``decision_on``, ``decision_signer``) where part of it is missing, overlong
    or no day until today.
    """
    number, on, signer = clean(number), clean(on), clean(signer)
    if not (number or on or signer):
        return None
    wrong: dict[str, list[str]] = {}
    if not number or len(number) > _LONGEST:
        wrong["decision_number"] = ["Ghi số và ký hiệu của quyết định, ví dụ 15/QĐ-UBND."]
    if not signer or len(signer) > _LONGEST:
        wrong["decision_signer"] = ["Ghi họ tên, chức vụ người ký quyết định."]
    day = _day(on)
    if day is None or day > clock.today():
        wrong["decision_on"] = ["Ghi ngày ký quyết định, ví dụ 25/11/2026, không sau hôm nay."]
    if wrong or day is None:
        raise AnswersRejected(wrong)
    return ExternalDecision(number, day, signer)


def _day(text: str) -> date | None:
    try:
        parts = text.split("/")
        return date(int(parts[2]), int(parts[1]), int(parts[0])) if len(parts) == 3 else date.fromisoformat(text)
    except ValueError:
        return None
