"""Arithmetic of dossiers."""

from datetime import date

import pytest

from engine.dossiers import rules
from engine.registers import document_symbols


@pytest.mark.parametrize(
    ("open_statuses", "outcome", "expected"),
    [
        pytest.param({"processing"}, None, "processing", id="one"),
        pytest.param({"processing", "withdrawal_requested"}, None, "withdrawal_requested", id="withdrawal first"),
        pytest.param({"awaiting_supplement", "processing"}, None, "awaiting_supplement", id="supplement before processing"),
        pytest.param(set(), "stopped", "stopped", id="ended"),
        pytest.param({"returned"}, None, "returned", id="to be filed"),
        pytest.param({"withdrawal_requested", "done"}, None, "done", id="a result outweighs a withdrawal"),
        pytest.param(set(), None, None, id="nothing says otherwise"),
    ],
)
def test_status_is_the_first_that_applies(open_statuses: set[str], outcome: str | None, expected: str | None) -> None:
    assert rules.status_of(open_statuses, outcome=outcome) == expected


def test_statuses_are_the_ten_portal_codes_in_order() -> None:
    assert list(rules.STATUSES)[:4] == ["registered", "received", "refused", "processing"]
    assert len(rules.STATUSES) == 10


def test_dossier_code_follows_the_circular() -> None:
    code = rules.dossier_code("H26.19.27", date(2025, 7, 7), 12)
    assert code == "H26.19.27-250707-0012"
    assert rules.CODE.fullmatch(code)


@pytest.mark.parametrize(("ordinal", "text"), [(1, "01/TNHS"), (9, "09/TNHS"), (10, "10/TNHS"), (1234, "1234/TNHS")])
def test_slip_number_leads_with_a_zero_below_ten(ordinal: int, text: str) -> None:
    assert document_symbols.written(ordinal, "TNHS") == text


def test_terms_come_from_the_published_roles() -> None:
    steps = [
        {"name": "Tiếp nhận", "role": "TTPVHCC – công chức tiếp nhận", "hours": 2},
        {"name": "Phân công", "role": "Lãnh đạo phòng", "hours": 1},
        {"name": "Thẩm định", "role": "Công chức đăng ký kinh doanh", "hours": 15},
        {"name": "Ký GCN", "role": "Trưởng/Phó Trưởng phòng Kinh tế", "hours": 4},
        {"name": "Đóng dấu", "role": "Văn thư UBND xã", "hours": 2},
        {"name": "Trả kết quả", "role": "TTPVHCC – công chức trả kết quả", "hours": 0},
    ]
    assert rules.derive_terms(steps) == {"hand_over": 120, "assign": 60, "process": 900, "sign": 240, "number_seal": 120}


def test_terms_of_an_earlier_leader_count_as_handling() -> None:
    steps = [
        {"name": "Thành lập Hội đồng", "role": "Chủ tịch UBND xã", "hours": 16},
        {"name": "Họp", "role": "Hội đồng", "hours": 40},
        {"name": "Ký", "role": "Chủ tịch UBND xã", "hours": 12},
    ]
    assert rules.derive_terms(steps) == {"process": 3360, "sign": 720}


def test_borrowed_terms_keep_the_sum() -> None:
    plan = rules.plan_terms(
        {"process": 240, "sign": 120}, {"assign": 60, "check": 120}, {"assign": "process", "check": "process"}
    )
    assert plan == {"process": 120, "sign": 120, "assign": 60, "check": 60}
    assert sum(plan.values()) == 360


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param("15/QĐ-UBND", (15, "QĐ-UBND"), id="plain"),
        pytest.param("015/qđ-ubnd", (15, "QĐ-UBND"), id="typed otherwise"),
        pytest.param("15a/QĐ-UBND", (15, "a/QĐ-UBND"), id="between two others"),
        pytest.param("15/2026/QĐ-UBND", (15, "2026/QĐ-UBND"), id="with its year"),
        pytest.param("QĐ-UBND", None, id="no number"),
    ],
)
def test_document_number_is_the_same_however_typed(typed: str, expected: tuple[int, str] | None) -> None:
    assert document_symbols.read(typed) == expected
