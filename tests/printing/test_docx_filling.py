"""Word templates: filled with the fields of a slip, the same each time; whatever else they try is refused by name."""

import io

import pytest
from docx import Document

from engine.files.refusal import FileRejected
from engine.printing import docx_filling, docx_marks, docx_safety, typeset
from engine.printing.press import PrintingFailed
from engine.procedures import slip_templates
from tests.printing.reading import ISSUED_AT, codes
from tests.printing.word import cells, changed, lines, saved, template

DATA = slip_templates.sample()
ONLY_NAMES = "Trong {{ }} chỉ ghi tên trường, ví dụ {{ owner.full_name }}; không tính toán, không gọi hàm."
LOOPS = "Vòng lặp chỉ viết như {% for dòng in components %}, trên một trường là danh sách."
MACRO = "Tệp có macro, chương trình hoặc tệp nhúng bên trong. Lưu lại thành .docx thường, bỏ các phần nhúng, rồi tải lên."
OUTSIDE = "Tệp Word lấy nội dung từ nơi khác (liên kết ngoài). Chép nội dung vào tệp, bỏ liên kết, rồi tải lên."
FIELD = "Tệp Word có trường tự chạy hoặc lấy nội dung từ nơi khác (DDE, INCLUDE…). Bỏ trường ấy rồi tải lên."
PLAIN = template("Chủ hồ sơ: {{ owner.full_name }}")


def filled(*paragraphs: str, **given: object) -> list[str]:
    return lines(docx_filling.fill(template(*paragraphs), DATA | given, slip_templates.shape()))


def refusal(content: bytes) -> str:
    with pytest.raises(PrintingFailed) as refused:
        docx_filling.fill(content, DATA, slip_templates.shape())
    return refused.value.detail


def test_fields_are_replaced_wherever_they_stand() -> None:
    assert filled("{{ agency.name|upper }}", "Số: {{ number }}", "{{ items }}") == [
        "UBND PHƯỜNG ĐẰNG LÂM",
        "Số: 05/TNHS",
        "Bản vẽ sơ đồ ghi đủ kích thước, Văn bản uỷ quyền đã chứng thực",
    ]


def test_a_field_split_over_runs_is_one_field() -> None:
    document = Document()
    paragraph = document.add_paragraph("Chủ hồ sơ: {{ own")
    paragraph.add_run("er.full").bold = True
    paragraph.add_run("_name }}.")
    content = docx_filling.fill(saved(document), DATA, slip_templates.shape())
    assert lines(content) == ["Chủ hồ sơ: Nguyễn Thị Ánh Tuyết."]


def test_a_row_is_repeated_for_each_paper() -> None:
    rows = [
        ("TT", "Tên", "Bản chính"),
        ("{%tr for giay in components %}", "", ""),
        ("{{ loop.index }}", "{{ giay.name }}", "{{ giay.originals }}"),
        ("{%tr endfor %}", "", ""),
    ]
    content = docx_filling.fill(template(rows=rows), DATA, slip_templates.shape())
    assert cells(content) == [["TT", "Tên", "Bản chính"], ["1", "Tờ khai theo mẫu", "1"], ["2", "Căn cước công dân", "0"]]


def test_the_heading_of_the_page_is_filled_too() -> None:
    content = docx_filling.fill(template("x", header="{{ code }}"), DATA, slip_templates.shape())
    assert Document(io.BytesIO(content)).sections[0].header.paragraphs[0].text == "H31.12.8-261124-0037"


@pytest.mark.parametrize(
    "given", ["<w:p/> & \"'", "{{ owner.full_name }} {% for x in items %}", "]]>", "Ữ Ặ\nhai dòng", "&amp;"], ids=str
)
def test_what_people_typed_is_text_and_nothing_else(given: str) -> None:
    assert filled("{{ reason }}", reason=given) == [given]


def test_what_is_not_known_yet_stays_empty() -> None:
    written = ("Người nộp: {{ submitter.full_name }}.", "{% if submitter %}có{% else %}không{% endif %}", "{{ void.by }}.")
    assert filled(*written, submitter=None, void=None) == ["Người nộp: .", "không", "."]


