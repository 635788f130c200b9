"""Small true files of every allowed kind, and false ones."""

import io
import struct
import zipfile
import zlib

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
DOCX_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def make_chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def make_png(width: int = 2, height: int = 2) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00\xff\xff" * 2)
    return b"\x89PNG\r\n\x1a\n" + make_chunk(b"IHDR", header) + make_chunk(b"IDAT", rows) + make_chunk(b"IEND", b"")


def make_jpeg(width: int = 8, height: int = 8) -> bytes:
    app0 = b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + app0 + frame + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00" + b"\x12\x34" * 20 + b"\xff\xd9"


def make_tiff(width: int = 8, height: int = 8, order: str = "<") -> bytes:
    sign = b"II*\x00" if order == "<" else b"MM\x00*"
    entries = struct.pack(order + "HHIHH", 256, 3, 1, width, 0) + struct.pack(order + "HHII", 257, 4, 1, height)
    return sign + struct.pack(order + "IH", 8, 2) + entries + b"\x00" * 4


def make_zip(entries: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return out.getvalue()


def make_office(part: str, kind: str, **more: bytes) -> bytes:
    types = f'<Types><Override PartName="/{part}" ContentType="{kind}.main+xml"/></Types>'.encode()
    return make_zip(
        {"[Content_Types].xml": types, part: b"<document/>", **{name.replace("__", "/"): data for name, data in more.items()}}
    )


DOCX = make_office("word/document.xml", DOCX_TYPE)
XLSX = make_office("xl/workbook.xml", XLSX_TYPE)
ZIP = make_zip({"letter.txt": b"Xin ch\xc3\xa0o"})
