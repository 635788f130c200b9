"""Remarks of hand-written sheets survive the designers: at their place, or gone with what they spoke of; nothing else changes."""

from pathlib import Path

import pytest

from engine.procedures import folder, form_writing, sheet_writing, yaml_comments, yaml_text
from engine.procedures.folder import Folder

PROCESSES = Path(__file__).parents[2] / "processes"
SHEETS = sorted(PROCESSES.glob("*/procedure.yaml"))
FORMS = sorted(PROCESSES.glob("*/forms/*.yaml"))
REMARKED = b"""# Dau tep
title: Ten  # sau ten

steps:
  # Truoc a
  a: {term: 4h, help: "x # y"}  # sau a
  # Truoc b
  b:
    # Truoc term
    term: 2h  # sau term
    help: |  # sau help
      # khong phai ghi chu

      het
  # Het steps
lanes: {
  x: {role: head}, # sau x
  y: {role: leader} # sau y
}
# Cuoi tep
"""


def of(content: bytes) -> Folder:
    return folder.of([("procedure.yaml", content)])


def saved(content: bytes, sheet: object) -> bytes:
    assert isinstance(sheet, dict)
    written = sheet_writing.changed(of(content), sheet)["procedure.yaml"]
    assert written is not None
    return written


def ids(path: Path) -> str:
    return f"{path.relative_to(PROCESSES).parts[0]}-{path.stem}"


@pytest.mark.parametrize("path", SHEETS, ids=ids)
def test_every_remark_of_a_carried_sheet_survives_a_change(path: Path) -> None:
    content = path.read_bytes()
    sheet = yaml_text.load(content, "") | {"title": "Tên khác"}
    written = saved(content, sheet)
    assert yaml_text.load(written, "") == sheet
    assert list(yaml_text.load(written, "")) == list(sheet)
    assert yaml_comments.remarks_of(written) == yaml_comments.remarks_of(content)
    assert saved(written, sheet | {"title": "Tên nữa"}) == written.replace("Tên khác".encode(), "Tên nữa".encode())


@pytest.mark.parametrize("path", SHEETS, ids=ids)
def test_taking_any_entry_out_of_a_carried_sheet_leaves_the_others_as_they_are(path: Path) -> None:
    content = path.read_bytes()
    sheet = yaml_text.load(content, "")
    for key in sheet:
        left = {name: value for name, value in sheet.items() if name != key}
        written = saved(content, left)
        assert yaml_text.load(written, "") == left
        assert set(yaml_comments.remarks_of(written)) <= set(yaml_comments.remarks_of(content))


@pytest.mark.parametrize("path", FORMS, ids=ids)
def test_remarks_before_every_question_of_a_carried_form_survive(path: Path) -> None:
    plain = form_writing.write(form_writing.read(path.read_bytes()))
    lines = plain.decode().splitlines()
    remarked = "\n".join(part for n, line in enumerate(lines) for part in (*_above(n, line), line)).encode()
    sheet = form_writing.read(plain)
    if form_writing.read(remarked) == sheet:
        written = form_writing.write(sheet | {"title": "Tên khác"}, remarked)
        assert yaml_comments.remarks_of(written) == yaml_comments.remarks_of(remarked)
    assert form_writing.read(form_writing.write(sheet | {"title": "Tên khác"}, remarked)) == sheet | {"title": "Tên khác"}


def _above(number: int, line: str) -> list[str]:
    indent = len(line) - len(line.lstrip())
    return [f"{' ' * indent}# {number}"] if line.lstrip().startswith("- name") else []


def test_a_remark_goes_where_its_entry_goes() -> None:
    sheet = yaml_text.load(REMARKED, "")
    sheet["steps"] = {"c": sheet["steps"]["b"], "a": sheet["steps"]["a"] | {"term": "1d"}}
    sheet["code"] = "ma"
    assert saved(REMARKED, sheet).decode() == (
        "# Dau tep\n"
        "code: ma\n"
        "title: Ten  # sau ten\n"
        "\n"
        "steps:\n"
        "  # Truoc b\n"
        "  # Truoc term\n"
        "  # sau help\n"
        '  c: {term: 2h, help: "# khong phai ghi chu\\n\\nhet\\n"}  # sau term\n'
        "  # Truoc a\n"
        "  a: {term: 1d, help: 'x # y'}  # sau a\n"
        "  # Het steps\n"
        "lanes:\n"
        "  x: {role: head}  # sau x\n"
        "  y: {role: leader}  # sau y\n"
        "# Cuoi tep\n"
    )


def test_a_remark_is_gone_with_its_entry() -> None:
    sheet = yaml_text.load(REMARKED, "")
    del sheet["steps"]["b"], sheet["lanes"]["x"]
    written = saved(REMARKED, sheet)
    assert yaml_comments.remarks_of(written) == [
        "# Dau tep", "# sau ten", "# Truoc a", "# sau a", "# Het steps", "# sau y", "# Cuoi tep",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "former",
    [b"", b"# a\n- b\n", b"a: [\n", b"\xff# a", b"# only\n", b"a: *b # c\n", b"a: 1\na: 2 # c\n"],
    ids=["nothing", "a list", "broken", "bytes", "remark only", "alias", "twice"],
)
def test_a_former_file_of_any_kind_leaves_what_is_written_readable(former: bytes) -> None:
    assert yaml_text.load(yaml_comments.kept(former, b"a: 1\n"), "") == {"a": 1}


def test_a_long_text_takes_no_remark_into_itself() -> None:
    former = f"help: {'từ ' * 60}# sau\nfields: [{{name: a, label: {'từ ' * 60}}}] # sau nữa\n".encode()
    sheet = form_writing.read(former)
    written = form_writing.write(sheet | {"title": "A"}, former)
    assert form_writing.read(written) == sheet | {"title": "A"}
    assert sorted(yaml_comments.remarks_of(written)) == ["# sau", "# sau nữa"]
