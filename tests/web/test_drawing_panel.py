"""Every key of a procedure's sheet can be written beside the drawing, or is said to be written elsewhere; no box is without its reader."""

import re
from pathlib import Path

import pytest

from engine.errors import Finding
from engine.procedures import procedure_sheet

WEB = Path(__file__).resolve().parents[2] / "web"
SCRIPTS = "".join(path.read_text() for path in sorted((WEB / "static" / "js").glob("modeler*.js")))
PANEL = "".join(
    (WEB / "templates" / "procedure_drafts" / name).read_text() for name in ("_panel.html", "_panel_rows.html", "model.html")
)
#: Set once with the draft; written from the drawing; looked after on the page of slips; for procedures opened from elsewhere.
ELSEWHERE = frozenset({"code", "capabilities", "slips", "has_subject"})
#: Part of the sheet → a sheet whose only mistake is an unknown key there, so that the reader lists the known ones.
ASKED = {
    "whole": "x_: 1",
    "start": "start: {x_: 1}",
    "lane": "lanes: {a: {x_: 1}}",
    "step": "steps: {a: {x_: 1}}",
    "hands_out": "steps: {a: {hands_out: {x_: 1}}}",
    "message": "messages: {a: {x_: 1}}",
    "coverage": "coverage: {x_: 1}",
}


def known_keys(sheet: str) -> list[str]:
    """What the reader says may be written where ``x_`` stands."""
    findings: list[Finding] = []
    procedure_sheet.read(sheet.encode(), findings)
    (said,) = [finding.message for finding in findings if finding.code == "sheet.unknown"]
    return said.rpartition("Dùng được: ")[2].removesuffix(".").split(", ")


@pytest.mark.parametrize("sheet", ASKED.values(), ids=ASKED.keys())
def test_every_key_of_the_sheet_is_reached_beside_the_drawing(sheet: str) -> None:
    keys = known_keys(sheet)
    assert len(keys) > 1
    assert [key for key in keys if key not in ELSEWHERE and not re.search(rf"'{key}'", SCRIPTS)] == []


def test_every_box_of_the_panel_is_read_and_every_reader_has_its_box() -> None:
    boxes = set(re.findall(r'(?:entry|area|pick|tick|ticks|rows)\("([a-z]+\.[a-z_]+)"', PANEL))
    boxes |= set(re.findall(r'data-(?:field|rows|press)="([a-z]+\.[a-z_]+)"', PANEL))
    boxes |= set(re.findall(r'"([a-z]+\.add_[a-z]+)"', PANEL))
    readers = set(re.findall(r"^ {6}'([a-z]+\.[a-z_]+)':", SCRIPTS, re.MULTILINE))
    assert boxes == readers


def test_every_row_of_the_panel_has_its_pattern() -> None:
    wanted = set(re.findall(r'(?:data-template=|, )"([a-z]+-row)"', PANEL))
    assert wanted == set(re.findall(r'<template id="([a-z]+-row)"', PANEL))
