"""Public services: import, look-up, editions."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from engine.dossiers import forms, services
from engine.dossiers.models import PublicService
from engine.errors import AnswersRejected, Conflict, NotAllowed, NotFound
from engine.people import agencies
from engine.transaction import session, transaction
from tests.dossiers.conftest import SERVICE, Counter


def make_entry(**given: Any) -> dict[str, Any]:
    entry = {
        "code": "9.000001",
        "name": "Thủ tục thử",
        "field": "Thử",
        "unit": "Phòng Kinh tế",
        "limit": {"value": 2, "unit": "working_day", "text": "02 ngày làm việc"},
        "docs": [["Đơn", 1, 0]],
        "fee": "Không",
        "result": "Giấy",
        "law": "NĐ 1/2026",
        "steps": [{"seq": 1, "name": "Xử lý", "role": "Công chức", "hours": 8}],
    }
    return entry | given


def write(path: Path, *entries: dict[str, Any]) -> Path:
    path.write_text(json.dumps({"procedures": list(entries)}, ensure_ascii=False), encoding="utf-8")
    return path


def test_carried_services_all_import_and_say_what_is_unverified(counter: Counter) -> None:
    found = services.available(counter.actor("clerk").agency_id)
    assert len(found) == 15
    assert {service.code for service in found if not service.is_unverified} == {"2.000635", "1.014027"}
    assert all(service.terms and service.components for service in found)


def test_import_twice_changes_nothing(counter: Counter) -> None:
    root = agencies.root()
    assert root is not None
    with transaction():
        assert services.import_file(services.SEED, agency_id=root.id, by=None) == (0, 15)


def test_search_ignores_diacritics(counter: Counter) -> None:
    found = services.available(counter.actor("clerk").agency_id, "tinh trang hon nhan")
    assert [service.code for service in found] == [SERVICE]


def test_change_is_a_new_edition_and_dossiers_keep_theirs(counter: Counter, tmp_path: Path) -> None:
    home = counter.actor("clerk").agency_id
    with transaction():
        services.import_file(write(tmp_path / "1.json", make_entry()), agency_id=home, by=None)
    dossier = counter.open(public_service="9.000001")
    longer = {"value": 5, "unit": "working_day", "text": "05 ngày làm việc"}
    with transaction():
        assert services.import_file(write(tmp_path / "2.json", make_entry(limit=longer)), agency_id=home, by=None) == (1, 0)
    session().rollback()
    assert services.get(home, "9.000001").limit_value == Decimal(5)
    kept = session().get_one(PublicService, dossier.service_id)
    assert (kept.edition, kept.limit_value) == (1, Decimal(2))


def test_import_refuses_the_whole_file(counter: Counter, tmp_path: Path) -> None:
    home = counter.actor("clerk").agency_id
    broken = make_entry(code="9.000002")
    del broken["limit"]
    with pytest.raises(AnswersRejected) as refusal, transaction():
        services.import_file(write(tmp_path / "x.json", make_entry(), broken), agency_id=home, by=None)
    assert list(refusal.value.fields) == ["procedures.2"]
    session().rollback()
    with pytest.raises(NotFound):
        services.get(home, "9.000001")


def test_steps_longer_than_the_limit_are_refused(counter: Counter, tmp_path: Path) -> None:
    home = counter.actor("clerk").agency_id
    steps = [{"seq": 1, "name": "Xử lý", "role": "Công chức", "hours": 17}]
    with pytest.raises(AnswersRejected) as refusal, transaction():
        services.import_file(write(tmp_path / "x.json", make_entry(steps=steps)), agency_id=home, by=None)
    assert refusal.value.fields == {"terms": ["Tổng thời gian các bước (17 giờ) vượt thời hạn giải quyết (16 giờ làm việc)."]}


def test_unknown_service_is_not_found(counter: Counter) -> None:
    with pytest.raises(NotFound):
        services.get(counter.actor("clerk").agency_id, "0.000000")


def test_a_change_keeps_everything_else_and_becomes_the_agencys_own(counter: Counter) -> None:
    secretary = counter.actor("secretary")
    above = services.get(secretary.agency_id, SERVICE)
    with transaction():
        own, is_changed = services.change(secretary.agency_id, SERVICE, {"fee_text": "15.000 đ"}, seen=above.id, by=secretary)
        assert (is_changed, own.agency_id, own.edition, own.fee_text) == (True, secretary.agency_id, 1, "15.000 đ")
        assert (own.terms, own.components, own.division_code) == (above.terms, above.components, above.division_code)
        again = services.change(secretary.agency_id, SERVICE, {"fee_text": "15.000 đ"}, seen=own.id, by=secretary)
        assert again == (own, False)
    found = services.editions(secretary.agency_id, SERVICE)
    assert [(service.agency_id, service.edition) for service in found] == [(own.agency_id, 1), (above.agency_id, 1)]


def test_a_change_on_a_former_edition_is_a_conflict(counter: Counter) -> None:
    secretary = counter.actor("secretary")
    seen = services.get(secretary.agency_id, SERVICE).id
    with transaction():
        services.change(secretary.agency_id, SERVICE, {"fee_text": "1 đ"}, seen=seen, by=secretary)
    with pytest.raises(Conflict, match="vừa được người khác sửa"), transaction():
        services.change(secretary.agency_id, SERVICE, {"fee_text": "2 đ"}, seen=seen, by=secretary)


def test_a_change_needs_the_permission_in_that_agency(counter: Counter) -> None:
    clerk, secretary, root = counter.actor("clerk"), counter.actor("secretary"), agencies.root()
    assert root is not None
    seen = services.get(clerk.agency_id, SERVICE).id
    with pytest.raises(NotAllowed), transaction():
        services.change(clerk.agency_id, SERVICE, {"fee_text": "1 đ"}, seen=seen, by=clerk)
    session().rollback()
    with pytest.raises(NotFound), transaction():
        services.change(root.id, SERVICE, {"fee_text": "1 đ"}, seen=seen, by=secretary)


def test_a_generation_of_forms_is_corrected_at_the_top_alone(counter: Counter) -> None:
    changes = {"legal_basis": "TT 03/2025", "valid_from": date(2025, 9, 16), "valid_to": None, "is_unverified": False}
    with pytest.raises(NotFound), transaction():
        forms.change_generation("2025", changes, by=counter.actor("secretary"))
    session().rollback()
    with transaction():
        forms.change_generation("2025", changes, by=counter.actor("admin"))
    assert {form.valid_from for form in forms.generations()["2025"]} == {date(2025, 9, 16)}
    assert forms.generation_on(date(2025, 9, 15)) == "2018"
    with pytest.raises(AnswersRejected) as refusal, transaction():
        forms.change_generation("2025", changes | {"valid_to": date(2025, 1, 1)}, by=counter.actor("admin"))
    assert list(refusal.value.fields) == ["valid_to"]
