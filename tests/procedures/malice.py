"""Models and folders made to do harm, one of each kind: what they try, and by which finding they are refused when checked."""

import html
import io
import zipfile
from collections.abc import Mapping

from tests.bench.model import Process, document
from tests.cases import drawn
from tests.procedures.dmn import decision, definitions, table

#: Python that leaves a file behind where anybody runs it.
MARKER = "quytrinh-was-here"
PYTHON = f'__import__("os").system("touch {MARKER}")'
WALK = "().__class__.__base__.__subclasses__()"
_SAID = html.escape(PYTHON)


def _around(tag: str, inner: str = "", **attributes: str) -> Process:
    """Start, one element, end."""
    process = Process("harm").element("startEvent", "s").element(tag, "x", inner, **{"name": "Làm việc", **attributes})
    return process.element("endEvent", "e").chain("s", "x", "e")


def _loop(inner: str, **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f"<bpmn:multiInstanceLoopCharacteristics{written}>{inner}</bpmn:multiInstanceLoopCharacteristics>"


def _gateway(condition: str) -> Process:
    process = Process("harm").element("startEvent", "s").element("exclusiveGateway", "x", name="Sao?", default="other")
    process.element("endEvent", "e").element("endEvent", "e2").flow("s", "x").flow("x", "e", condition)
    return process.flow("x", "e2", id_="other")


def _timed(kind: str, text: str) -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}></bpmn:timerEventDefinition>"


#: What the others are put around.
HARMLESS = document(_around("userTask"))
_MESSAGE = '<bpmn:message id="m" name="tin"/>'
_ON = '<bpmn:messageEventDefinition messageRef="m"/>'
_PARAMETER = f'<bpmn:extensionElements><qt:parameter name="kind" value="={_SAID}"/></bpmn:extensionElements>'
_CONDITIONAL = f"<bpmn:conditionalEventDefinition><bpmn:condition>{_SAID}</bpmn:condition></bpmn:conditionalEventDefinition>"
_NO_COUNT = "<bpmn:loopCardinality>2</bpmn:loopCardinality>"

#: Where an expression may stand in a model → a model with Python there, and the finding's code.
EXPRESSIONS: Mapping[str, tuple[bytes, str]] = {
    "script": (document(_around("scriptTask", f"<bpmn:script>{_SAID}</bpmn:script>")), "expression"),
    "script value": (document(_around("scriptTask", f"<bpmn:script>a = {_SAID}</bpmn:script>")), "expression"),
    "gateway": (document(_gateway(_SAID)), "expression"),
    "gateway, by the classes": (document(_gateway(html.escape(WALK))), "expression"),
    "timer duration": (document(_around("intermediateCatchEvent", _timed("timeDuration", f"={_SAID}"))), "expression"),
    "timer date": (document(_around("intermediateCatchEvent", _timed("timeDate", f"={_SAID}"))), "expression"),
    "timer without a sign": (document(_around("intermediateCatchEvent", _timed("timeDuration", _SAID))), "timer_text"),
    "conditional event": (document(_around("intermediateCatchEvent", _CONDITIONAL)), "expression"),
    "how many": (document(_around("userTask", _loop(f"<bpmn:loopCardinality>{_SAID}</bpmn:loopCardinality>"))), "expression"),
    "enough": (
        document(_around("userTask", _loop(f"{_NO_COUNT}<bpmn:completionCondition>{_SAID}</bpmn:completionCondition>"))),
        "expression",
    ),
    "again while": (
        document(
            _around(
                "userTask",
                f"<bpmn:standardLoopCharacteristics><bpmn:loopCondition>{_SAID}</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
            )
        ),
        "expression",
    ),
    "list to repeat over": (
        document(
            _around("userTask", _loop(f'<bpmn:loopDataInputRef>{_SAID}</bpmn:loopDataInputRef><bpmn:inputDataItem id="i"/>'))
        ),
        "expression",
    ),
    "what a message takes along": (
        document(_around("intermediateThrowEvent", f"{_PARAMETER}{_ON}"), extra=_MESSAGE),
        "expression",
    ),
    "for which case a message is": (
        document(_around("intermediateCatchEvent", _ON, **{"qt:correlation": f"={_SAID}"}), extra=_MESSAGE),
        "expression",
    ),
}


_ALL = _loop("<bpmn:loopCardinality>10000000</bpmn:loopCardinality>")


def _chain(count: int) -> Process:
    process = Process("harm").element("startEvent", "s").element("endEvent", "e")
    for number in range(count):
        process.element("userTask", f"t{number}", name=f"Làm việc {number}")
    return process.chain("s", *(f"t{number}" for number in range(count)), "e")


