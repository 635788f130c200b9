"""How a model reads: names, words on branches, defaults, sizes; what is an error and what is advice."""

from pathlib import Path

import pytest

from engine.errors import Finding
from engine.procedures import definition, folder, style
from tests.bench.model import Process
from tests.procedures.proved import NO, YES, defined, straight

PROCESSES = Path(__file__).parents[2] / "processes"


def told(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(finding.place, finding.code) for finding in findings]


@pytest.mark.parametrize(
    ("name", "is_one"),
    [
        pytest.param("Kiểm tra hồ sơ", True, id="two words"),
        pytest.param("KÝ kết quả", True, id="capitals"),
        pytest.param("Thẩm định, giải quyết", True, id="comma"),
        pytest.param("Lấy ý kiến phòng Tư pháp", True, id="one word of a longer verb"),
        pytest.param("Ky\u0301 ke\u0302\u0301t quả", True, id="letters in parts"),
        pytest.param("Hồ sơ", False, id="a thing"),
        pytest.param("Lãnh đạo ký", False, id="a person first"),
        pytest.param("", False, id="nothing"),
    ],
)
def test_a_name_begins_with_a_verb(name: str, is_one: bool) -> None:
    assert style.begins_with_verb(name) is is_one


def choice(*, name: str = "Đồng ý?", default: str = "", condition: str = YES) -> Process:
    """A step and a choice between two ends; the flows are named by nobody."""
    process = Process().element("startEvent", "s").element("userTask", "ask", name="Hỏi ý kiến")
    process.element("exclusiveGateway", "gw", name=name, **({"default": default} if default else {}))
    process.element("endEvent", "e1").element("endEvent", "e2").chain("s", "ask", "gw")
    return process.flow("gw", "e1", condition, id_="f1").flow("gw", "e2", "" if default else NO, id_="f2")


def named(first: str, second: str) -> Process:
    process = Process().element("startEvent", "s").element("endEvent", "e")
    process.element("userTask", "a", name=first).element("userTask", "b", name=second)
    return process.chain("s", "a", "b", "e")


@pytest.mark.parametrize(
    ("process", "errors", "warnings"),
    [
        pytest.param(named("Kiểm tra hồ sơ", "Ký kết quả"), [], [], id="good names"),
        pytest.param(named("", "Ký kết quả"), [("a", "style.unnamed")], [], id="no name"),
        pytest.param(named("Ký kết quả", "ký kết quả"), [("a", "style.same_name"), ("b", "style.same_name")], [], id="twins"),
        pytest.param(named("Hồ sơ", "Duyệt"), [], [("a", "style.verb"), ("b", "style.object")], id="no verb, no object"),
        pytest.param(choice(), [], [("f1", "style.branch"), ("f2", "style.branch")], id="silent branches"),
        pytest.param(choice(default="f2"), [], [("f1", "style.branch")], id="a default needs no words"),
        pytest.param(choice(name="", default="f2"), [], [("f1", "style.branch"), ("gw", "style.question")], id="no question"),
        pytest.param(straight(*(f"t{n}" for n in range(39))), [], [("main", "style.size")], id="too large"),
    ],
)
def test_style_tells(process: Process, errors: list[tuple[str, str]], warnings: list[tuple[str, str]]) -> None:
    found = style.check(defined(process))
    assert (told(found.errors), sorted(told(found.warnings))) == (errors, sorted(warnings))


def test_a_choice_between_numbers_needs_a_default() -> None:
    number = {"name": "answer", "type": "number", "label": "Số ngày", "routes": True}
    found = style.check(defined(choice(condition="answer &gt; 5"), fields=[number]))
    assert ("gw", "style.default") in told(found.warnings)


@pytest.mark.parametrize("path", sorted(PROCESSES.glob("*/procedure.yaml")), ids=lambda path: path.parent.name)
def test_the_carried_procedures_read_well(path: Path) -> None:
    found = style.check(definition.read(folder.read(path.parent)))
    assert (found.errors, found.warnings) == ((), ())
