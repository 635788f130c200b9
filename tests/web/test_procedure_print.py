"""The printed procedure through its addresses: revision and draft, as PDF and as Word."""

import io
import uuid
from collections.abc import Callable

import pypdf
import pytest
from flask import Flask

from engine.files import ooxml
from tests.printing.reading import text
from tests.printing.word import lines
from tests.web.conftest import ON_BOTH, Browser
from tests.web.drafted import make_draft
from web import first_contents

Browse = Callable[..., Browser]
REVISION = "/admin/procedures/dossier/revisions/1/printed"


@pytest.fixture
def published(app: Flask) -> Flask:
    """The carried procedures are in force for the province."""
    with app.app_context():
        first_contents.enter()
    return app


@ON_BOTH
def test_a_revision_is_printed_the_same_each_time(published: Flask, browse: Browse) -> None:
    clerk = browse("clerk")
    paper = clerk.get(f"{REVISION}.pdf")
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert clerk.get(f"{REVISION}.pdf").data == paper.data


def test_a_draft_is_marked_on_every_page(app: Flask, browse: Browse) -> None:
    draft = make_draft(app)
    paper = browse("secretary").get(f"/admin/procedures/drafts/{draft}/printed.pdf").data
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(paper)).pages]
    assert [("DỰ THẢO" in page) for page in pages] == [True] * len(pages)
    assert "MỤC ĐÍCH" in text(paper)


def test_a_draft_of_nobody_is_not_found(published: Flask, browse: Browse) -> None:
    assert browse("secretary").get(f"/admin/procedures/drafts/{uuid.UUID(int=9)}/printed.pdf").status_code == 404


def test_the_word_document_is_saved_not_shown(published: Flask, browse: Browse) -> None:
    word = browse("clerk").get(f"{REVISION}.docx")
    saved = word.headers["Content-Disposition"].partition(";")[0]
    assert (word.status_code, word.mimetype, saved) == (200, ooxml.DOCX, "attachment")
    assert "1. MỤC ĐÍCH" in lines(word.data)


def test_the_pages_of_a_revision_and_of_a_draft_lead_to_the_paper(published: Flask, browse: Browse) -> None:
    assert f'href="{REVISION}.pdf?' in browse("clerk").get("/admin/procedures/dossier").text
    draft = make_draft(published)
    page = browse("secretary").get(f"/admin/procedures/drafts/{draft}/slips").text
    assert [f'href="/admin/procedures/drafts/{draft}/printed.{ending}"' in page for ending in ("pdf", "docx")] == [True, True]


def test_who_may_not_read_drafts_may_not_print_them(app: Flask, browse: Browse) -> None:
    draft = make_draft(app)
    answers = [browse("clerk").get(f"/admin/procedures/drafts/{draft}/printed.{ending}") for ending in ("pdf", "docx")]
    assert [answer.status_code for answer in answers] == [403, 403]


def test_a_draft_without_a_readable_model_says_what_is_wrong(app: Flask, browse: Browse) -> None:
    draft = make_draft(app, {"dossier.bpmn": b"<definitions"})
    answer = browse("secretary").get(f"/admin/procedures/drafts/{draft}/printed.pdf")
    assert (answer.status_code, "Tệp không phải XML đúng chuẩn" in answer.text) == (422, True)
