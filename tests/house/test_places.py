"""Committed files work on any machine and behind any mirror."""

import re

from tests.house import source

_HOSTS = ["py" + "pi.org", "python" + "hosted.org", "registry.npm" + "js.org", "deb.deb" + "ian.org", "--index" + "-url"]
_FOLDERS = ["wo" + "rk", "fa" + "rm", "ro" + "ot", "tmp/re" + "search"]
_MACHINE_PATH = re.compile(rf"(^|[^A-Za-z0-9_.])/({'|'.join(_FOLDERS)})/", re.MULTILINE)


def test_no_file_names_a_package_index() -> None:
    naming = [f"{name}: {host}" for name, text in source.texts() for host in _HOSTS if host in text]

    assert naming == []


def test_no_file_names_a_folder_of_one_machine() -> None:
    naming = [f"{name}: {found.group().strip()}" for name, text in source.texts() if (found := _MACHINE_PATH.search(text))]

    assert naming == []


def test_a_machine_path_is_found() -> None:
    assert _MACHINE_PATH.search(f"open('/{_FOLDERS[0]}/main')") is not None
    assert _MACHINE_PATH.search(f"net{_FOLDERS[0]}/main") is None
