"""The twelve slips of the dossier: every caption in its order, codes that scan, one sheet where one is expected."""

import io
import re
from pathlib import Path
from typing import Any

import pypdf
import pytest

from engine.printing import typeset
from engine.printing.press import PrintingFailed
from tests.printing.reading import ISSUED_AT, SLIPS, codes, pages, sample, template, text

ALL = sorted(path.stem for path in SLIPS.glob("*.typ"))

#: For each slip, what stands on it from top to bottom, one line a caption; "…" where only the beginning is given.
CAPTIONS = Path(__file__).with_name("captions")

RECEIPT_2025 = """\
UBND PHƯỜNG ĐẰNG LÂM
TRUNG TÂM PHỤC VỤ HÀNH
CHÍNH CÔNG
CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
Độc lập - Tự do - Hạnh phúc
Số: 15/TNHS Đằng Lâm, ngày 24 tháng 11 năm 2026
H24.108-261124-0015
GIẤY TIẾP NHẬN HỒ SƠ
VÀ HẸN TRẢ KẾT QUẢ
Mã hồ sơ: H24.108-261124-0015
Quét để tra cứu"""


def printed(slip: str, **changes: Any) -> bytes:
    return typeset.pdf(template(slip), sample(slip) | changes, issued_at=ISSUED_AT)


def test_slips_are_the_two_sets() -> None:
    old = ["2018_mau_01", "2018_mau_02", "2018_mau_03", "2018_mau_04", "2018_mau_05"]
    new = ["2025_mau_01", "2025_mau_02", "2025_mau_03", "2025_mau_04", "2025_mau_05", "2025_mau_06"]
    new.append("2025_thong_bao_nvtc")
    assert old + new == ALL


@pytest.mark.parametrize("slip", ALL)
def test_slip_has_its_captions_in_the_order_of_the_form(slip: str) -> None:
    found, at = text(printed(slip)), 0
    for caption in (CAPTIONS / f"{slip}.txt").read_text(encoding="utf-8").splitlines():
        assert caption.rstrip("…") in found[at:], (caption, found[at:])
        at = found.index(caption.rstrip("…"), at) + len(caption.rstrip("…"))


def test_receipt_begins_with_the_header_block() -> None:
    lines = [line.strip() for line in pages(printed("2025_mau_01"))[0].splitlines()]
    assert lines[:11] == RECEIPT_2025.splitlines()


@pytest.mark.parametrize("slip", ALL)
def test_slip_ends_with_its_form_and_basis(slip: str) -> None:
    form = sample(slip)["form"]
    assert f"{form['number_text']} – {form['basis']}; lập " in text(printed(slip))


@pytest.mark.parametrize("slip", ALL)
def test_codes_on_the_slip_are_read_by_a_scanner(slip: str) -> None:
    data = sample(slip)
    picture = typeset.pictures(template(slip), data, issued_at=ISSUED_AT, dots_per_inch=200)[0]
    assert codes(picture, share=0.35) == {"Code 128": data["code"], "QR Code": data["status_url"]}


@pytest.mark.parametrize("paper", ["a4", "a5"])
@pytest.mark.parametrize("slip", [slip for slip in ALL if slip not in ("2018_mau_05", "2025_mau_06")])
def test_slip_fits_one_sheet(slip: str, paper: str) -> None:
    document = pypdf.PdfReader(io.BytesIO(printed(slip, paper=paper)))
    sizes = {"a4": (210, 297), "a5": (148, 210)}
    assert [tuple(round(float(side) * 25.4 / 72) for side in page.mediabox[2:]) for page in document.pages] == [sizes[paper]]


