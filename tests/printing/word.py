"""Word files made for tests: templates with tags, files with something that must not be in them, and what stands in one."""

import io
import zipfile
from collections.abc import Mapping, Sequence

from docx import Document

RELS = "word/_rels/document.xml.rels"


def template(*paragraphs: str, rows: Sequence[Sequence[str]] = (), header: str = "") -> bytes:
    """A plain document of these paragraphs and one table."""
    document = Document()
    for words in paragraphs:
        document.add_paragraph(words)
    if rows:
        table = document.add_table(len(rows), len(rows[0]), style="Table Grid")
        for row, texts in zip(table.rows, rows, strict=True):
            for cell, word in zip(row.cells, texts, strict=True):
                cell.text = word
    if header:
        document.sections[0].header.paragraphs[0].text = header
    return saved(document)


def saved(document: object) -> bytes:
    content = io.BytesIO()
    document.save(content)  # type: ignore[attr-defined]  # a document has it
    return content.getvalue()


def changed(content: bytes, parts: Mapping[str, bytes] = {}, **replaced: tuple[str, str]) -> bytes:  # never written to
    """The file with these parts added or replaced; ``document``, ``rels``, ``types``: one text replaced in that part."""
    names = {"document": "word/document.xml", "rels": RELS, "types": "[Content_Types].xml"}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            if name not in parts:
                part = source.read(name)
                for word, (old, new) in replaced.items():
                    if names[word] == name:
                        assert old.encode() in part
                        part = part.replace(old.encode(), new.encode(), 1)
                target.writestr(name, part)
        for name, part in parts.items():
            target.writestr(name, part)
    return out.getvalue()


def lines(content: bytes) -> list[str]:
    """The paragraphs of the text, those that say something."""
    return [paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs if paragraph.text]


def cells(content: bytes) -> list[list[str]]:
    """The first table."""
    return [[cell.text for cell in row.cells] for row in Document(io.BytesIO(content)).tables[0].rows]
