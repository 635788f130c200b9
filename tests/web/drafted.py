"""A draft of the dossier procedure for tests of its pages."""

import uuid
from collections.abc import Mapping
from pathlib import Path

from flask import Flask

from engine.people import directory
from engine.people.actors import actor_of
from engine.procedures import drafts, folder
from engine.procedures.models import ProcedureDraft
from engine.transaction import session, transaction
from web import first_contents

FOLDER = Path(__file__).parents[2] / "processes" / "dossier"


def make_draft(app: Flask, files: Mapping[str, bytes] | None = None, login: str = "secretary") -> uuid.UUID:
    """A draft with the files of the carried dossier procedure and ``files`` beside or instead of them; its id."""
    with app.app_context():
        first_contents.enter()
        person = directory.by_login(login)
        assert person is not None
        actor = actor_of(person)
        content = {**folder.read(FOLDER).files, **(files or {})}
        with transaction():
            return drafts.create(actor.agency_id, folder.of(content.items()), base=None, by=actor).id


def files_of(app: Flask, draft_id: uuid.UUID) -> Mapping[str, bytes]:
    """The files of the draft as they are saved now."""
    with app.app_context():
        session().rollback()
        return drafts.folder_of(session().get_one(ProcedureDraft, draft_id)).files
