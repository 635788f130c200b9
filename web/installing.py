"""Make ``.venv`` from the hashed lock and continue inside it. Standard library only.

A stamp in ``.venv`` holds the hash of each lock installed there, so a second start costs one file read and a changed lock is
installed by the next start.
"""

import contextlib
import hashlib
import importlib
import importlib.util
import os
import subprocess
import sys
import time
import venv
from collections.abc import Iterator, Sequence
from pathlib import Path

from web.refusing import ROOT, CannotStart, unwritable

VENV = ROOT / ".venv"
STAMP = VENV / "quytrinh.locks"
RUNTIME_LOCK = ROOT / "requirements.lock.txt"
DEV_LOCK = ROOT / "requirements-dev.lock.txt"
_IS_WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if _IS_WINDOWS else "bin/python")
_NETWORK_WORDS = (
    "NewConnectionError",
    "Failed to establish",
    "ConnectTimeout",
    "Name or service",
    "name resolution",
    "ProxyError",
)


def ensure(arguments: Sequence[str]) -> None:
    """Return when this process runs inside an up-to-date ``.venv``; else make it and start the same command there.

    A package installed by other means has no lock beside it and is left as it is. Refuses with ``CannotStart``.
    """
    lock = DEV_LOCK if arguments[:1] == ["test"] else RUNTIME_LOCK
    if not lock.exists():
        return
    try:
        if not is_stamped(lock):
            with _alone():
                _install(lock)
    except OSError as error:
        raise unwritable(VENV, error) from error
    if Path(sys.prefix).resolve() != VENV.resolve():
        _continue_inside(arguments)


def is_stamped(lock: Path) -> bool:
    """Whether exactly this lock was installed by an earlier start."""
    return STAMP.exists() and _seal(lock) in STAMP.read_text(encoding="ascii").splitlines()


def _seal(lock: Path) -> str:
    return f"{lock.name} {hashlib.sha256(lock.read_bytes()).hexdigest()}"


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two first starts at once: the second waits for the first."""
    if _IS_WINDOWS:
        yield
        return
    import fcntl

    with RUNTIME_LOCK.open("rb") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _progress(text: str) -> Iterator[None]:
    """A line on standard error: standard output belongs to the command."""
    print(f"{text} … ", end="", file=sys.stderr, flush=True)
    begin = time.monotonic()
    try:
        yield
    except BaseException:
        print("không xong / failed", file=sys.stderr, flush=True)
        raise
    print(f"xong / done ({time.monotonic() - begin:.1f} s)", file=sys.stderr, flush=True)


def _install(lock: Path) -> None:
    if is_stamped(lock):
        return
    if not _is_usable():
        _require_ensurepip()
        with _progress("[1/2] Tạo môi trường .venv / making .venv"):
            venv.create(VENV, with_pip=True, clear=True, symlinks=not _IS_WINDOWS)
    count = sum(line[:1].isalnum() for line in lock.read_text(encoding="utf-8").splitlines())
    with _progress(f"[2/2] Cài {count} thư viện, có kiểm mã băm / installing {count} libraries by hash"):
        _pip_install(lock)
        _write_launcher()
    seals = [_seal(RUNTIME_LOCK), _seal(DEV_LOCK)] if lock == DEV_LOCK else [_seal(RUNTIME_LOCK)]
    STAMP.write_text("\n".join(seals) + "\n", encoding="ascii")


def _is_usable() -> bool:
    """Whether ``.venv`` holds a Python of a fitting version with pip: an interrupted start may have left half of one."""
    if not PYTHON.exists():
        return False
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", probe], capture_output=True, check=False).returncode == 0


def _require_ensurepip() -> None:
    """Debian keeps ``ensurepip`` in a package of its own: install it as root, else name the one command."""
    if importlib.util.find_spec("ensurepip"):
        return
    package = f"python{sys.version_info.major}.{sys.version_info.minor}-venv"
    if not _IS_WINDOWS and os.geteuid() == 0:
        with _progress(f"[0/2] Cài {package} / installing {package}"):
            apt_install(package)
        importlib.invalidate_caches()
    if not importlib.util.find_spec("ensurepip"):
        raise CannotStart(
            f"Máy thiếu gói {package}: chạy `sudo apt-get install {package}` rồi gọi lại lệnh này.",
            f"The package {package} is missing: run `sudo apt-get install {package}`, then call this again.",
        )


def apt_install(package: str) -> bool:
    """Install a Debian package as root; whether it worked."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    commands = (["apt-get", "-q", "update"], ["apt-get", "-q", "install", "-y", "--no-install-recommends", package])
    try:
        runs = [subprocess.run(command, env=environment, capture_output=True, check=False) for command in commands]
    except FileNotFoundError:
        return False
    return runs[-1].returncode == 0


def _pip_install(lock: Path) -> None:
    options = ["--require-hashes", "--only-binary", ":all:", "--no-deps", "--progress-bar", "off", "--retries", "2", "-q"]
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", *options, "-r", str(lock)]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    run = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if run.returncode == 0:
        return
    output = run.stdout + run.stderr
    if any(word in output for word in _NETWORK_WORDS):
        raise CannotStart(
            "Không tải được thư viện vì máy không ra được mạng: kiểm tra mạng hoặc HTTPS_PROXY, PIP_INDEX_URL rồi gọi lại.",
            "The libraries cannot be downloaded, no network: check it or HTTPS_PROXY, PIP_INDEX_URL, then call again.",
        )
    last_lines = " ".join(output.strip().splitlines()[-3:])
    raise CannotStart(f"Không cài được thư viện: {last_lines}", "The libraries cannot be installed: pip's words stand above.")


def _write_launcher() -> None:
    """Make the project importable in ``.venv`` and give it the command ``quytrinh``."""
    probe = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=True).stdout.strip()
    Path(packages, "quytrinh.pth").write_text(f"{ROOT}\n", encoding="utf-8")
    if _IS_WINDOWS:
        PYTHON.with_name("quytrinh.cmd").write_text(f'@"{PYTHON}" -P -m web %*\r\n', encoding="utf-8")
        return
    launcher = PYTHON.with_name("quytrinh")
    launcher.write_text(f'#!/bin/sh\nexec "{PYTHON}" -P -m web "$@"\n', encoding="utf-8")
    launcher.chmod(0o755)


def _continue_inside(arguments: Sequence[str]) -> None:
    command = [str(PYTHON), "-m", "web", *arguments]
    sys.stdout.flush()
    if _IS_WINDOWS:
        sys.exit(subprocess.run(command, check=False).returncode)
    os.execv(PYTHON, command)  # noqa: S606 - the same command, inside .venv
