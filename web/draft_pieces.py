"""Files of one kind in a draft (forms, decision tables, slips): where they stand, and saving them or saying why not."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask_babel import LazyString

from engine.errors import AnswersRejected, Conflict, NotFound, ProcedureRejected
from engine.procedures.folder import Folder
from engine.transaction import transaction
from web import draft_files, problems

Errors = dict[str, list[str]]


@dataclass(frozen=True)
class Pieces:
    """Files ``<directory>/<name><ending>``; ``missing`` is said where there is none of a name."""

    directory: str
    ending: str
    missing: LazyString

    def path(self, name: str) -> str:
        """Where the file of this name stands in the folder."""
        return f"{self.directory}/{name}{self.ending}"

    def name(self, path: str) -> str:
        """The name of the file at this path."""
        return path.removeprefix(f"{self.directory}/").removesuffix(self.ending)

    def content(self, folder: Folder, name: str) -> bytes:
        """What stands in the file of this name. ``NotFound`` where there is none."""
        content = folder.files.get(self.path(name))
        if content is None:
            raise NotFound(str(self.missing))
        return content

    def paths(self, folder: Folder) -> list[str]:
        """Every file of this kind, by name."""
        return list(folder.under(self.directory, self.ending))


def refused(draft_id: uuid.UUID, field: str, changes: Callable[[], Mapping[str, bytes | None]]) -> tuple[Errors, int] | None:
    """Save what ``changes`` makes as the next version: None where it is kept, else messages by box and the status to answer with.

    What has no box of its own (somebody else saved, the check refuses) is said at ``field``.
    """
    try:
        made = changes()
        with transaction():
            draft_files.save(draft_id, made)
    except AnswersRejected as refusal:
        return {name: list(messages) for name, messages in refusal.fields.items()}, problems.status_of(refusal)
    except (Conflict, ProcedureRejected) as refusal:
        return {field: [said(refusal)]}, problems.status_of(refusal)
    return None


def said(refusal: Conflict | ProcedureRejected) -> str:
    """The sentence a refusal is told with."""
    return refusal.findings[0].message if isinstance(refusal, ProcedureRejected) else str(refusal)
