"""Files of decision tables: every version of DMN reads alike, and what is wrong is told with its place."""

from pathlib import Path
from typing import Any

import pytest

from engine.procedures import decision_files
from engine.procedures.decision_policies import DecisionFailed
from engine.procedures.decision_xml import NAMESPACES
from tests.language.test_attacks import REFUSED as ATTACKS
from tests.procedures.dmn import answer, decision, definitions, findings, formula, read, table

WORD, NUMBERS = [("kq", "string")], [("n", "number")]
GOOD = decision(table(NUMBERS, WORD, [("1", '"a"')]))


@pytest.mark.parametrize("namespace", sorted(NAMESPACES))
def test_every_version_reads_alike(namespace: str) -> None:
    [made] = decision_files.read("rules/t.dmn", definitions(GOOD, namespace=namespace), [])
    assert (made.id, made.name, made.outputs, made.names) == ("t", "Bảng t", ("kq",), frozenset("n"))
    assert made.answers({"n": 1})["t"].value == "a"


def _changed(old: str, new: str) -> bytes:
    content = definitions(GOOD).decode()
    assert old in content
    return content.replace(old, new).encode()


WRONG: dict[str, tuple[bytes, list[tuple[str, str]]]] = {
    "doctype": (
        b'<!DOCTYPE x [<!ENTITY e "e">]>' + definitions(GOOD),
        [("doctype", "Tệp mô hình không được có khai báo DOCTYPE hay thực thể.")],
    ),
    "too-big": (b" " * 1_000_001, [("too_big", "Tệp mô hình lớn hơn 1000 kB: hãy tách thành nhiều quy trình.")]),
    "not-dmn": (b"<a/>", [("decision.not_dmn", "Tệp không phải bảng quyết định DMN 1.1 đến 1.5.")]),
    "other-language": (
        definitions(GOOD, attributes='expressionLanguage="http://www.python.org"'),
        [("decision.language", "Chỉ dùng được ngôn ngữ FEEL, không dùng “http://www.python.org”.")],
    ),
    "cell-language": (
        _changed("<inputEntry>", '<inputEntry expressionLanguage="javascript">'),
        [("decision.language", "dòng 1, cột “n”: chỉ dùng được ngôn ngữ FEEL, không dùng “javascript”.")],
    ),
    "knowledge": (
        definitions('<businessKnowledgeModel id="b"/>'),
        [("decision.unsupported", "Mô hình tri thức (business knowledge model) không dùng được: hãy ghi thành một bảng quyết định.")],
    ),
    "import": (
        definitions('<import id="b"/>'),
        [("decision.unsupported", "Không nhập được tệp khác: hãy ghi mọi bảng mà nó cần vào cùng tệp.")],
    ),
    "context": (
        definitions('<decision id="t" name="t"><context/></decision>'),
        [("decision.empty", "Quyết định phải là một bảng (decisionTable) hoặc một biểu thức (literalExpression).")],
    ),
    "no-id": (
        definitions("<decision/>"),
        [("decision.no_id", "Bảng quyết định chưa có mã (id): hãy đặt mã để bước của quy trình gọi tới.")],
    ),
    "bad-id": (
        definitions(decision(formula("1"), "1-t")),
        [("decision.no_id", "Mã “1-t” phải gồm chữ, số và gạch dưới, không bắt đầu bằng số.")],
    ),
    "twice": (
        definitions(GOOD, GOOD),
        [("decision.twice", "Mã “t” dùng cho hai quyết định: mỗi quyết định một mã.")],
    ),
    "policy": (
        _changed("UNIQUE", "SOME"),
        [("decision.policy", "Không có cách chọn “SOME ”: hãy dùng UNIQUE, FIRST, ANY, PRIORITY, COLLECT, RULE ORDER, OUTPUT ORDER.")],
    ),
    "aggregation": (
        _changed('aggregation=""', 'aggregation="SUM"'),
        [("decision.policy", "Cách gộp SUM chỉ đi với COLLECT: hãy đổi cách chọn (hitPolicy) hoặc bỏ cách gộp.")],
    ),
    "priority-without-list": (
        _changed("UNIQUE", "PRIORITY"),
        [("decision.policy", "Cách chọn PRIORITY cần danh sách giá trị kết quả theo thứ tự ưu tiên (outputValues).")],
    ),
    "two-aggregated": (
        definitions(decision(table(NUMBERS, [("a", "number"), ("b", "number")], [("-", "1", "2")], policy="COLLECT SUM"))),
        [("decision.policy", "Cách gộp SUM chỉ dùng cho bảng có một cột kết quả.")],
    ),
    "kind": (
        _changed('typeRef="number"', 'typeRef="time"'),
        [("decision.kind", "cột “n”: không dùng được kiểu “time”. Hãy chọn một trong string, number, integer, boolean, date, dateTime.")],
    ),
    "output-name": (
        _changed('name="kq"', 'name="kết quả"'),
        [("decision.output", "Cột kết quả “kết quả” cần một tên (name) gồm chữ, số và gạch dưới, không bắt đầu bằng số.")],
    ),
    "output-reserved": (
        _changed('name="kq"', 'name="then"'),
        [("decision.output", "Cột kết quả “then” cần một tên (name) gồm chữ, số và gạch dưới, không bắt đầu bằng số.")],
    ),
    "same-outputs": (
        definitions(decision(table(NUMBERS, [("a", "number"), ("a", "number")], [("-", "1", "2")]))),
        [("decision.output", "Hai cột kết quả trùng tên: hãy đặt tên khác nhau.")],
    ),
    "no-output": (
        definitions(decision(table(NUMBERS, [], []))),
        [("decision.size", "Bảng phải có ít nhất một cột kết quả, tối đa 40 cột và 500 dòng: hãy tách bảng.")],
    ),
    "many-rules": (
        definitions(decision(table(NUMBERS, WORD, [("1", '"a"')] * 501))),
        [("decision.size", "Bảng phải có ít nhất một cột kết quả, tối đa 40 cột và 500 dòng: hãy tách bảng.")],
    ),
    "no-input-expression": (
        _changed("<text>n</text>", "<text/>"),
        [("decision.input", "Cột “n” chưa ghi lấy giá trị nào: hãy ghi tên giá trị hoặc biểu thức.")],
    ),
    "short-row": (
        _changed("<inputEntry><text>1</text></inputEntry>", ""),
        [("decision.row", "Dòng 1 không có đủ ô: cần 1 ô điều kiện, 1 ô kết quả.")],
    ),
    "cell": (
        _changed("<text>1</text>", "<text>1..5</text>"),
        [("decision.cell", "dòng 1, cột “n”: Không hiểu “..” ở vị trí 2: 1..5.")],
    ),
    "cell-kind": (
        _changed("<text>1</text>", "<text>&quot;1&quot;</text>"),
        [("decision.cell", "dòng 1, cột “n”: cần số, không nhận \"1\".")],
    ),
    "untyped-date": (
        definitions(decision(table([("n", "")], WORD, [('< date("2026-01-01")', '"a"')]))),
        [("decision.cell", "dòng 1, cột “n”: muốn so với ngày, hãy khai kiểu của cột là date hoặc dateTime.")],
    ),
    "result": (
        _changed("&quot;a&quot;", "&quot;a"),
        [("decision.cell", "dòng 1, cột “kq”: Ký tự không dùng được trong biểu thức, ở vị trí 1: \"a.")],
    ),
    "result-kind": (
        _changed("&quot;a&quot;", "5"),
        [("decision.cell", "dòng 1, cột “kq”: cần chữ, không nhận 5.")],
    ),
    "result-not-allowed": (
        definitions(decision(table(NUMBERS, [("kq", "string", '"b", "c"')], [("-", '"a"')]))),
        [("decision.cell", "dòng 1, cột “kq”: \"a\" không thuộc các giá trị được phép.")],
    ),
    "allowed-names": (
        definitions(decision(table([("n", "string", "yes, no")], WORD, [("-", '"a"')]))),
        [("decision.allowed", "cột “n”: các giá trị được phép phải ghi rõ, chữ đặt trong ngoặc kép.")],
    ),
    "allowed-twice": (
        definitions(decision(table(NUMBERS, [("kq", "string", '"a", "a"')], [("-", '"a"')]))),
        [("decision.allowed", "Cột “kq”: các giá trị được phép có giá trị ghi hai lần.")],
    ),
    "requires-nothing": (
        definitions(decision(formula("x + 1"), requires=["x"])),
        [("decision.requires", "Bảng cần quyết định “x” mà tệp không có: hãy sửa đường nối trong sơ đồ.")],
    ),
    "requires-itself": (
        definitions(decision(formula("t + 1"), requires=["t"])),
        [("decision.circle", "Các bảng quyết định cần lẫn nhau thành vòng: hãy bỏ một đường nối trong sơ đồ.")],
    ),
    "requires-wrong": (
        definitions(decision(formula("1 +"), "a"), decision(formula("a"), "b", requires=["a"]), decision(formula("b"), "c", requires=["b"])),
        [("decision.cell", "biểu thức: Biểu thức thiếu một vế: 1 +.")],
    ),
    "circle": (
        definitions(decision(formula("b"), "a", requires=["b"]), decision(formula("a"), "b", requires=["a"])),
        [("decision.circle", "Các bảng quyết định cần lẫn nhau thành vòng: hãy bỏ một đường nối trong sơ đồ.")] * 2,
    ),
}  # fmt: skip