def test_the_codes_are_pictures_that_can_be_read() -> None:
    content = docx_filling.fill(template("{{ code_mark }}", "{{ status_mark }}"), DATA, slip_templates.shape())
    document = Document(io.BytesIO(content))
    pictures = [
        document.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed] for shape in document.inline_shapes
    ]
    assert [part.blob[:8] for part in pictures] == [b"\x89PNG\r\n\x1a\n"] * 2
    assert [round(shape.width.mm) for shape in document.inline_shapes] == [70, 26]


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (docx_marks.code128("H31.12.8-261124-0037"), "H31.12.8-261124-0037"),
        (
            docx_marks.qr("https://mot-cua.example.vn/tra-cuu/Zp3LxV9aWk5Td0Hs7gQe"),
            "https://mot-cua.example.vn/tra-cuu/Zp3LxV9aWk5Td0Hs7gQe",
        ),
    ],
    ids=["bar code", "QR code"],
)
def test_a_code_as_picture_is_read_by_a_scanner(picture: bytes, words: str) -> None:
    shown = '#import "/house.typ": data\n#set page(width: 90mm, height: auto, margin: 5mm)\n#image(bytes(data.png), width: 70mm, alt: "mã")'
    page = typeset.pictures(shown, {"png": list(picture)}, issued_at=ISSUED_AT)[0]
    assert list(codes(page).values()) == [words]


def test_the_same_data_gives_the_same_bytes() -> None:
    content = template("{{ status_mark }} {{ number }}")
    first = docx_filling.fill(content, DATA, slip_templates.shape())
    docx_filling.FILLING.close()
    assert docx_filling.fill(content, dict(reversed(DATA.items())), slip_templates.shape()) == first


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("{{ 7 * 7 }}", ONLY_NAMES),
        ("{{ ''.__class__.__mro__ }}", ONLY_NAMES),
        ("{{ owner.__class__ }}", "Không có trường “owner.__class__”: chọn trong danh sách dữ liệu mẫu phiếu được dùng."),
        ("{{ owner.items }}", "Không có trường “owner.items”: chọn trong danh sách dữ liệu mẫu phiếu được dùng."),
        ("{{ self._TemplateReference__context }}", "Không có trường “self”: chọn trong danh sách dữ liệu mẫu phiếu được dùng."),
        ("{{ cycler.__init__.__globals__ }}", "Không có trường “cycler”: chọn trong danh sách dữ liệu mẫu phiếu được dùng."),
        ("{{ lipsum() }}", ONLY_NAMES),
        ("{{ owner['full_name'] }}", ONLY_NAMES),
        ("{{ 'a' * 999999999 }}", ONLY_NAMES),
        ("{{ reason|attr('__class__') }}", "Sau dấu | chỉ dùng upper hoặc lower."),
        ("{{ owner }}", "“owner” là một nhóm: ghi rõ trường bên trong, ví dụ agency.name."),
        ("{{ ten_chu_ho }}", "Không có trường “ten_chu_ho”: chọn trong danh sách dữ liệu mẫu phiếu được dùng."),
        ("{% for x in range(999999999) %}{% endfor %}", ONLY_NAMES),
        ("{% for c in reason %}{% endfor %}", LOOPS),
        (
            "{% for a in items %}{% for b in items %}{% for c in items %}{% endfor %}{% endfor %}{% endfor %}",
            "Vòng lặp lồng nhau quá 2 lớp.",
        ),
        ("{% for a in items recursive %}{% endfor %}", LOOPS),
        ("{% set x = 1 %}", "Thẻ “Assign” không dùng được: chỉ có {{ trường }}, {% for %} và {% if %}."),
        ("{% include 'word/document.xml' %}", "Thẻ “Include” không dùng được: chỉ có {{ trường }}, {% for %} và {% if %}."),
        ("{% macro f() %}{% endmacro %}", "Thẻ “Macro” không dùng được: chỉ có {{ trường }}, {% for %} và {% if %}."),
        ("{% if reason in items %}{% endif %}", "Điều kiện chỉ so sánh == hoặc !=."),
        ("{% if owner.full_name.__len__() %}{% endif %}", ONLY_NAMES),
        ("{% for x in items %}" * 61 + "{% endfor %}" * 61, "Mẫu có quá 60 vòng lặp."),
    ],
    ids=lambda value: value[:40],
)
def test_a_tag_that_says_too_much_is_refused_by_name(tag: str, said: str) -> None:
    assert refusal(template(tag)) == said
    assert refusal(template("x", header=tag)) == said


def test_a_tag_that_is_not_closed_is_told() -> None:
    assert refusal(template("{{ owner.full_name")).startswith("Thẻ viết chưa đúng:")