@pytest.mark.parametrize("pushed", range(0, 60, 6))
def test_control_sheet_repeats_its_header_and_splits_no_row(pushed: int) -> None:
    rows = sample("2025_mau_06")["rows"] * 4
    head = "Phòng Kinh tế, Hạ tầng và Đô thị " * pushed
    sheets = pages(printed("2025_mau_06", rows=rows, blank_rows=0, cooperating_unit=head))
    assert [sheet.count("THỜI GIAN GIAO, NHẬN HỒ SƠ") for sheet in sheets] == [1] * len(sheets)
    parts = ["1. Giao:", "2. Nhận:", "Người giao", "Người nhận", "\ngiao "]
    shown = [[sheet.count(part) for part in parts] for sheet in sheets]
    assert shown == [[counts[0]] * len(parts) for counts in shown]
    assert sum(counts[0] for counts in shown) == 16
    assert [sheet.split("\n")[0] for sheet in sheets[1:]] == [str(number) for number in range(2, len(sheets) + 1)]


@pytest.mark.parametrize(
    ("void", "mark"),
    [({"by": "16/TNHS"}, "ĐÃ HUỶ – thay bằng số 16/TNHS"), ({"by": None}, "ĐÃ HUỶ")],
    ids=["replaced", "withdrawn"],
)
@pytest.mark.parametrize("slip", ALL)
def test_voided_slip_says_so_on_every_sheet(slip: str, void: dict[str, str | None], mark: str) -> None:
    sheets = pages(printed(slip, void=void))
    assert [sheet.rstrip().split("\n")[-1] for sheet in sheets] == [mark] * len(sheets)
    assert all("ĐÃ HUỶ" not in sheet for sheet in pages(printed(slip)))


def test_receipt_without_optional_data_leaves_room_to_write() -> None:
    data = sample("2025_mau_01")
    kept = {key: data[key] for key in ("code", "service", "components", "sets", "received_at_text", "due_at_text", "form")}
    kept |= {"owner": {"full_name": "Lý A Páo"}, "agency": {"name": "UBND xã Thủy Sơn", "place": "Bộ phận một cửa"}}
    found = text(typeset.pdf(template("2025_mau_01"), kept, issued_at=ISSUED_AT))
    assert re.findall(r"(?:Địa chỉ|6\. Phí, lệ phí \(nếu có\)): \.{20,}", found) != []
    assert "Người nộp hồ sơ: Lý A Páo" in found


@pytest.mark.parametrize(
    ("slip", "key"),
    [
        ("2025_mau_01", "due_at_text"),
        ("2025_mau_01", "code"),
        ("2025_mau_02", "items"),
        ("2025_mau_03", "reason"),
        ("2025_mau_04", "new_due_at_text"),
        ("2018_mau_04", "former_due_at_text"),
        ("2025_mau_05", "stopped_at_text"),
        ("2018_mau_02", "reason"),
    ],
)
def test_slip_is_refused_without_what_it_must_say(slip: str, key: str) -> None:
    with pytest.raises(PrintingFailed) as refusal:
        printed(slip, **{key: None})
    assert str(refusal.value) == f"Không in được phiếu: hồ sơ còn thiếu dữ liệu “{key}”. Hãy bổ sung rồi in lại."


@pytest.mark.parametrize("slip", ALL)
def test_every_key_of_the_sample_is_documented(slip: str) -> None:
    described = set(re.findall(r"[a-z_]+", (SLIPS / "README.md").read_text(encoding="utf-8")))
    assert keys(sample(slip)) - described == set()


def keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in keys(inner)}
    return {key for inner in value for key in keys(inner)} if isinstance(value, list) else set()


def test_typed_text_stays_text_on_a_slip() -> None:
    owner = sample("2025_mau_01")["owner"] | {"full_name": '#panic("x") *a* #read("/etc/passwd")'}
    assert 'Tiếp nhận hồ sơ của: #panic("x") *a* #read("/etc/passwd") CCCD/MST' in text(printed("2025_mau_01", owner=owner))


def test_long_word_breaks_instead_of_leaving_the_paper() -> None:
    address = "phongketoan.hanhchinhnhansu@thuongmaivandichvuvantaixuatnhapkhau.example.vn"
    owner = sample("2018_mau_01")["owner"] | {"email": address}
    found = pages(printed("2018_mau_01", owner=owner))[0]
    assert address in found.replace("\n", "")
    assert address not in found