def _turning() -> str:
    """A task and then a loop without an end inside a sub-process."""
    process = Process("inner").element("startEvent", "is").element("exclusiveGateway", "gw", name="Lại?", default="out")
    process.element("scriptTask", "again", "<bpmn:script>a = 1</bpmn:script>", name="Tính lại").element("endEvent", "ie")
    process.flow("is", "gw").flow("gw", "again", "true").flow("again", "gw").flow("gw", "ie", id_="out")
    return "".join(process.parts)


def _entities(body: str, *declared: str) -> bytes:
    model = document(_around("userTask", f"<bpmn:documentation>{body}</bpmn:documentation>")).decode()
    return f'<?xml version="1.0"?><!DOCTYPE definitions [{"".join(declared)}]>{model}'.encode()


_LAUGHS = ['<!ENTITY a0 "ha">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
#: Other ways to harm with a model → it, and the finding's code.
MODELS: Mapping[str, tuple[bytes, str]] = {
    "XXE": (_entities("&x;", '<!ENTITY x SYSTEM "file:///etc/passwd">'), "doctype"),
    "parameter entity": (_entities("x", '<!ENTITY % p SYSTEM "http://127.0.0.1:9/p.dtd">%p;'), "doctype"),
    "entity bomb": (_entities("&a9;", *_LAUGHS), "not_xml"),
    "DOCTYPE": (_entities("x"), "doctype"),
    "30 MB": (document(_around("userTask")) + b" " * 30_000_000, "too_big"),
    "calls itself": (document(_around("callActivity", calledElement="harm")), "call_cycle"),
    "thousand elements": (document(_chain(1_000)), "too_many_nodes"),
    "ten million at once": (document(_around("userTask", _ALL)), "flow.unopened"),
    "round and round": (document(_around("subProcess", _turning())), "flow.unopened"),
}


#: A picture that would run a script where a browser shows it as a page.
DIRTY_PICTURE = f'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"><script>{_SAID}</script></svg>'


def _asking(inputs: str = "a", cell: str = "-", result: str = "1") -> bytes:
    return definitions(decision(table([(inputs, "number")], [("b", "number")], [(cell, result)])))


#: Harm that lies beside the model: the file, what is in it, and the finding's place and code.
FILES: Mapping[str, tuple[str, bytes, str, str]] = {
    "Python in a cell of conditions": ("rules/t.dmn", _asking(cell=PYTHON), "rules/t.dmn: t", "decision.cell"),
    "Python in a cell of results": ("rules/t.dmn", _asking(result=PYTHON), "rules/t.dmn: t", "decision.cell"),
    "Python as what a column looks at": ("rules/t.dmn", _asking(inputs=PYTHON), "rules/t.dmn: t", "decision.cell"),
    "DOCTYPE in a table": ("rules/t.dmn", b"<!DOCTYPE d [<!ENTITY a 'b'>]><d>&a;</d>", "rules/t.dmn", "doctype"),
    "a tag that makes objects": (
        "forms/form.yaml",
        b"title: !!python/object/apply:os.system [id]\n",
        "forms/form.yaml:1",
        "sheet.unreadable",
    ),
    "aliases upon aliases": (
        "forms/form.yaml",
        b"a: &a [1]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "forms/form.yaml:2",
        "sheet.unreadable",
    ),
    "Python as a condition of a form": (
        "forms/form.yaml",
        f"title: A\nfields:\n- {{name: a, type: text, label: A, visible_when: '{PYTHON}'}}\n".encode(),
        "forms/form.yaml: fields[1].visible_when",
        "field.condition",
    ),
    "a program": ("forms/run.py", PYTHON.encode(), "forms/run.py", "file.unknown"),
}


def folder_of(model: bytes) -> dict[str, bytes]:
    """A whole folder around a model that may be too bad to be read; nothing else is wrong with it."""
    has_step = b"<bpmn:userTask" in model
    files = drawn.files_of(
        _around("userTask") if has_step else Process("harm"),
        sheet={"ends": {"e": "none"}} if has_step else {"ends": {"e": "none"}, "lanes": {}},
    )
    return {
        **files,
        "harm.bpmn": model.replace(b"<bpmn:startEvent", LANE.encode() + b"<bpmn:startEvent", 1) if has_step else model,
    }


LANE = (
    '<bpmn:laneSet id="lanes"><bpmn:lane id="l" name="Văn thư"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
)


def zip_of(entries: Mapping[str, bytes]) -> bytes:
    """A zip with these names as they are."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def bomb() -> bytes:
    """A small zip of a file of 100 MB."""
    return zip_of({**folder_of(HARMLESS), "README.md": bytes(100_000_000)})