def test_what_grows_without_end_is_stopped() -> None:
    many = {"items": ["x" * 2_000] * 3_000}
    content = template("{% for a in items %}{% for b in items %}{{ a }}{% endfor %}{% endfor %}")
    with pytest.raises(PrintingFailed) as refused:
        docx_filling.fill(content, DATA | many, slip_templates.shape())
    assert refused.value.detail == "Mẫu điền ra quá dài."
    assert filled("{{ number }}") == ["05/TNHS"]


def test_the_facts_about_the_file_are_no_template() -> None:
    document = Document()
    document.core_properties.title = "{{ 7 * 7 }}"
    content = docx_filling.fill(saved(document), DATA, slip_templates.shape())
    assert Document(io.BytesIO(content)).core_properties.title == "{{ 7 * 7 }}"


def related(kind: str, target: str, mode: str = ' TargetMode="External"') -> bytes:
    """A template with one relationship more."""
    link = f'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}" Target="{target}"{mode}/>'
    return changed(PLAIN, rels=("</Relationships>", f"{link}</Relationships>"))


def worded(element: str) -> bytes:
    """A template with one element more in its text."""
    return changed(PLAIN, document=("<w:body>", f"<w:body><w:p><w:r>{element}</w:r></w:p>"))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "Mẫu Word không được trống và tối đa 1000 kB."),
        (b"x" * 1_000_001, "Mẫu Word không được trống và tối đa 1000 kB."),
        (b"PK\x03\x04 broken", "Tệp Word hoặc Excel bị hỏng hoặc đặt mật khẩu. Lưu lại thành tệp mới rồi tải lên."),
        (changed(PLAIN, {"word/embeddings/oleObject1.bin": b"x"}), MACRO),
        (changed(PLAIN, {"word/vbaData.xml": b"<a/>"}), MACRO),
        (changed(PLAIN, {"customUI/customUI.xml": b"<a/>"}), MACRO),
        (related("attachedTemplate", "http://xau.example.vn/a.dotm"), OUTSIDE),
        (related("attachedTemplate", "a.dotx", ""), OUTSIDE),
        (related("image", "http://xau.example.vn/a.png"), OUTSIDE),
        (related("oleObject", "embeddings/a.docx", ""), MACRO),
        (related("aFChunk", "chunk.html", ""), OUTSIDE),
        (related("hyperlink", "file:///etc/passwd"), OUTSIDE),
        (related("hyperlink", "javascript:alert(1)"), OUTSIDE),
        (worded("<w:object/>"), MACRO),
        (worded("<w:instrText>DDE</w:instrText><w:instrText>AUTO c:\\\\cmd.exe</w:instrText>"), FIELD),
        (worded("<w:instrText>INCLUDEPICTURE http://xau.example.vn/a</w:instrText>"), FIELD),
        (worded("<w:instrText>HYPERLINK {{ reason }}</w:instrText>"), FIELD),
        (changed(PLAIN, {"word/footnotes.xml": b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>'}), "Tệp Word có khai báo DOCTYPE. Mở bằng Word, lưu lại thành tệp mới rồi tải lên."),
        (changed(PLAIN, {"word/big.xml": b"<a>" + b"0" * 3_000_000 + b"</a>"}), "Tệp nén có phần bung ra lớn bất thường. Lưu thành PDF rồi tải lên."),
        (changed(PLAIN, {f"word/media/{n}.xml": b"<a/>" for n in range(200)}), "Mẫu Word bung ra quá lớn. Bỏ bớt hình rồi tải lên."),
        (changed(PLAIN, {"WORD/document.xml": b"<a/>"}), "Tệp Word có hai phần trùng tên. Mở bằng Word, lưu lại thành tệp mới rồi tải lên."),
    ],
    ids=["empty", "large", "broken", "ole", "vba", "ribbon", "remote template", "template", "remote picture", "ole link", "chunk",
         "file link", "script link", "object", "dde", "include", "field from data", "doctype", "bomb", "many parts", "two of a name"],
)  # fmt: skip
def test_what_is_no_plain_word_file_is_refused(content: bytes, said: str) -> None:
    with pytest.raises(FileRejected) as refused:
        docx_filling.fill(content, DATA, slip_templates.shape())
    assert str(refused.value) == said


def test_an_ordinary_link_may_stand_in_a_template() -> None:
    docx_safety.require_safe(related("hyperlink", "https://dichvucong.example.vn/"))
