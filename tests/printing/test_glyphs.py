"""What can be printed is known before it is printed: the character map and the compositor agree."""

import sys
import unicodedata

import pytest

from engine.printing import glyphs, typeset
from engine.printing.press import PrintingFailed
from tests.printing.reading import ISSUED_AT

SAY = '#import "/house.typ": data\n#data.words\n#strong(data.words)\n#emph(data.words)\n#strong(emph(data.words))'


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ("Ữ ữ Ặ ẵ Ợ ỡ Ỹ ỵ Ẫ ễ đ Đ – “ ” … ₫", []),
        ("Y Krông Niê-Kđăm ƀ č ĕ ĭ ŏ ŭ ñ e\u0302\u0306 o\u031b\u0306\n\tH'Hen", []),
        ("Trần ☐ Văn 😀 A ☐", ["☐", "😀"]),
        ("中\u0000\ufeff\ue000", ["中", "\u0000", "\ufeff", "\ue000"]),
        ("a\u200bb\u00adc", []),
        ("a\u202eb\u2066c\u2069", ["\u202e", "\u2066", "\u2069"]),
        ("", []),
    ],
    ids=[
        "the string of 8.7",
        "minority languages",
        "symbols",
        "Chinese, null, mark, private",
        "invisible",
        "reordering",
        "nothing",
    ],
)
def test_unprintable_names_each_character_once(words: str, missing: list[str]) -> None:
    assert glyphs.unprintable(words) == missing


def test_refusal_shows_a_sign_and_spells_what_is_invisible() -> None:
    assert glyphs.refusal("Ánh 😀\u202e") == "Phiếu không in được ký tự: 😀 U+202E. Hãy bỏ ký tự này."
    assert glyphs.refusal("Ánh") is None


def test_every_printable_character_prints_in_every_cut() -> None:
    everything = "".join(chr(code) for code in sorted(glyphs.printable()))
    assert len(everything) > 2000
    assert typeset.pdf(SAY, {"words": everything}, issued_at=ISSUED_AT).startswith(b"%PDF-1.7")


def test_no_letter_or_sign_outside_the_map_prints() -> None:
    visible = [chr(code) for code in range(0x21, sys.maxunicode, 997) if unicodedata.category(chr(code))[0] in "LNPS"]
    for character in [one for one in visible if glyphs.unprintable(one)][::9]:
        with pytest.raises(PrintingFailed):
            typeset.pdf(SAY, {"words": character}, issued_at=ISSUED_AT)