@pytest.mark.parametrize(("content", "expected"), WRONG.values(), ids=WRONG.keys())
def test_wrong_file_is_told(content: bytes, expected: list[tuple[str, str]]) -> None:
    assert findings(content) == expected


@pytest.mark.parametrize("source", ["'", "a.b.c(", *filter(str.isprintable, ATTACKS)])
@pytest.mark.parametrize("place", ["cell", "result", "input", "default", "allowed", "formula"])
def test_attack_is_refused_in_every_place(place: str, source: str) -> None:
    logic = {
        "cell": table(NUMBERS, WORD, [(f"< {source}", '"a"')]),
        "result": table(NUMBERS, WORD, [("-", source)]),
        "input": table([(source, "number")], WORD, [("-", '"a"')]),
        "default": table(NUMBERS, WORD, [("-", '"a"')], defaults=[source]),
        "allowed": table([("n", "number", f"> {source}")], WORD, [("-", '"a"')]),
        "formula": formula(source),
    }[place]
    assert [code for code, _ in findings(definitions(decision(logic)))] == ["decision.cell"]


def test_formula_is_a_decision() -> None:
    assert answer(formula('if n > 2 then "nhiều" else "ít"'), n=3) == "nhiều"


def test_formula_that_cannot_be_computed_is_told() -> None:
    with pytest.raises(DecisionFailed) as refusal:
        answer(formula("n + 1"), n="a")
    message = "Phép cộng cần hai số, hai đoạn chữ, hai danh sách, hoặc một ngày và một khoảng thời gian. (biểu thức: n + 1)"
    assert str(refusal.value) == f"Bảng quyết định “Bảng t” (rules/t.dmn): biểu thức: {message}."


