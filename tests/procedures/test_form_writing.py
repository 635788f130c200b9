"""Forms read, changed and written by the designer mean what they meant."""

from pathlib import Path

import pytest

from engine.errors import Finding, ProcedureRejected
from engine.procedures import form_sheets, form_writing
from engine.procedures.form_conditions import Picked, picked, written
from engine.procedures.form_writing import Located

PROCESSES = Path(__file__).parents[2] / "processes"
SHEETS = sorted(PROCESSES.rglob("forms/*.yaml"))
EVERY = """
title: "Thử: đủ # thuộc tính"
help: "Hai dòng\\nliền nhau"
fields:
  - {name: a, type: choice, label: "yes", required: true, routes: true, choices: {"1": Một, b: {label: Hai, help: Vì sao}}, display: select}
  - {name: n, type: number, label: Số, min: 0, max: 2.5, decimals: 1, unit: kg, default: 0}
sections:
  - title: Nhóm
    help: Gợi ý
    fields:
      - {name: d, type: date, label: Ngày, min: "2026-01-01", max: today, visible_when: 'a == "b"'}
      - {name: p, type: person, label: Người, role: officer, assigns: process, required_when: n > 1}
      - {name: t, type: text, label: Mã, pattern: digits, min_length: 0, max_length: 12, default: "0123"}
"""


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: f"{sheet.parts[-3]}-{sheet.stem}")
def test_carried_form_means_the_same_after_writing(sheet: Path) -> None:
    content = sheet.read_bytes()
    again = form_writing.write(form_writing.read(content))
    findings: list[Finding] = []
    assert form_sheets.read("forms/x.yaml", again, findings) == form_sheets.read("forms/x.yaml", content, findings)
    assert findings == []
    assert form_writing.read(again) == form_writing.read(content)


def test_form_with_every_attribute_means_the_same_after_writing() -> None:
    sheet = form_writing.read(EVERY.encode())
    again = form_writing.write(sheet)
    assert form_writing.read(again) == sheet
    assert form_writing.check("forms/x.yaml", again) == ([], [])


def test_form_is_written_readably_and_without_what_says_nothing() -> None:
    sheet = {
        "fields": [{"label": "Lý do", "name": "reason", "required": False, "help": "", "min": 0, "type": "text"}],
        "title": "Ký",
        "sections": [],
    }
    assert form_writing.write(sheet).decode() == (
        "title: Ký\nfields:\n  - name: reason\n    type: text\n    label: Lý do\n    min: 0\n"
    )


@pytest.mark.parametrize(
    "content",
    [b"- a", b"title: a\nfields: {a: b}", b"title: a\nfields: [a]", b"sections: [{fields: [a]}]", b"a: *b", b"a: [", b"\xff"],
    ids=["list", "fields-mapping", "field-text", "section-field-text", "alias", "broken", "bytes"],
)
def test_sheet_no_designer_can_hold_is_refused(content: bytes) -> None:
    with pytest.raises(ProcedureRejected):
        form_writing.read(content, "forms/x.yaml")


def test_findings_stand_at_their_field() -> None:
    sheet = {
        "title": "X",
        "fields": [{"name": "a", "type": "text", "label": "A", "min_length": "x"}, {"name": "a", "type": "text", "label": "B"}],
        "sections": [{"title": "Nhóm", "fields": [{"name": "c", "type": "choice", "label": "C"}]}],
    }
    _findings, located = form_writing.check("forms/x.yaml", form_writing.write(sheet))
    assert [(found.section, found.field, found.attribute) for found in located] == [
        (0, 1, "min_length"),
        (1, 1, "choices"),
        (0, 2, "name"),
    ]


def test_finding_about_the_whole_form_has_no_field() -> None:
    _findings, located = form_writing.check("forms/x.yaml", b"fields: []\n")
    assert located == [Located(0, 0, "title", "Thiếu mục “title”: hãy ghi thêm.")]


def test_notes_of_the_author_stay_with_their_questions() -> None:
    former = (
        b"# dau\ntitle: X\nfields:\n  # cho a\n  - {name: a, type: text, label: A} # sau a\n  # cho b\n"
        b"  - {name: b, type: text, label: B}\n  # het\n"
    )
    sheet = form_writing.read(former)
    sheet["fields"] = [sheet["fields"][1] | {"required": True}, sheet["fields"][0] | {"name": "c"}]
    assert form_writing.write(sheet, former).decode() == (
        "# dau\ntitle: X\nfields:\n  # cho b\n  - name: b\n    type: text\n    label: B\n    required: true\n"
        "  # cho a\n  - name: c  # sau a\n    type: text\n    label: A\n  # het\n"
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('a = "x"', Picked("a", "is", "x")),
        ('a == "x"', Picked("a", "is", "x")),
        ("a != 3", Picked("a", "is_not", "3")),
        ("a = true", Picked("a", "is", "true")),
        ('a in ["x", "y"]', Picked("a", "one_of", "x, y")),
        ('"x" in a', Picked("a", "has", "x")),
        ("a >= 2.5", Picked("a", "at_least", "2.5")),
        ("a < 2", Picked("a", "below", "2")),
        ("a != null", Picked("a", "answered")),
        ("a = null", Picked("a", "empty")),
        ('a = "x" and b = 1', None),
        ("not a", None),
        ('a in ["x,y"]', None),
    ],
)
def test_condition_is_shown_in_pickers_where_they_can_say_it(source: str, expected: Picked | None) -> None:
    assert picked(source) == expected


@pytest.mark.parametrize(
    ("condition", "is_text", "expected"),
    [
        (Picked("a", "is", "12"), True, 'a == "12"'),
        (Picked("a", "is", "12"), False, "a == 12"),
        (Picked("a", "is", 'x" or true'), True, 'a == "x\\" or true"'),
        (Picked("a", "one_of", "x, y"), True, 'a in ["x", "y"]'),
        (Picked("a", "answered", "x"), True, "a != null"),
    ],
)
def test_pickers_write_an_expression(condition: Picked, is_text: bool, expected: str) -> None:
    assert written(condition, is_text=is_text) == expected
