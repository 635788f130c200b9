"""One form accepts what a page and the API send, and says in Vietnamese what it refuses."""

from typing import Any

import jsonschema_rs
import pytest
from werkzeug.datastructures import MultiDict

from engine.errors import AnswersRejected, Finding
from engine.procedures import form_sheets
from engine.procedures.forms import Form
from tests.clocks import StoppedClock

PERSON = "0192f0c1-0000-7000-8000-000000000001"
FILE = "0192f0c1-0000-7000-8000-0000000000aa"


def make_form(fields: str) -> Form:
    findings: list[Finding] = []
    form = form_sheets.read("forms/test.yaml", f"title: Thử\nfields:\n{fields}".encode(), findings)
    assert findings == []
    return form


def one(kind: str, more: str = "") -> Form:
    """A form with one required question ``f``."""
    return make_form(f"  - {{name: f, type: {kind}, label: Mục, required: true{', ' + more if more else ''}}}\n")


DECISION = """
  - {name: decision, type: choice, label: Ý kiến, required: true, routes: true, choices: {approve: Đồng ý, return: Trả lại}}
  - {name: reason, type: textarea, label: Lý do, visible_when: 'decision = "return"', required: true}
  - {name: note, type: text, label: Ghi chú, routes: true}
  - {name: officer, type: person, role: officer, label: Người, assigns: process}
  - {name: is_urgent, type: boolean, label: Khẩn, routes: true}
"""


@pytest.mark.parametrize(
    ("form", "sent", "kept"),
    [
        pytest.param(one("text"), "  Nguyễn Văn A ", "Nguyễn Văn A", id="text-trimmed"),
        pytest.param(one("text"), "Nguye\u0302\u0303n\x07", "Nguyễn", id="text-composed-and-cleaned"),
        pytest.param(one("textarea"), "a\r\nb", "a\nb", id="textarea-lines"),
        pytest.param(one("text", "pattern: document_number"), "15/QĐ-UBND", "15/QĐ-UBND", id="pattern"),
        pytest.param(one("number"), "1.234", 1234, id="number-thousands"),
        pytest.param(one("number"), "-5", -5, id="number-negative"),
        pytest.param(one("number"), 12, 12, id="number-json"),
        pytest.param(one("number", "decimals: 2"), "1.234,5", 1234.5, id="decimal"),
        pytest.param(one("number", "decimals: 2"), 0.25, 0.25, id="decimal-json"),
        pytest.param(one("number", "decimals: 1"), "7", 7, id="decimal-without-comma"),
        pytest.param(one("money"), "1.250.000 đ", 1250000, id="money"),
        pytest.param(one("money"), 8000, 8000, id="money-json"),
        pytest.param(one("date"), "31/12/2026", "2026-12-31", id="date"),
        pytest.param(one("date"), "1-2-2026", "2026-02-01", id="date-dashes"),
        pytest.param(one("date"), "2026-12-31", "2026-12-31", id="date-iso"),
        pytest.param(one("datetime"), "31/12/2026 08:30", "2026-12-31T08:30:00+07:00", id="datetime"),
        pytest.param(one("datetime"), "2026-12-31T08:30", "2026-12-31T08:30:00+07:00", id="datetime-page"),
        pytest.param(one("datetime"), "2026-12-31T01:30:00Z", "2026-12-31T08:30:00+07:00", id="datetime-utc"),
        pytest.param(one("choice", "choices: {a: A, b: B}"), "b", "b", id="choice"),
        pytest.param(one("choices", "choices: {a: A, b: B, c: C}"), ["c", "a", "c"], ["a", "c"], id="choices-ordered"),
        pytest.param(one("choices", "choices: {a: A, b: B}"), "b", ["b"], id="choices-single"),
        pytest.param(one("boolean"), "on", True, id="boolean-ticked"),
        pytest.param(one("boolean"), True, True, id="boolean-json"),
        pytest.param(one("person", "role: officer"), PERSON.upper(), PERSON, id="person"),
        pytest.param(one("file"), [FILE, FILE], [FILE], id="file"),
        pytest.param(one("id_number"), "031 085 000 123", "031085000123", id="id-number"),
        pytest.param(one("phone"), "+84 912.345.678", "0912345678", id="phone-country"),
        pytest.param(one("phone"), "02253842123", "02253842123", id="phone-land-line"),
        pytest.param(one("email"), "an.nguyen@example.vn", "an.nguyen@example.vn", id="email"),
    ],
)
def test_form_keeps(form: Form, sent: Any, kept: Any) -> None:
    assert form.accept({"f": sent}) == {"f": kept}


