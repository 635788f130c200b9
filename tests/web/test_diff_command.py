"""``procedures diff``: one sentence for each difference."""

from pathlib import Path

import pytest

from tests.cases.conftest import LETTER
from web import cli


def copied(place: Path, before: str, after: str) -> str:
    """The letter's folder with one text of its sheet replaced."""
    for path in (path for path in LETTER.rglob("*") if path.is_file()):
        target = place / path.relative_to(LETTER)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(path.read_bytes().replace(before.encode(), after.encode()))
    return str(place)


def test_folders_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = copied(tmp_path / "letter", "draft: {term: 8h", "draft: {term: 90m")
    assert cli.main(["procedures", "diff", str(LETTER), other]) == 1
    assert capsys.readouterr().out.splitlines() == [
        "  draft: Đổi thời hạn của bước “Soạn trả lời”: từ “8 giờ” thành “90 phút”.",
        "Có 1 điểm khác nhau.",
    ]


def test_equal_folders_do_not_differ(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["procedures", "diff", str(LETTER), str(LETTER)]) == 0
    assert capsys.readouterr().out.splitlines() == ["Hai bản như nhau."]
