"""Is a Word file safe to fill, to keep, to hand on? Stricter than for attachments: a template needs none of what is refused."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from lxml import etree

from engine.files import ooxml
from engine.files.refusal import FileRejected

#: Bytes of a template, parts inside, bytes of one XML part and of all together unpacked.
LARGEST, MOST_PARTS, LARGEST_PART, LARGEST_WHOLE = 1_000_000, 200, 3_000_000, 12_000_000
#: Bytes of a template once it is filled, and of one part of it.
LARGEST_FILLED, LARGEST_FILLED_PART = 4_000_000, 9_000_000
_ACTIVE = re.compile(r"(?i)embeddings/|activex|vba|customui|oleobject|\.(?:bin|exe|dll|js|vbs|hta|jar|ps1|docm|dotm)$")
_LINKED = re.compile(r"/(?:oleObject|package|attachedTemplate|frame|subDocument|aFChunk|control|vbaProject|externalLink)$")
_FIELDS = re.compile(r"(?i)\b(?:dde|ddeauto|includetext|includepicture|import|link|embed|macrobutton|database|rd)\b")
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_OBJECTS = {f"{_W}{name}" for name in ("object", "control", "altChunk", "subDoc", "attachedTemplate")}
_MACROS = "Tệp có macro, chương trình hoặc tệp nhúng bên trong. Lưu lại thành .docx thường, bỏ các phần nhúng, rồi tải lên."
_OUTSIDE = "Tệp Word lấy nội dung từ nơi khác (liên kết ngoài). Chép nội dung vào tệp, bỏ liên kết, rồi tải lên."


def require_safe(content: bytes, *, largest: int = LARGEST, largest_part: int = LARGEST_PART) -> None:
    """Refuse (``FileRejected``, field ``file``) what is no plain Word document: another kind, too large, a bomb, macros, embedded
    objects, content from elsewhere, fields that run or fetch something, XML with a DOCTYPE."""
    if not content or len(content) > largest:
        raise FileRejected(f"Mẫu Word không được trống và tối đa {largest // 1000} kB.")
    if ooxml.media_type_of(io.BytesIO(content)) != ooxml.DOCX:
        raise FileRejected("Tệp không phải văn bản Word (.docx).")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _require_bounded(archive)
            for name, part in _parts(archive, largest_part):
                _require_plain(name, part)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, KeyError, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise FileRejected("Tệp Word bị hỏng. Mở bằng Word, lưu lại thành tệp mới rồi tải lên.") from error


def _require_bounded(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    names = [entry.filename.lower() for entry in entries]
    if len(entries) > MOST_PARTS or sum(entry.file_size for entry in entries) > LARGEST_WHOLE:
        raise FileRejected("Mẫu Word bung ra quá lớn. Bỏ bớt hình rồi tải lên.")
    if len(set(names)) != len(names):
        raise FileRejected("Tệp Word có hai phần trùng tên. Mở bằng Word, lưu lại thành tệp mới rồi tải lên.")
    if any(_ACTIVE.search(name) for name in names):
        raise FileRejected(_MACROS)


def _parts(archive: zipfile.ZipFile, largest: int) -> Iterator[tuple[str, Any]]:
    """Name and root element of every XML part."""
    for entry in archive.infolist():
        if not entry.filename.lower().endswith((".xml", ".rels")):
            continue
        with archive.open(entry) as stream:
            content = stream.read(largest + 1)  # the declared size may lie
        if len(content) > largest:
            raise FileRejected("Mẫu Word bung ra quá lớn. Bỏ bớt nội dung rồi tải lên.")
        root = etree.fromstring(
            content, etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        )
        if root.getroottree().docinfo.doctype:
            raise FileRejected("Tệp Word có khai báo DOCTYPE. Mở bằng Word, lưu lại thành tệp mới rồi tải lên.")
        yield entry.filename, root


def _require_plain(name: str, root: Any) -> None:
    if name.endswith(".rels"):
        for link in root.iter("{*}Relationship"):
            _require_inside(link.get("Type", ""), link.get("Target", ""), link.get("TargetMode", ""))
        return
    if name == "[Content_Types].xml" and any("macroenabled" in (part.get("ContentType") or "").lower() for part in root):
        raise FileRejected(_MACROS)
    if any(node.tag in _OBJECTS for node in root.iter() if isinstance(node.tag, str)):
        raise FileRejected(_MACROS)
    told = "".join(node.text or "" for node in root.iter(f"{_W}instrText"))
    told += " ".join(node.get(f"{_W}instr") or "" for node in root.iter(f"{_W}fldSimple"))
    if _FIELDS.search(told) or "{{" in told or "{%" in told:
        raise FileRejected("Tệp Word có trường tự chạy hoặc lấy nội dung từ nơi khác (DDE, INCLUDE…). Bỏ trường ấy rồi tải lên.")


def _require_inside(kind: str, target: str, mode: str) -> None:
    if _LINKED.search(kind):
        raise FileRejected(_MACROS if "Project" in kind or "ole" in kind.lower() else _OUTSIDE)
    is_plain_link = kind.endswith("/hyperlink") and target.lower().startswith(("http://", "https://", "mailto:"))
    if mode == "External" and not is_plain_link:
        raise FileRejected(_OUTSIDE)