@pytest.mark.parametrize(
    ("form", "sent", "message"),
    [
        pytest.param(one("text"), "   ", "Bắt buộc: hãy trả lời mục này.", id="blank"),
        pytest.param(one("text"), None, "Bắt buộc: hãy trả lời mục này.", id="null"),
        pytest.param(one("text"), 12, "Phải là chữ.", id="text-number"),
        pytest.param(one("text"), {"a": 1}, "Phải là chữ.", id="text-object"),
        pytest.param(one("text"), "a\x00b", "Có ký tự không hợp lệ: hãy gõ lại.", id="nul"),
        pytest.param(one("textarea"), "Đủ ✅", "Phiếu không in được ký tự: ✅. Hãy bỏ ký tự này.", id="unprintable"),
        pytest.param(one("text"), "a\nb", "Chỉ ghi trên một dòng.", id="two-lines"),
        pytest.param(one("text"), "x" * 256, "Dài 256 ký tự, tối đa 255: hãy ghi ngắn lại.", id="long"),
        pytest.param(one("text", "min_length: 3"), "ab", "Quá ngắn: hãy ghi ít nhất 3 ký tự.", id="short"),
        pytest.param(
            one("text", "pattern: tax_code"),
            "1",
            "Chưa đúng mẫu: cần mã số thuế gồm 10 chữ số, hoặc 10 chữ số-3 chữ số.",
            id="pattern",
        ),
        pytest.param(one("number"), "1,5", "Phải là số nguyên, không có phần thập phân.", id="not-whole"),
        pytest.param(one("number"), "1234.5", "Phải là số, dấu phẩy cho phần thập phân, ví dụ 1.234,5.", id="dot-decimal"),
        pytest.param(one("number"), "1e9", "Phải là số, dấu phẩy cho phần thập phân, ví dụ 1.234,5.", id="exponent"),
        pytest.param(one("number"), True, "Phải là số.", id="number-flag"),
        pytest.param(one("number"), float("nan"), "Phải là số.", id="nan"),
        pytest.param(one("number"), 10**16, "Số quá lớn.", id="huge"),
        pytest.param(one("number"), "9" * 30, "Số quá lớn.", id="huge-typed"),
        pytest.param(one("number", "decimals: 1"), "1,25", "Tối đa 1 chữ số sau dấu phẩy.", id="too-exact"),
        pytest.param(one("number", "min: 1"), 0, "Nhỏ nhất là 1.", id="small"),
        pytest.param(one("number", "max: 1000"), "1.001", "Lớn nhất là 1.000.", id="great"),
        pytest.param(one("money"), "-1", "Số tiền không được âm.", id="money-negative"),
        pytest.param(one("money"), "1,5", "Phải là số tiền bằng đồng, ví dụ 1.250.000.", id="money-broken"),
        pytest.param(one("money"), 0.5, "Số tiền không có phần lẻ của đồng.", id="money-fraction"),
        pytest.param(one("date"), "31/02/2026", "Phải là ngày có thật, ví dụ 31/12/2026.", id="no-such-day"),
        pytest.param(one("date"), "01/01/1800", "Sớm nhất là ngày 01/01/1850.", id="ancient"),
        pytest.param(one("date", "min: 2026-01-01"), "31/12/2025", "Sớm nhất là ngày 01/01/2026.", id="too-early"),
        pytest.param(one("datetime"), "31/12/2026 25:00", "Phải là ngày giờ, ví dụ 31/12/2026 08:30.", id="no-such-hour"),
        pytest.param(one("datetime"), "0001-01-01T00:00:00+14:00", "Phải là ngày giờ, ví dụ 31/12/2026 08:30.", id="before-time"),
        pytest.param(one("choice", "choices: {a: A}"), "c", "Hãy chọn một trong các mục có sẵn.", id="choice-other"),
        pytest.param(one("choices", "choices: {a: A}"), ["a", "c"], "Hãy chọn trong các mục có sẵn.", id="choices-other"),
        pytest.param(one("choices", "choices: {a: A}"), [], "Bắt buộc: hãy trả lời mục này.", id="choices-none"),
        pytest.param(one("choices", "choices: {a: A, b: B}, max_length: 1"), ["a", "b"], "Chọn tối đa 1 mục.", id="choices-many"),
        pytest.param(one("boolean"), False, "Bắt buộc: hãy trả lời mục này.", id="not-ticked"),
        pytest.param(one("boolean"), "perhaps", "Chỉ nhận có hoặc không.", id="boolean-other"),
        pytest.param(one("person", "role: officer"), "head", "Hãy chọn một người trong danh sách.", id="person-name"),
        pytest.param(one("file"), ["x"], "Tệp đính kèm không hợp lệ: hãy tải lên lại.", id="file-name"),
        pytest.param(one("id_number"), "03108500012", "Số định danh (CCCD) gồm đúng 12 chữ số: hãy kiểm tra lại.", id="id-short"),
        pytest.param(one("phone"), "12345", "Số điện thoại gồm 10 chữ số bắt đầu bằng 0, ví dụ 0912345678.", id="phone"),
        pytest.param(one("email"), "a@b", "Địa chỉ thư điện tử chưa đúng, ví dụ ten@example.vn.", id="email"),
    ],
)
def test_form_refuses(form: Form, sent: Any, message: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        form.accept({"f": sent})
    assert refusal.value.fields == {"f": [message]}


def test_form_refuses_unknown_and_missing_together() -> None:
    with pytest.raises(AnswersRejected) as refusal:
        make_form(DECISION).accept({"ghost": "1"})
    assert refusal.value.fields == {
        "ghost": ["Biểu mẫu không có mục này: hãy bỏ đi."],
        "decision": ["Bắt buộc: hãy trả lời mục này."],
    }


def test_form_reads_a_posted_page_and_json_alike() -> None:
    form = make_form("  - {name: papers, type: choices, label: Giấy tờ, choices: {a: A, b: B}}\n" + DECISION.strip("\n"))
    posted = MultiDict(
        [("papers", "b"), ("papers", "a"), ("decision", "approve"), ("note", ""), ("is_urgent", "on"), ("reason", "")]
    )
    json = {"papers": ["a", "b"], "decision": "approve", "is_urgent": True}
    assert form.accept(posted) == form.accept(json) == {"papers": ["a", "b"], "decision": "approve", "is_urgent": True}


def test_form_asks_only_visible_questions() -> None:
    form = make_form(DECISION)
    assert form.accept({"decision": "approve", "reason": "typed before"}) == {"decision": "approve", "is_urgent": False}
    assert form.accept({"decision": "return", "reason": "Sai tên"}) == {
        "decision": "return",
        "reason": "Sai tên",
        "is_urgent": False,
    }
    assert [field.name for field in form.visible({"decision": "approve"})] == ["decision", "note", "officer", "is_urgent"]
    assert [field.name for field in form.visible({"decision": "return", "reason": 5})][:2] == ["decision", "reason"]
    with pytest.raises(AnswersRejected) as refusal:
        form.accept({"decision": "return"})
    assert refusal.value.fields == {"reason": ["Bắt buộc: hãy trả lời mục này."]}


def test_form_requires_by_condition() -> None:
    form = make_form(
        "  - {name: amount, type: money, label: Số tiền}\n"
        "  - {name: reason, type: text, label: Lý do, required_when: 'amount > 1000000'}\n"
    )
    assert form.accept({"amount": "1.000.000"}) == {"amount": 1000000}
    assert form.accept({}) == {}
    with pytest.raises(AnswersRejected) as refusal:
        form.accept({"amount": 1000001})
    assert refusal.value.fields == {"reason": ["Bắt buộc: hãy trả lời mục này."]}


def test_form_condition_that_cannot_be_computed_does_not_hold() -> None:
    form = make_form(
        "  - {name: note, type: text, label: Ghi chú}\n"
        "  - {name: reason, type: text, label: Lý do, required_when: 'lower(note) = \"gấp\"'}\n"
    )
    assert form.accept({}) == {}
    with pytest.raises(AnswersRejected):
        form.accept({"note": "GẤP"})


def test_form_gives_the_flow_what_it_may_read() -> None:
    form = make_form(DECISION)
    answers = form.accept({"decision": "approve", "officer": PERSON})
    assert form.routing(answers) == {"decision": "approve", "note": None, "is_urgent": False}
    assert form.assignments(answers) == {"process": PERSON}
    assert form.assignments({}) == {}


def test_form_date_limit_follows_the_clock(stopped_clock: StoppedClock) -> None:
    form = one("date", "max: today")
    stopped_clock.freeze("2026-11-20T00:30")
    assert form.accept({"f": "20/11/2026"}) == {"f": "2026-11-20"}
    with pytest.raises(AnswersRejected) as refusal:
        form.accept({"f": "21/11/2026"})
    assert refusal.value.fields == {"f": ["Muộn nhất là ngày 20/11/2026."]}


def test_form_answers_what_was_not_mentioned_by_its_default() -> None:
    form = make_form(
        "  - {name: channel, type: choice, label: Hình thức, required: true, default: post, choices: {counter: Quầy, post: Bưu chính}}\n"
        "  - {name: fee, type: money, label: Phí, default: '8.000'}\n"
    )
    assert form.initial() == form.accept({}) == {"channel": "post", "fee": 8000}
    assert (form.accept({"fee": ""}), form.json_schema()["required"]) == ({"channel": "post"}, [])


def test_form_as_json_schema() -> None:
    schema = make_form(DECISION).json_schema()
    assert schema == {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "title": "Thử",
        "properties": {
            "decision": {
                "title": "Ý kiến",
                "type": "string",
                "oneOf": [{"const": "approve", "title": "Đồng ý"}, {"const": "return", "title": "Trả lại"}],
            },
            "reason": {
                "title": "Lý do",
                "type": "string",
                "maxLength": 4000,
                "minLength": 1,
                "description": 'Chỉ trả lời khi: decision = "return".',
            },
            "note": {"title": "Ghi chú", "type": "string", "maxLength": 255, "minLength": 1},
            "officer": {"title": "Người", "type": "string", "format": "uuid", "x-role": "officer"},
            "is_urgent": {"title": "Khẩn", "type": "boolean"},
        },
        "required": ["decision"],
        "additionalProperties": False,
        "allOf": [
            {
                "if": {"properties": {"decision": {"enum": ["return"]}}, "required": ["decision"]},
                "then": {"required": ["reason"]},
            }
        ],
    }
    jsonschema_rs.meta.validate(schema)


def test_schema_asks_what_the_default_of_an_unsaid_field_makes_owed() -> None:
    form = make_form(
        "  - {name: channel, type: choice, label: Hình thức, default: counter, choices: {counter: Quầy, online: Trực tuyến}}\n"
        '  - {name: receiver, type: text, label: Người nhận, visible_when: channel = "counter", required: true}\n'
    )
    schema = jsonschema_rs.validator_for(form.json_schema())
    answers: list[dict[str, Any]] = [{}, {"channel": "counter"}, {"channel": "online"}, {"receiver": "A"}]
    assert [schema.is_valid(given) for given in answers] == [False, False, True, True]
    with pytest.raises(AnswersRejected):
        form.accept({})


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param({"decision": "approve"}, id="plain"),
        pytest.param({"decision": "return", "reason": "Sai", "note": "a", "officer": PERSON, "is_urgent": True}, id="full"),
        pytest.param({"decision": "return"}, id="reason-missing"),
        pytest.param({"decision": "other"}, id="other-word"),
        pytest.param({"decision": "approve", "ghost": 1}, id="unknown"),
        pytest.param({}, id="nothing"),
    ],
)
def test_form_and_its_schema_agree(answers: dict[str, Any]) -> None:
    form = make_form(DECISION)
    try:
        form.accept(answers)
        is_accepted = True
    except AnswersRejected:
        is_accepted = False
    assert jsonschema_rs.is_valid(form.json_schema(), answers) == is_accepted


