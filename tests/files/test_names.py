"""A kept file's name ends as what its bytes are."""

import pytest

from engine.files import contents


@pytest.mark.parametrize(
    ("name", "media_type", "expected"),
    [
        ("don.pdf", "application/pdf", "don.pdf"),
        ("anh.PDF", "image/png", "anh.png"),
        ("anh.JPEG", "image/jpeg", "anh.JPEG"),
        ("Đơn đề nghị", "application/pdf", "Đơn đề nghị.pdf"),
        ("ban.v2", "application/pdf", "ban.v2.pdf"),
        (".pdf", "image/png", ".pdf.png"),
    ],
    ids=["fits", "other", "other spelling", "none", "no known ending", "nothing else"],
)
def test_name_gets_the_ending_of_what_the_file_is(name: str, media_type: str, expected: str) -> None:
    assert contents.named(name, media_type) == expected
