"""A procedure as files: read from a directory or a zip, bounded, with one SHA-256 over everything."""

import base64
import hashlib
import io
import stat
import unicodedata
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import MappingProxyType

from engine.errors import Finding, ProcedureRejected

#: Files of one folder, bytes of one file, bytes of all together (unpacked).
MAX_FILES, MAX_FILE, MAX_TOTAL = 300, 2 * 1024 * 1024, 16 * 1024 * 1024
#: Bytes of all YAML sheets together: reading them costs most.
MAX_SHEETS = 512 * 1024
_MAX_PATH = 200
#: Every file of a packed folder carries this date.
_PACKED_ON = (2025, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class Folder:
    """All files of one procedure: relative path → bytes, and the SHA-256 (hex) over sorted paths and contents."""

    files: Mapping[str, bytes]
    sha256: str

    def under(self, directory: str, *endings: str) -> list[str]:
        """Sorted paths directly inside ``directory`` that end so."""
        return sorted(path for path in self.files if str(PurePosixPath(path).parent) == directory and path.endswith(endings))


def read(source: Path | bytes) -> Folder:
    """The procedure in a directory, a zip file or a zip's bytes.

    Files whose name begins with a dot are left out. Refuses (``ProcedureRejected``) paths that leave the folder, links,
    more than ``MAX_FILES`` files, and files or totals that are too large.
    """
    if isinstance(source, bytes):
        return of(_zipped(source))
    if source.is_dir():
        return of(_stored(source))
    if source.is_file():
        if source.stat().st_size > MAX_TOTAL:
            raise _refusal(source.name, "too_large", f"Tệp nén quá {MAX_TOTAL // 2**20} MB.")
        return of(_zipped(source.read_bytes()))
    raise _refusal(str(source), "no_folder", "Không tìm thấy thư mục quy trình: hãy kiểm tra lại đường dẫn.")


def of(files: Iterable[tuple[str, bytes]]) -> Folder:
    """A folder of these files, checked against the limits one by one."""
    kept: dict[str, bytes] = {}
    total = sheets = 0
    for path, content in files:
        total += len(content)
        sheets += len(content) if path.endswith(".yaml") else 0
        _check_path(path)
        if path in kept:
            raise _refusal(path, "twice", "Tệp có hai lần trong thư mục quy trình.")
        if len(content) > MAX_FILE:
            raise _refusal(path, "too_large", f"Tệp quá {MAX_FILE // 2**20} MB.")
        if len(kept) >= MAX_FILES or total > MAX_TOTAL:
            raise _refusal(path, "too_many", f"Thư mục quy trình tối đa {MAX_FILES} tệp, {MAX_TOTAL // 2**20} MB.")
        if sheets > MAX_SHEETS:
            raise _refusal(path, "too_large", f"Các tệp YAML cộng lại quá {MAX_SHEETS // 1024} kB.")
        kept[path] = content
    return Folder(MappingProxyType(dict(sorted(kept.items()))), digest(kept))


def digest(files: Mapping[str, bytes]) -> str:
    """SHA-256, hex, over each path and content in order of paths; lengths keep the parts apart."""
    whole = hashlib.sha256()
    for path in sorted(files):
        for part in (path.encode(), files[path]):
            whole.update(len(part).to_bytes(8, "big") + part)
    return whole.hexdigest()


def packed(files: Mapping[str, bytes]) -> dict[str, str]:
    """Files as the database keeps them: relative path → base64 text."""
    return {path: base64.b64encode(content).decode() for path, content in files.items()}


def unpacked(files: Mapping[str, str]) -> dict[str, bytes]:
    """Files as they are: relative path → bytes."""
    return {path: base64.b64decode(content) for path, content in files.items()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """These files as a zip: the same files are the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(path, _PACKED_ON)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[path])
    return packed.getvalue()


def _stored(directory: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(directory.rglob("*")):
        relative = path.relative_to(directory).as_posix()
        if _is_hidden(relative):
            continue
        if path.is_symlink():
            raise _refusal(relative, "link", "Thư mục quy trình không được chứa đường liên kết.")
        if path.is_file():
            if path.stat().st_size > MAX_FILE:
                raise _refusal(relative, "too_large", f"Tệp quá {MAX_FILE // 2**20} MB.")
            yield unicodedata.normalize("NFC", relative), path.read_bytes()


def _zipped(content: bytes) -> Iterator[tuple[str, bytes]]:
    if len(content) > MAX_TOTAL:
        raise _refusal("zip", "too_large", f"Tệp nén quá {MAX_TOTAL // 2**20} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            if len(entries) > MAX_FILES * 2:
                raise _refusal("zip", "too_many", f"Thư mục quy trình tối đa {MAX_FILES} tệp.")
            top = _only_top_folder([entry.filename for entry in entries])
            for entry in entries:
                if not _is_hidden(entry.filename):
                    path = unicodedata.normalize("NFC", entry.filename[len(top) :])
                    yield path, _unpacked(archive, entry)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise _refusal(
            "zip", "not_a_zip", "Tệp nén bị hỏng, có mật khẩu hoặc không phải tệp .zip: hãy nén lại thư mục."
        ) from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise _refusal(entry.filename, "link", "Tệp nén không được chứa đường liên kết.")
    with archive.open(entry) as stream:
        content = stream.read(MAX_FILE + 1)  # the declared size may lie
    if len(content) > MAX_FILE:
        raise _refusal(entry.filename, "too_large", f"Tệp quá {MAX_FILE // 2**20} MB.")
    return content


def _only_top_folder(names: list[str]) -> str:
    """``dossier/`` when everything lies in that one folder and no ``procedure.yaml`` stands beside it."""
    shown = [name for name in names if not _is_hidden(name)]
    tops = {name.split("/", 1)[0] for name in shown}
    if len(tops) != 1 or "procedure.yaml" in shown:
        return ""
    top = tops.pop() + "/"
    return top if all(name.startswith(top) for name in shown) else ""


def _check_path(path: str) -> None:
    parts = path.split("/")
    is_plain = "\\" not in path and ":" not in path and path.isprintable() and len(path) <= _MAX_PATH
    if not is_plain or not path or any(part in ("", ".", "..") or part != part.strip() for part in parts):
        raise _refusal(path[:_MAX_PATH] or "?", "path", "Tên tệp không hợp lệ: chỉ dùng tên thường bên trong thư mục quy trình.")


def _is_hidden(path: str) -> bool:
    return path.startswith("__MACOSX/") or any(part.startswith(".") and part not in (".", "..") for part in path.split("/"))


def _refusal(place: str, code: str, message: str) -> ProcedureRejected:
    return ProcedureRejected([Finding(place, f"folder.{code}", message)])