@pytest.mark.parametrize(
    ("fields", "place", "code"),
    [
        pytest.param("  - {name: f, type: colour, label: a}", "fields[1].type", "sheet.word", id="type"),
        pytest.param("  - {name: f, type: text}", "fields[1].label", "sheet.missing", id="label"),
        pytest.param("  - {name: Tên, type: text, label: a}", "fields[1].name", "field.name", id="name"),
        pytest.param("  - {name: version, type: text, label: a}", "fields[1].name", "field.name", id="reserved"),
        pytest.param("  - {name: f, type: text, label: a, lable: b}", "fields[1].lable", "sheet.unknown", id="mistyped"),
        pytest.param("  - {name: f, type: choice, label: a}", "fields[1].choices", "field.choices", id="no-choices"),
        pytest.param(
            "  - {name: f, type: choice, label: a, choices: {x: 1}}", "fields[1].choices", "field.choices", id="no-label"
        ),
        pytest.param("  - {name: f, type: person, label: a}", "fields[1].role", "sheet.missing", id="person-role"),
        pytest.param("  - {name: f, type: text, label: a, pattern: '.*'}", "fields[1].pattern", "sheet.word", id="pattern"),
        pytest.param("  - {name: f, type: date, label: a, min: soon}", "fields[1].min", "field.limit", id="date-limit"),
        pytest.param("  - {name: f, type: money, label: a, default: -1}", "fields[1].default", "field.default", id="default"),
        pytest.param(
            "  - {name: f, type: boolean, label: a, default: true}", "fields[1].default", "field.default", id="ticked-before"
        ),
        pytest.param("  - {name: f, type: file, label: a, default: x}", "fields[1].default", "field.default", id="file-default"),
        pytest.param(
            "  - {name: f, type: text, label: a, visible_when: 'g ='}", "fields[1].visible_when", "field.condition", id="syntax"
        ),
        pytest.param("  - {name: f, type: text, label: a, visible_when: 'g'}", "f", "field.condition", id="unknown-name"),
        pytest.param(
            "  - {name: f, type: text, label: a, visible_when: g}\n  - {name: g, type: boolean, label: b}",
            "f",
            "field.condition",
            id="later",
        ),
        pytest.param("  - {name: f, type: text, label: a}\n  - {name: f, type: text, label: b}", "f", "field.twice", id="twice"),
    ],
)
def test_form_sheet_notes(fields: str, place: str, code: str) -> None:
    findings: list[Finding] = []
    form_sheets.read("forms/test.yaml", f"title: Thử\nfields:\n{fields}\n".encode(), findings)
    assert [(finding.place, finding.code) for finding in findings] == [(f"forms/test.yaml: {place}", code)]


def test_form_sections_keep_their_titles() -> None:
    findings: list[Finding] = []
    sheet = "title: Thử\nsections:\n  - title: Người nộp\n    fields:\n      - {name: full_name, type: text, label: Họ tên}\n"
    form = form_sheets.read("forms/test.yaml", sheet.encode(), findings)
    assert (findings, [(section.title, [field.name for field in section.fields]) for section in form.sections]) == (
        [],
        [("Người nộp", ["full_name"])],
    )
