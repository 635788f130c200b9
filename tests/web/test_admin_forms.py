"""Prescribed forms through the pages: the list by generation, and their dates."""

from collections.abc import Callable
from datetime import date

import pytest
from flask import Flask

from engine.dossiers import forms
from engine.transaction import transaction
from tests.web.conftest import Browser

Browse = Callable[..., Browser]


@pytest.fixture
def seeded(app: Flask) -> Flask:
    with app.app_context(), transaction():
        forms.seed()
    return app


def shared(app: Flask, generation: str) -> list[tuple[str, date, date | None, bool]]:
    """What the forms of one set have in common; the payment notice is none of the circular's and has its own basis."""
    with app.app_context():
        rows = forms.generations()[generation]
        return sorted(
            {(form.legal_basis, form.valid_from, form.valid_to, form.is_unverified) for form in rows if form.kind != "payment"},
            key=str,
        )


def test_everybody_sees_the_forms_and_which_are_in_force(seeded: Flask, browse: Browse) -> None:
    page = browse("clerk").get("/admin/services/forms").text
    assert page.index("TT 03/2025/TT-VPCP") < page.index("TT 01/2018/TT-VPCP")
    assert page.count("đang dùng") == 1
    assert "Sửa ngày, căn cứ" not in page


def test_the_top_administrator_corrects_a_generation(seeded: Flask, browse: Browse) -> None:
    admin = browse("admin")
    admin.get("/admin/services/forms/2025")
    fields = {"legal_basis": "TT 03/2025/TT-VPCP", "valid_from": "16/09/2025", "valid_to": ""}
    assert admin.post("/admin/services/forms/2025", fields).location == "/admin/services/forms"
    assert shared(seeded, "2025") == [("TT 03/2025/TT-VPCP", date(2025, 9, 16), None, False)]
    assert admin.post("/admin/services/forms/2025", fields | {"valid_to": "01/01/2025"}).status_code == 422
    assert "Ngày hết hiệu lực phải từ ngày có hiệu lực trở đi." in admin.page


def test_a_commune_does_not_change_what_holds_for_all(seeded: Flask, browse: Browse) -> None:
    secretary = browse("secretary")
    secretary.get("/admin/services/forms/2025")
    fields = {"legal_basis": "Khác", "valid_from": "16/09/2025"}
    assert secretary.post("/admin/services/forms/2025", fields).status_code == 404
    assert shared(seeded, "2025")[0][0] == "TT 03/2025/TT-VPCP"
    assert browse("admin").get("/admin/services/forms/1999").status_code == 404
