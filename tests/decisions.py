"""A decision outside of the system: what lets a test put a second revision of a procedure in force at once."""

from datetime import date

from engine.procedures.external_decisions import ExternalDecision

DECISION = ExternalDecision("02/QĐ-UBND", date(2026, 1, 5), "Hoàng Đức Thắng, Chủ tịch")
#: The same as the page that publishes a zipped folder asks it.
TYPED = {"decision_number": "02/QĐ-UBND", "decision_on": "05/01/2026", "decision_signer": "Hoàng Đức Thắng, Chủ tịch"}
