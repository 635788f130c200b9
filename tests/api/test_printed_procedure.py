"""``/procedures/{code}/revisions/{n}.pdf`` and ``.docx``, the same of drafts, and ``/slips/{id}.docx``."""

import uuid

import pytest

from engine.files import ooxml
from tests.api.conftest import Office, told
from tests.printing.reading import text
from tests.printing.word import lines


def test_a_revision_is_printed_with_its_hash(office: Office) -> None:
    clerk = office("clerk")
    sha256 = told(clerk.get("/procedures/dossier/revisions/1"))["sha256"]
    paper, again = clerk.get("/procedures/dossier/revisions/1.pdf"), office("leader").get("/procedures/dossier/revisions/1.pdf")
    assert (paper.status_code, paper.mimetype, sha256 in text(paper.data), paper.data == again.data) == (
        200,
        "application/pdf",
        True,
        True,
    )
    word = clerk.get("/procedures/dossier/revisions/1.docx")
    assert (word.status_code, word.mimetype, "1. MỤC ĐÍCH" in lines(word.data)) == (200, ooxml.DOCX, True)


def test_a_draft_is_printed_as_a_draft(office: Office) -> None:
    content = office("secretary").get("/procedures/dossier/revisions/1.zip").data
    headers = {"Authorization": f"Bearer {office.token_of('secretary')}", "Idempotency-Key": str(uuid.uuid4())}
    made = office.app.test_client().post(
        "/api/v1/procedures/dossier/drafts", data=content, content_type="application/zip", headers=headers
    )
    path = f"/procedures/drafts/{told(made, 201)['id']}"
    assert "DỰ THẢO" in text(office("secretary").get(f"{path}.pdf").data)
    assert office("secretary").get(f"{path}.docx").mimetype == ooxml.DOCX
    assert office("clerk").get(f"{path}.pdf").status_code == 403


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_a_revision_that_never_was_is_not_found(office: Office, ending: str) -> None:
    assert office("clerk").get(f"/procedures/dossier/revisions/9.{ending}").status_code == 404


def test_a_slip_without_a_word_template_offers_none(office: Office) -> None:
    slip = office.open()["slips"][0]
    assert (slip["docx"], office("clerk").get(f"/slips/{slip['id']}.docx").status_code) == (None, 404)
