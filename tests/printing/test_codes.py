"""Code 128 and QR: the symbols of the standard, and what a scanner reads back."""

import pytest

from engine.printing import codes, typeset
from engine.printing.press import PrintingFailed
from tests.printing import reading

PAGE = """
#import "/house.typ": data
#set page(width: 160mm, height: 60mm, margin: 4mm)
#image(bytes(data.code_mark.svg), format: "svg", fit: "stretch", width: data.code_mark.modules * 0.25mm, height: 9mm, alt: "a")
#image(bytes(data.status_mark.svg), format: "svg", width: 30mm, alt: "b")
"""


@pytest.mark.parametrize(
    ("written", "symbols"),
    [
        # ISO/IEC 15417: check symbol = (start + sum of place * value) modulo 103
        pytest.param("PJJ123C", [104, 48, 42, 42, 17, 18, 19, 35, 55], id="letters: set B throughout"),
        pytest.param("123456", [105, 12, 34, 56, 44], id="digits: set C throughout"),
        pytest.param("A123", [104, 33, 17, 18, 19, 95], id="a short run of digits is not worth a switch"),
        pytest.param("H26-250707-0012", [104, 40, 18, 22, 13, 99, 25, 7, 7, 100, 13, 99, 0, 12, 27], id="switches pay"),
    ],
)
def test_code128_writes_the_shortest_symbols(written: str, symbols: list[int]) -> None:
    assert codes.code128_symbols(written) == symbols


@pytest.mark.parametrize("written", ["", "mã hồ sơ", "A\n1"], ids=["empty", "Vietnamese letters", "a line feed"])
def test_code128_refuses_what_it_cannot_write(written: str) -> None:
    with pytest.raises(PrintingFailed) as refusal:
        codes.code128(written)
    assert str(refusal.value) == "Mã vạch chỉ ghi được chữ không dấu và số; hãy kiểm tra lại mã hồ sơ."


@pytest.mark.parametrize(
    "code",
    [
        "000.19.27.H26-250707-0012",
        "H26.153-250709-0012",
        "H24.108-261124-0015",
        "1",
        "0123456789",
        "a~ !\"#$%&'()*+,-./:;<=>?@[]^_`{|}",
    ],
)
def test_codes_are_read_back_by_a_scanner(code: str) -> None:
    address = f"https://một-cửa.example/tra-cuu/{code[:4]}?k=Ữ ữ"
    [picture] = typeset.pictures(PAGE, {"code": code, "status_url": address}, issued_at=reading.ISSUED_AT, dots_per_inch=200)
    assert reading.codes(picture) == {"Code 128": code, "QR Code": address}
