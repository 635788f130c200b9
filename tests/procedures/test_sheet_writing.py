"""The sheet as plain values and back: nothing is lost, the file stays readable, the same values give the same bytes."""

from pathlib import Path
from typing import Any

import pytest

from engine.errors import AnswersRejected, ProcedureRejected
from engine.procedures import folder, procedure_sheet, sheet_writing
from engine.procedures.folder import Folder

PROCESSES = Path(__file__).parents[2] / "processes"
FOLDERS = sorted(path.parent for path in PROCESSES.glob("*/procedure.yaml"))


def of(text: str) -> Folder:
    return folder.of([("procedure.yaml", text.encode())])


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.name)
def test_a_sheet_that_was_written_says_what_was_read(path: Path) -> None:
    before = folder.read(path)
    written = sheet_writing.write(sheet_writing.read(before))
    findings: list[Any] = []
    assert procedure_sheet.read(written, findings) == procedure_sheet.read(before.files["procedure.yaml"], [])
    assert findings == []
    assert sheet_writing.write(sheet_writing.read(of(written.decode()))) == written


def test_a_sheet_is_written_as_people_write_it() -> None:
    sheet = {
        "lanes": {"Văn thư": {"of_division": False, "role": "registrar"}},
        "steps": {
            "sign": {"status": None, "help": "", "term": "4h", "escalations": []},
            "yes": {"help": "x" * 120, "term": "1d"},
        },
        "start": {"roles": ["clerk"], "values": {"channel": None}},
        "iso_clauses": ["ISO 9001:2015 8.6 Thông qua sản phẩm", "7.5"],
        "public_services": ["*"],
        "retention_years": 10,
        "code": "dossier",
        "waits": {},
        "own": {"kept": True},
    }
    assert sheet_writing.write(sheet).decode() == (
        "code: dossier\n"
        "iso_clauses:\n"
        "  - ISO 9001:2015 8.6 Thông qua sản phẩm\n"
        "  - '7.5'\n"
        "retention_years: 10\n"
        "public_services: ['*']\n"
        "start:\n"
        "  roles: [clerk]\n"
        "  values: {channel: null}\n"
        "lanes:\n"
        "  Văn thư: {role: registrar, of_division: false}\n"
        "steps:\n"
        "  sign: {term: 4h, escalations: []}\n"
        "  'yes':\n"
        "    term: 1d\n"
        f"    help: {'x' * 120}\n"
        "waits: {}\n"
        "own:\n"
        "  kept: true\n"
    )


TEXTS = [
    "8h",
    "a: b",
    "# không",
    "- x",
    "null",
    "true",
    "yes",
    "2026-01-01",
    "1.5",
    '"',
    "'",
    '=a == "b"',
    "hai\ndòng\n",
    "",
    " x ",
    "…",
    "{a}",
    "[1]",
    "&a",
    "*",
]


@pytest.mark.parametrize("text", TEXTS)
def test_any_text_comes_back(text: str) -> None:
    sheet = {"title": text, "slips": {"a": [text]}, "own": {text: text}}
    assert sheet_writing.read(of(sheet_writing.write(sheet).decode())) == sheet


def test_a_sheet_that_says_the_same_keeps_its_file_and_its_remarks() -> None:
    same = of("# lý do\ncode: a\n")
    assert sheet_writing.changed(same, {"code": "a"}) == {}
    assert sheet_writing.changed(same, {"code": "b"}) == {"procedure.yaml": "# lý do\ncode: b\n".encode()}
    assert sheet_writing.changed(of("a: [\n"), {"code": "b"}) == {"procedure.yaml": b"code: b\n"}


def test_a_text_no_file_can_hold_is_refused() -> None:
    with pytest.raises(AnswersRejected, match="xem từng mục"):
        sheet_writing.write({"title": "\ud800"})


@pytest.mark.parametrize("text", ["- a\n", "a: [\n"], ids=["a list", "no YAML"])
def test_a_file_that_is_no_sheet_is_refused(text: str) -> None:
    with pytest.raises(ProcedureRejected):
        sheet_writing.read(of(text))


def test_a_folder_without_a_sheet_reads_as_empty() -> None:
    assert sheet_writing.read(folder.of([("README.md", b"x")])) == {}
