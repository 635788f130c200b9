"""First contents of an installation: the prescribed forms and the carried public services."""

import uuid

from engine.dossiers import forms, services
from engine.people.actors import Actor


def seed(agency_id: uuid.UUID, *, by: Actor | None = None) -> tuple[int, int]:
    """Enter the forms, and publish the carried services for ``agency_id`` and those below it; both may be repeated.

    Returns how many forms and services were new or changed.
    """
    added = forms.seed()
    changed, _ = services.import_file(services.SEED, agency_id=agency_id, by=by)
    return added, changed
