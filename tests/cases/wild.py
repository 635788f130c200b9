"""The letter procedure with something wild in it: published beside the sound one, for one case to meet."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.cases import capabilities
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.tables import metadata
from engine.transaction import session, transaction
from tests.cases.conftest import LETTER, Office
from tests.decisions import DECISION


def publish(office: Office, place: Path, changes: Mapping[str, str]) -> Office:
    """The office with a new revision in force, in whose model each of these texts (there once) is another one."""
    shutil.copytree(LETTER, place)
    model = place / "letter.bpmn"
    text = model.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    model.write_text(text, encoding="utf-8")
    rule = place / "procedure.yaml"
    used = ", ".join(sorted(set(re.findall(r'qt:capability="(\w+)"', text))))
    written = rule.read_text(encoding="utf-8").replace("[test_number, test_note]", f"[{used}]")
    if 'userTask id="urge"' not in text:
        written = written.replace("  urge: {term: none, help: Đôn đốc.}\n", "")
        (place / "forms" / "urge.yaml").unlink()
    rule.write_text(written, encoding="utf-8")
    with transaction():
        root = agencies.root()
        assert root is not None
        known = capabilities.facts()
        revision = publishing.publish(root.id, folder.read(place), capabilities=known, basis=DECISION, by=None)
        return replace(office, revision=revision)


def content() -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, by table."""
    session().rollback()
    rows = {table.name: [tuple(row) for row in session().execute(sa.select(table))] for table in metadata.sorted_tables}
    session().rollback()
    return {name: sorted(found, key=repr) for name, found in rows.items()}