def _graph() -> dict[str, Any]:
    return read(
        decision(table([("level", "string"), ("fee", "number")], WORD, [('"high"', "> 10", '"leader"'), ("-", "-", '"officer"')], policy="FIRST"), "who", requires=["level", "fee"]),
        decision(table([("amount", "number")], [("level", "string")], [("> 100", '"high"'), ("<= 100", '"low"')]), "level"),
        decision(formula('if level = "high" then amount / 10 else 0'), "fee", requires=["level"]),
    )  # fmt: skip


@pytest.mark.parametrize(("amount", "expected"), [(50, ["low", 0, "officer"]), (101, ["high", 10.1, "leader"])])
def test_required_decisions_are_asked_first(amount: int, expected: list[Any]) -> None:
    answers = _graph()["who"].answers({"amount": amount, "level": "hidden by the table's"})
    assert {name: answers[name].value for name in ("level", "fee", "who")} == dict(
        zip(("level", "fee", "who"), expected, strict=True)
    )
    assert list(answers)[-1] == "who"


def test_required_values_are_not_asked_of_the_case() -> None:
    made = _graph()
    assert {name: made[name].names for name in made} == {"who": {"amount"}, "level": {"amount"}, "fee": {"amount"}}


def test_diamonds_of_decisions_are_asked_once_each() -> None:
    layers = [decision(formula("1"), "d0")]
    layers += [decision(formula(f"d{i} + d{i}"), f"d{i + 1}", requires=[f"d{i}", f"d{max(i - 1, 0)}"]) for i in range(40)]
    answers = read(*layers)["d40"].answers({})
    assert (len(answers), answers["d40"].value) == (41, 2**40)


def test_kind_of_the_files_own_is_used() -> None:
    item = '<itemDefinition name="tLoai"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues></itemDefinition>'
    logic = table([("n", "tLoai")], WORD, [("-", '"x"')])
    [made] = decision_files.read("rules/t.dmn", definitions(item, decision(logic)), [])
    with pytest.raises(DecisionFailed, match="không thuộc các giá trị được phép"):
        made.answers({"n": "c"})


def test_variable_names_the_answer() -> None:
    written = decision(formula("1")).replace(
        "<literalExpression>", '<variable name="so_tien" typeRef="number"/><literalExpression>'
    )
    assert read(written)["t"].outputs == ("so_tien",)


def test_file_of_a_common_editor_reads() -> None:
    content = (Path(__file__).parent / "dish.dmn").read_bytes()
    [made] = decision_files.read("rules/dish.dmn", content, [])
    asked = [({"season": "Winter", "guestCount": 8}, "Roastbeef"), ({"season": "Summer", "guestCount": 3}, "Light salad")]
    assert [made.answers(values)["Decision_dish"].value for values, _ in asked] == [dish for _, dish in asked]
