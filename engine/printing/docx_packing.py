"""A Word document as a file that is the same each time: fixed dates, sorted parts, no trace of who wrote it where."""

import io
import zipfile
from datetime import UTC, datetime

from docx.document import Document

_TYPES = "[Content_Types].xml"
#: Every part of the file carries this date, the earliest a zip can hold.
_PACKED_ON = (1980, 1, 1, 0, 0, 0)


def packed(document: Document, *, title: str, issued_at: datetime) -> bytes:
    """The document's bytes, dated ``issued_at`` (an aware instant): the same content gives the same bytes."""
    facts = document.core_properties
    at = issued_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    facts.title, facts.author, facts.last_modified_by, facts.comments, facts.keywords = title, "", "", "", ""
    facts.created = facts.modified = facts.last_printed = at
    facts.revision, facts.language = 1, "vi-VN"
    content = io.BytesIO()
    document.save(content)
    return repacked(content.getvalue())


def repacked(content: bytes) -> bytes:
    """The same parts in a zip without dates of its own, the list of types first as readers expect."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in sorted(source.namelist(), key=lambda name: (name != _TYPES, name)):
            entry = zipfile.ZipInfo(name, _PACKED_ON)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return out.getvalue()
