"""The printed procedure: the document an office signs, made from the model that runs, so that the two never differ.

ISO 9001:2015 7.5.2: title, date, author, approval; 7.5.3: what is not in force says so on every page. The hash on each page is
the SHA-256 of the folder the text was made from.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from engine.documents import printed_front, printed_parts
from engine.errors import ProcedureRejected
from engine.people import agencies
from engine.people.models import Agency
from engine.printing import glyphs, typeset
from engine.procedures import catalogue, chart_reading, chart_tiles, definition, drafts, readme
from engine.procedures.chart_tiles import Paper
from engine.procedures.definition import Definition
from engine.procedures.models import ProcedureDraft, ProcedureRevision

#: Free space for the flow chart on a sheet of A4, in millimetres: upright and on its side.
PAPERS = (Paper(180, 222, is_landscape=False), Paper(267, 146, is_landscape=True))
#: Documents one process keeps as made (some hundred kB each): they never change.
KEPT = 8
_TEMPLATE = Path(__file__).with_name("printed_procedure.typ")
_CHART = Path(catalogue.__file__).with_name("chart.typ")
_SHEETS = """
#import "/house.typ": data
#set page(width: auto, height: auto, margin: 0.5mm)
#for sheet in data.charts.map(chart => chart.sheets).flatten() { page(figure(alt: "Lưu đồ", chart-sheet(sheet))) }
"""


@dataclass(frozen=True)
class Printed:
    """Everything a printed procedure says, as plain data, and the moment it is dated with: the same paper each time."""

    data: dict[str, Any]
    issued_at: datetime

    @property
    def text(self) -> str:
        """The data as JSON, the same text for the same data."""
        return json.dumps(self.data, ensure_ascii=False, sort_keys=True)


def of_revision(revision: ProcedureRevision) -> Printed:
    """A revision as printed: marked as not in force where it is not."""
    described = definition.of(revision)
    agency = agencies.get(revision.procedure.agency_id)
    mark, note = printed_front.watermark(revision)
    front = {
        "edition": printed_front.edition_of_revision(revision),
        "signatures": printed_front.signed_revision(revision),
        "history": printed_front.history(revision.procedure, revision.number),
        "watermark": mark,
        "watermark_note": note,
        "sha256": revision.sha256,
        "findings": 0,
    }
    return _printed(described, catalogue.drawing(revision), agency, front, revision.published_at)


def of_draft(draft: ProcedureDraft) -> Printed:
    """A draft as it would be printed, marked DỰ THẢO. ``ProcedureRejected`` where its model cannot be read yet."""
    kept = drafts.folder_of(draft)
    described, findings = definition.examine(kept)
    if described is None:
        raise ProcedureRejected(findings)
    base = draft.base_revision
    history = printed_front.history(base.procedure, base.number) if base else []
    former = definition.of(base) if base else None
    own = {"number": "Dự thảo", "date": "", "changes": printed_front.changes(former, described), "basis": ""}
    front = {
        "edition": printed_front.edition_of_draft(draft),
        "signatures": printed_front.signed_draft(draft),
        "history": [*history, own],
        "watermark": printed_front.DRAFT,
        "watermark_note": "",
        "sha256": draft.sha256,
        "findings": len(findings),
    }
    return _printed(described, drafts.model_of(draft), agencies.get(draft.agency_id), front, draft.changed_at)


def pdf(printed: Printed) -> bytes:
    """As tagged PDF/A with the flow chart as vectors; the same document gives the same bytes."""
    return set_in_type(printed.text, printed.issued_at)


@lru_cache(maxsize=KEPT)
def set_in_type(text: str, issued_at: datetime) -> bytes:
    """The PDF of a document's data as JSON text: set once, then kept for the next reader of the same."""
    template = _CHART.read_text(encoding="utf-8") + _TEMPLATE.read_text(encoding="utf-8")
    return typeset.pdf(template, json.loads(text), issued_at=issued_at)


def chart_pictures(printed: Printed) -> list[bytes]:
    """The sheets of the flow chart one by one as PNG, for programs that place pictures."""
    if not printed.data["charts"]:
        return []
    template = _CHART.read_text(encoding="utf-8") + _SHEETS
    return typeset.pictures(template, {"charts": printed.data["charts"]}, issued_at=printed.issued_at, dots_per_inch=200)


def _printed(described: Definition, bpmn: bytes, agency: Agency, front: dict[str, Any], at: datetime) -> Printed:
    parts = readme.sections(described.documentation)
    data = {
        **front,
        "agency": printed_front.head(agency),
        "procedure_code": described.code,
        "title": described.title,
        "owner": printed_parts.OWNERS.get(described.owner_role, described.owner_role),
        "iso_clauses": list(described.iso_clauses),
        "legal_basis": _not_told(described.legal_basis, readme.of_topic(parts, "basis")),
        "said": {topic: readme.of_topic(parts, topic) for topic in readme.TOPICS},
        "others": [{"title": part.title, "blocks": part.blocks} for part in parts if part.topic == "other"],
        "duties": printed_parts.duties(described),
        "terms": printed_parts.terms(described, [described.title, described.documentation, *described.legal_basis]),
        "charts": _charts(bpmn),
        "steps": printed_parts.steps(described),
        "messages": printed_parts.messages(described),
        "forms": printed_parts.forms(described),
        "slips": printed_parts.slips(described),
        "record": {"name": described.record_class, "years": described.retention_years},
        "register_columns": list(described.register_columns),
    }
    data["said"]["steps"] = [block for block in data["said"]["steps"] if block["kind"] != "table"]
    return Printed(glyphs.spelled_out(data), at)


def _charts(bpmn: bytes) -> list[dict[str, Any]]:
    found = []
    for chart in chart_reading.read(bpmn):
        sheets = chart_tiles.sheets(chart, PAPERS)
        found.append({"title": chart.title, "words": ", ".join(chart.names), "sheets": [asdict(sheet) for sheet in sheets]})
    return found


def _not_told(declared: Sequence[str], blocks: Sequence[readme.Block]) -> list[str]:
    """Bases of the sheet whose number the text does not mention already."""
    told = " ".join(readme.words(block) for block in blocks)
    return [basis for basis in declared if basis.split(" (")[0] not in told]
