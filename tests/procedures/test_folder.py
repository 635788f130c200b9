"""A folder is read whole, bounded, and known by one hash."""

import io
import stat
import zipfile
from pathlib import Path

import pytest

from engine.errors import ProcedureRejected
from engine.procedures import folder

FILES = {"procedure.yaml": b"code: a\n", "forms/sign.yaml": b"title: K\xc3\xbd\n"}


def zipped(files: dict[str, bytes], top: str = "") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path, content in files.items():
            archive.writestr(top + path, content)
    return stream.getvalue()


def stored(files: dict[str, bytes], at: Path) -> Path:
    for path, content in files.items():
        (at / path).parent.mkdir(parents=True, exist_ok=True)
        (at / path).write_bytes(content)
    return at


def test_folder_is_the_same_from_directory_zip_and_zip_with_a_top_folder(tmp_path: Path) -> None:
    directory = folder.read(stored(FILES, tmp_path))
    plain, with_top = folder.read(zipped(FILES)), folder.read(zipped(FILES, "dossier/"))
    assert dict(directory.files) == FILES
    assert [directory.sha256, plain.sha256, with_top.sha256] == [folder.digest(FILES)] * 3


def test_folder_hash_keeps_paths_and_contents_apart() -> None:
    hashes = {folder.digest(files) for files in ({"a": b"bc"}, {"ab": b"c"}, {"a": b"b", "c": b""}, {"a": b"b"})}
    assert len(hashes) == 4


def test_folder_leaves_out_what_a_desktop_adds(tmp_path: Path) -> None:
    added = {".DS_Store": b"x", "forms/.sign.yaml.swp": b"x", "__MACOSX/._procedure.yaml": b"x"}
    assert dict(folder.read(zipped({**FILES, **added})).files) == FILES
    assert dict(folder.read(stored({**FILES, ".git/config": b"x"}, tmp_path)).files) == FILES


def test_folder_lists_the_files_of_one_directory() -> None:
    assert folder.of(FILES.items()).under("forms", ".yaml") == ["forms/sign.yaml"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        pytest.param("../outside.yaml", "folder.path", id="parent"),
        pytest.param("forms/../../outside.yaml", "folder.path", id="parent-inside"),
        pytest.param("/etc/passwd", "folder.path", id="absolute"),
        pytest.param("forms\\sign.yaml", "folder.path", id="backslash"),
        pytest.param("C:evil.yaml", "folder.path", id="drive"),
        pytest.param("forms/a\nb.yaml", "folder.path", id="line-break"),
        pytest.param("forms/ sign.yaml", "folder.path", id="blank-before"),
        pytest.param("a" * 201, "folder.path", id="too-long"),
    ],
)
def test_folder_refuses_a_path(path: str, code: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        folder.of([*FILES.items(), (path, b"x")])
    assert [finding.code for finding in refusal.value.findings] == [code]


def test_folder_refuses_too_many_and_too_large_files() -> None:
    codes = []
    for files in (
        [(f"forms/f{n}.yaml", b"") for n in range(folder.MAX_FILES + 1)],
        [("README.md", b"x" * (folder.MAX_FILE + 1))],
        [(f"slips/s{n}.typ", b"x" * folder.MAX_FILE) for n in range(9)],
        [(f"forms/f{n}.yaml", b"x" * 60_000) for n in range(9)],
        [("README.md", b"a"), ("README.md", b"b")],
    ):
        with pytest.raises(ProcedureRejected) as refusal:
            folder.of(files)
        codes += [finding.code for finding in refusal.value.findings]
    assert codes == ["folder.too_many", "folder.too_large", "folder.too_many", "folder.too_large", "folder.twice"]


def test_folder_refuses_a_zip_bomb_by_what_it_unpacks() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("README.md", b"0" * (50 * 2**20))
    with pytest.raises(ProcedureRejected) as refusal:
        folder.read(stream.getvalue())
    assert [finding.code for finding in refusal.value.findings] == ["folder.too_large"]


def test_folder_refuses_links(tmp_path: Path) -> None:
    (tmp_path / "README.md").symlink_to("/etc/hostname")
    link = zipfile.ZipInfo("README.md")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(link, "/etc/hostname")
    for source in (tmp_path, stream.getvalue()):
        with pytest.raises(ProcedureRejected) as refusal:
            folder.read(source)
        assert [finding.code for finding in refusal.value.findings] == ["folder.link"]


@pytest.mark.parametrize("content", [b"", b"not a zip", zipped(FILES)[:60]], ids=["empty", "text", "cut"])
def test_folder_refuses_what_is_no_zip(content: bytes) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        folder.read(content)
    assert [finding.code for finding in refusal.value.findings] == ["folder.not_a_zip"]


def test_folder_refuses_a_missing_directory(tmp_path: Path) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        folder.read(tmp_path / "nowhere")
    assert [finding.code for finding in refusal.value.findings] == ["folder.no_folder"]
