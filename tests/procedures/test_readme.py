"""README.md of a procedure as parts to print, in both ways people write its sections."""

from pathlib import Path

import pytest

from engine.procedures import readme

PROCESSES = Path(__file__).parents[2] / "processes"


def plain(text: str) -> dict[str, str]:
    return {"text": text, "style": ""}


def test_headings_begin_sections() -> None:
    found = readme.sections("# Tên\nlời đầu\n\n## 1. Mục đích\nĐể rõ\nviệc.\n\n## 9) Việc khác\n### 9.1. Nhỏ\nx\n")
    assert [(part.topic, part.title) for part in found] == [("purpose", "Mục đích"), ("other", "Việc khác")]
    assert found[0].blocks == [{"kind": "paragraph", "runs": [plain("Để rõ việc.")]}]
    assert [block["kind"] for block in found[1].blocks] == ["heading", "paragraph"]


def test_bold_words_begin_sections_too() -> None:
    found = readme.sections("# Tên\n\n**Phạm vi.** Mọi phòng,\nban.\n\n**Hồ sơ lưu:** 5 năm\n")
    assert [(part.topic, part.blocks) for part in found] == [
        ("scope", [{"kind": "paragraph", "runs": [plain("Mọi phòng, ban.")]}]),
        ("records", [{"kind": "paragraph", "runs": [plain("5 năm")]}]),
    ]


def test_lists_and_tables_are_read() -> None:
    text = "## Căn cứ\nGồm:\n- một\n  tiếp\n- hai\n\n1. a\n2. b\n\n| Văn bản | Số |\n|---|:-:|\n| NĐ \\| TT | `1` |\n| thiếu |\n"
    (part,) = readme.sections(text)
    assert part.blocks == [
        {"kind": "paragraph", "runs": [plain("Gồm:")]},
        {"kind": "list", "is_ordered": False, "items": [[plain("một tiếp")], [plain("hai")]]},
        {"kind": "list", "is_ordered": True, "items": [[plain("a")], [plain("b")]]},
        {
            "kind": "table",
            "head": [[plain("Văn bản")], [plain("Số")]],
            "rows": [[[plain("NĐ | TT")], [{"text": "1", "style": "code"}]], [[plain("thiếu")], []]],
        },
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a **b** c", [plain("a "), {"text": "b", "style": "bold"}, plain(" c")]),
        ("*nghiêng* `mã`", [{"text": "nghiêng", "style": "italic"}, plain(" "), {"text": "mã", "style": "code"}]),
        ("xem [luật](https://example.vn/a)", [plain("xem "), plain("luật")]),
        ("2 * 3 ** 4 `", [plain("2 * 3 ** 4 `")]),
        ("", []),
    ],
)
def test_a_line_is_stretches_of_one_style(text: str, expected: list[dict[str, str]]) -> None:
    assert readme.runs(text) == expected


@pytest.mark.parametrize("folder", ["dossier", "_template", "document_approval"])
def test_carried_procedures_say_what_a_printed_one_must(folder: str) -> None:
    text = (PROCESSES / folder / "README.md").read_text(encoding="utf-8")
    assert {"purpose", "scope", "duties", "records"} <= {part.topic for part in readme.sections(text)}


@pytest.mark.parametrize(
    "text", ["**" * 50_000, "|" * 100_000, "`" * 100_000, "[" * 50_000 + "](" * 50_000, "- " * 50_000, "#" * 9], ids=str.__len__
)
def test_a_text_that_is_no_markdown_is_text(text: str) -> None:
    (part,) = readme.sections(f"## Mục đích\n{text}")
    told = "".join(readme.words(block) for block in part.blocks)
    assert told.strip() in (text, text[: readme.LONGEST], text[2:].strip(), "".join(text.split("|")))
