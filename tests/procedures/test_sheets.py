"""YAML sheets are read strictly: every mistake is told with its place."""

import pytest

from engine.errors import Finding, ProcedureRejected
from engine.procedures import yaml_text
from engine.procedures.sheets import Sheet


def test_yaml_keeps_words_of_old_yaml_as_texts() -> None:
    read = yaml_text.load(b"a: yes\nb: on\nc: 2026-01-02\nd: true\ne: 15\nf: 1.5\ng: ~\nno: off\n", "x.yaml")
    assert read == {"a": "yes", "b": "on", "c": "2026-01-02", "d": True, "e": 15, "f": 1.5, "g": None, "no": "off"}


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        pytest.param(b"a: 1\na: 2\n", "x.yaml:2", "hai lần", id="twice"),
        pytest.param(b"a: &x [1]\nb: *x\n", "x.yaml:2", "bí danh", id="alias"),
        pytest.param(b"a: [1\nb: 2\n", "x.yaml:2", "Không đọc được", id="bracket"),
        pytest.param(b"a: !!python/object/apply:os.system [id]\n", "x.yaml:1", "Không đọc được", id="python"),
        pytest.param(b"a: \xff\n", "x.yaml", "UTF-8", id="encoding"),
        pytest.param(b"a: \x07\n", "x.yaml", "ký tự lạ", id="control"),
        pytest.param(b"? [a]\n: 1\n", "x.yaml:1", "phải là chữ", id="list-key"),
        pytest.param(b"[" * 60_000, "x.yaml:1", "quá sâu", id="deep"),
        pytest.param(b"- " * 30_000, "x.yaml", "quá sâu", id="deep-lines"),
        pytest.param(b"a: " + b"x" * 70_000, "x.yaml", "64 kB", id="large"),
    ],
)
def test_yaml_refuses(content: bytes, place: str, words: str) -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        yaml_text.load(content, place="x.yaml")
    (finding,) = refusal.value.findings
    assert (finding.place, words in finding.message) == (place, True), finding


def read_sheet(content: str) -> list[Finding]:
    findings: list[Finding] = []
    sheet = Sheet.parse(content.encode(), "x.yaml", findings)
    sheet.text("name")
    sheet.whole("count")
    sheet.number("share")
    sheet.flag("is_open")
    sheet.texts("lines")
    sheet.one_of("kind", ("a", "b"), "a")
    for part in (sheet.part("part"), *(row for row in sheet.rows("rows")), *(entry for _, entry in sheet.parts("parts"))):
        part.text_or("word")
        part.close()
    sheet.close()
    return findings


def test_sheet_accepts_what_is_right() -> None:
    content = "name: Tên\ncount: 3\nshare: 0.5\nis_open: true\nlines: [a, b]\nkind: b\npart: {word: x}\nrows: [{word: y}]\nparts: {z: }\n"
    assert read_sheet(content) == []


@pytest.mark.parametrize(
    ("content", "place", "code"),
    [
        pytest.param("count: 1", "x.yaml: name", "sheet.missing", id="missing"),
        pytest.param("name: 12", "x.yaml: name", "sheet.text", id="number-for-text"),
        pytest.param("name: a\ncount: -1", "x.yaml: count", "sheet.number", id="negative"),
        pytest.param("name: a\ncount: true", "x.yaml: count", "sheet.number", id="flag-for-number"),
        pytest.param("name: a\nshare: .nan", "x.yaml: share", "sheet.number", id="not-a-number"),
        pytest.param("name: a\nis_open: yes", "x.yaml: is_open", "sheet.flag", id="yes"),
        pytest.param("name: a\nlines: a", "x.yaml: lines", "sheet.list", id="no-list"),
        pytest.param("name: a\nkind: c", "x.yaml: kind", "sheet.word", id="other-word"),
        pytest.param("name: a\npart: [1]", "x.yaml: part", "sheet.shape", id="list-for-mapping"),
        pytest.param("name: a\nrows: {a: 1}", "x.yaml: rows", "sheet.list", id="mapping-for-list"),
        pytest.param("name: a\nrows: [{word: a}, {wrod: b}]", "x.yaml: rows[2].wrod", "sheet.unknown", id="mistyped-in-row"),
        pytest.param("name: a\nparts: {x: {wrod: b}}", "x.yaml: parts.x.wrod", "sheet.unknown", id="mistyped-in-part"),
        pytest.param("name: a\nnmae: b", "x.yaml: nmae", "sheet.unknown", id="mistyped"),
        pytest.param("- a", "x.yaml", "sheet.shape", id="list-file"),
        pytest.param("", "x.yaml", "sheet.shape", id="empty-file"),
    ],
)
def test_sheet_notes(content: str, place: str, code: str) -> None:
    assert (place, code) in [(finding.place, finding.code) for finding in read_sheet(content)]
