"""Set-up: a machine that does not fit gets one clear sentence in Vietnamese and English and exit code 1."""

import hashlib
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from web import installing, refusing
from web.refusing import ROOT

_OLD_PYTHON = "import sys; sys.version_info = (3, 10, 4); from web.__main__ import main; sys.exit(main(['run']))"


def test_old_python_is_refused_before_anything_else() -> None:
    run = subprocess.run([sys.executable, "-c", _OLD_PYTHON], cwd=ROOT, capture_output=True, text=True, check=False)

    assert (run.returncode, run.stdout) == (1, "")
    assert run.stderr == (
        "Cần Python 3.11 trở lên, máy đang dùng 3.10.4: cài bản mới rồi gọi lại bằng bản đó.\n"
        "Python 3.11 or newer is needed, this is 3.10.4: install one and call it instead.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "port"),
    [
        (["run"], 8000),
        (["run", "--port", "9001"], 9001),
        (["run", "--no-demo", "--port=9001"], 9001),
        (["run", "--port"], None),
        (["run", "--port", "x"], None),
        (["run", "--port", "70000"], None),
    ],
)
def test_wanted_port_is_read_from_the_arguments(arguments: list[str], port: int | None) -> None:
    assert refusing.wanted_port(arguments) == port


def test_busy_port_is_refused_and_another_suggested() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(refusing.CannotStart) as refusal:
            refusing.check_machine(["run", "--port", str(port)])

    vietnamese, english = str(refusal.value).splitlines()
    assert vietnamese.startswith(f"Không mở được cổng {port} ")
    assert english.startswith(f"Port {port} is in use")


def test_unwritable_data_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(in_the_way / "var"))

    with pytest.raises(refusing.CannotStart, match=r"^Không ghi được vào .*/file/var \(Not a directory\)"):
        refusing.check_machine(["run", "--port", "0"])


def test_help_looks_at_no_port() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        refusing.check_machine(["run", "--help", "--port", str(other.getsockname()[1])])


def test_stamp_follows_the_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lock = tmp_path / "requirements.lock.txt"
    lock.write_text("segno==1.6.6\n", encoding="utf-8")
    monkeypatch.setattr(installing, "STAMP", tmp_path / "stamp")
    assert not installing.is_stamped(lock)

    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    (tmp_path / "stamp").write_text(f"other.txt 00\nrequirements.lock.txt {digest}\n", encoding="ascii")
    assert installing.is_stamped(lock)

    lock.write_text("segno==1.6.7\n", encoding="utf-8")
    assert not installing.is_stamped(lock)


@pytest.mark.slow
def test_fresh_copy_without_network_says_so(tmp_path: Path) -> None:
    run = _run_fresh_copy(tmp_path, "openapi", lock=None)

    made, installed, vietnamese, english = run.stderr.splitlines()
    assert (run.returncode, run.stdout) == (1, "")
    assert made.startswith("[1/2] Tạo môi trường .venv / making .venv … xong / done (")
    assert installed.endswith(" libraries by hash … không xong / failed")
    assert vietnamese.startswith("Không tải được thư viện vì máy không ra được mạng")
    assert english.startswith("The libraries cannot be downloaded, no network")


@pytest.mark.slow
def test_fresh_copy_is_made_once_and_continues_inside(tmp_path: Path) -> None:
    run = _run_fresh_copy(tmp_path, "openapi", lock="# nothing to install\n")
    again = _run_fresh_copy(tmp_path, "openapi", lock="# nothing to install\n")

    inside = f"{(tmp_path / 'copy' / '.venv').resolve()}\n"
    assert [(one.returncode, one.stdout) for one in (run, again)] == [(0, inside)] * 2
    assert (len(run.stderr.splitlines()), again.stderr) == (2, "")


def _run_fresh_copy(folder: Path, command: str, *, lock: str | None) -> subprocess.CompletedProcess[str]:
    """Call ``python3 -m web`` in a copy of the set-up files whose command line prints where it runs; no network is reached."""
    copy = folder / "copy"
    (copy / "web").mkdir(parents=True, exist_ok=True)
    for name in ("web/__init__.py", "web/__main__.py", "web/installing.py", "web/refusing.py", "requirements.lock.txt"):
        shutil.copyfile(ROOT / name, copy / name)
    if lock is not None:
        (copy / "requirements.lock.txt").write_text(lock, encoding="utf-8")
    (copy / "web" / "cli.py").write_text(
        "import sys\n\ndef main(arguments):\n    print(sys.prefix)\n    return 0\n", encoding="utf-8"
    )
    nowhere = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": "", "PIP_NO_CACHE_DIR": "1", "PIP_RETRIES": "0"}
    python = Path(sys.base_prefix) / "bin" / "python3"
    command_line = [str(python), "-m", "web", command]
    return subprocess.run(command_line, cwd=copy, env=os.environ | nowhere, capture_output=True, text=True, check=False)
