"""A procedure with an element, a sheet and a table of each kind: what there is to differ in. And how a test edits it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import yaml
from lxml import etree

from engine.procedures import folder
from engine.procedures.folder import Folder
from tests.procedures import dmn

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
QT = "{http://quytrinh.vn/bpmn/1.0}"
_HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:qt="http://quytrinh.vn/bpmn/1.0"'
    ' xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' id="definitions" targetNamespace="http://quytrinh.vn">'
)
#: Every node of the model: tag, id, attributes, what stands inside. Three tabs deep: none, one for the sub-process, one called.
_DECLARED = (
    '<bpmn:message id="m_co_tin" name="co_tin"/><bpmn:message id="m_bao" name="bao"/><bpmn:signal id="s_lenh" name="lenh"/>'
    '<bpmn:error id="loi" errorCode="E1"/><bpmn:escalation id="len" escalationCode="L1"/>'
)
_MAIN = """
<bpmn:startEvent id="start" name="Có đơn"/>
<bpmn:userTask id="tiep" name="Tiếp nhận đơn"><bpmn:documentation>Ghi sổ.</bpmn:documentation></bpmn:userTask>
<bpmn:exclusiveGateway id="re" name="Hướng nào?" default="f_khac"/>
<bpmn:userTask id="mot" name="Làm hướng một"/><bpmn:userTask id="hai" name="Làm hướng hai"/><bpmn:userTask id="ba" name="Làm hướng ba"/>
<bpmn:exclusiveGateway id="gop" name="Gộp lại"/>
<bpmn:boundaryEvent id="tre" name="Ba ngày" attachedToRef="mot" cancelActivity="false"><bpmn:timerEventDefinition><bpmn:timeDuration>P3D</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:boundaryEvent>
<bpmn:endEvent id="nhac" name="Đã nhắc"/>
<bpmn:boundaryEvent id="gap" name="Khi gấp" attachedToRef="hai"><bpmn:conditionalEventDefinition><bpmn:condition>so > 9</bpmn:condition></bpmn:conditionalEventDefinition></bpmn:boundaryEvent>
<bpmn:endEvent id="bo" name="Bỏ việc gấp"/>
<bpmn:businessRuleTask id="hoi" name="Hỏi bảng" qt:decision="bang"/>
<bpmn:scriptTask id="tinh" name="Tính số"><bpmn:script>so = so + 1</bpmn:script></bpmn:scriptTask>
<bpmn:serviceTask id="cap" name="Cấp phiếu" qt:capability="issue_slip"><bpmn:extensionElements><qt:parameter name="kind" value="phieu"/></bpmn:extensionElements></bpmn:serviceTask>
<bpmn:subProcess id="con" name="Việc con">INNER</bpmn:subProcess>
<bpmn:boundaryEvent id="hong" name="Bị hỏng" attachedToRef="con"><bpmn:errorEventDefinition errorRef="loi"/></bpmn:boundaryEvent>
<bpmn:endEvent id="het_hong" name="Dừng vì hỏng"/>
<bpmn:boundaryEvent id="bao_len" name="Báo lên" attachedToRef="con" cancelActivity="false"><bpmn:escalationEventDefinition escalationRef="len"/></bpmn:boundaryEvent>
<bpmn:endEvent id="da_bao" name="Đã báo lên"/>
<bpmn:userTask id="nhom" name="Lấy ý kiến"><bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>
<bpmn:userTask id="lap" name="Sửa bản thảo"><bpmn:standardLoopCharacteristics loopMaximum="3"><bpmn:loopCondition>so &lt; 9</bpmn:loopCondition></bpmn:standardLoopCharacteristics></bpmn:userTask>
<bpmn:intermediateThrowEvent id="phat" name="Phát lệnh"><bpmn:signalEventDefinition signalRef="s_lenh"/></bpmn:intermediateThrowEvent>
<bpmn:intermediateThrowEvent id="gui" name="Gửi báo" qt:correlation="=so"><bpmn:extensionElements><qt:parameter name="so" value="=so"/></bpmn:extensionElements><bpmn:messageEventDefinition messageRef="m_bao"/></bpmn:intermediateThrowEvent>
<bpmn:callActivity id="goi" name="Gọi việc khác" calledElement="khac"/>
<bpmn:eventBasedGateway id="cho" name="Chờ gì trước"/>
<bpmn:intermediateCatchEvent id="tin" name="Có tin"><bpmn:messageEventDefinition messageRef="m_co_tin"/></bpmn:intermediateCatchEvent>
<bpmn:intermediateCatchEvent id="lenh" name="Có lệnh"><bpmn:signalEventDefinition signalRef="s_lenh"/></bpmn:intermediateCatchEvent>
<bpmn:intermediateCatchEvent id="hen" name="Tới hẹn"><bpmn:timerEventDefinition><bpmn:timeDuration>PT8H</bpmn:timeDuration></bpmn:timerEventDefinition></bpmn:intermediateCatchEvent>
<bpmn:userTask id="ky" name="Ký kết quả"/>
<bpmn:endEvent id="xong" name="Xong việc"/><bpmn:endEvent id="thoi" name="Thôi việc"/>
"""
_FLOWS = (
    "start>tiep tiep>re re>mot:huong=='mot' re>hai:huong=='hai' re>ba#f_khac mot>gop hai>gop ba>gop tre>nhac gap>bo gop>hoi hoi>tinh"
    " tinh>cap cap>con con>nhom hong>het_hong bao_len>da_bao nhom>lap lap>phat phat>gui gui>goi goi>cho cho>tin cho>lenh cho>hen"
    " tin>ky lenh>ky hen>thoi ky>xong"
)
_INNER = """
<bpmn:startEvent id="con_dau" name="Vào việc con"/><bpmn:userTask id="con_lam" name="Làm việc con"/>
<bpmn:exclusiveGateway id="con_re" name="Được không?" default="f_con_loi"/>
<bpmn:intermediateThrowEvent id="con_bao" name="Báo cấp trên"><bpmn:escalationEventDefinition escalationRef="len"/></bpmn:intermediateThrowEvent>
<bpmn:endEvent id="con_xong" name="Xong việc con"/><bpmn:endEvent id="con_loi" name="Việc con hỏng"><bpmn:errorEventDefinition errorRef="loi"/></bpmn:endEvent>
"""
_INNER_FLOWS = "con_dau>con_lam con_lam>con_re con_re>con_bao:huong=='mot' con_bao>con_xong con_re>con_loi#f_con_loi"
_CALLED = '<bpmn:startEvent id="k_dau"/><bpmn:userTask id="k_lam" name="Làm việc khác"/><bpmn:endEvent id="k_xong" name="Xong việc khác"/>'
_CALLED_FLOWS = "k_dau>k_lam k_lam>k_xong"
STEPS = ("tiep", "mot", "hai", "ba", "nhom", "lap", "ky", "con_lam", "k_lam")
_LANES = {"Chuyên viên": ("tiep", "mot", "hai", "ba", "nhom", "lap"), "Lãnh đạo": ("ky", "con", "con_lam")}
_SHEET: dict[str, Any] = {
    "code": "tat_ca",
    "title": "Quy trình đủ loại",
    "iso_clauses": ["ISO 9001:2015 8.5.1"],
    "legal_basis": ["NĐ 30/2020/NĐ-CP"],
    "owner_role": "secretary",
    "record_class": "Thử",
    "retention_years": 10,
    "register_columns": ["Mã"],
    "public_services": [],
    "capabilities": ["issue_slip"],
    "start": {"form": "mo", "roles": ["registrar"], "values": {"huong": None, "so": 1, "muc": None}},
    "lanes": {"Chuyên viên": {"role": "officer"}, "Lãnh đạo": {"role": "leader"}, "Văn thư": {"role": "registrar"}},
    "steps": {step: {"term": "4h", "form": "viec", "help": f"Vì sao có {step}."} for step in STEPS},
    "waits": {"hen": "processing"},
    "messages": {"co_tin": {"title": "Có tin mới", "form": "tin", "roles": ["clerk"]}},
    "ends": {"nhac": "none", "bo": "stopped", "het_hong": "stopped", "da_bao": "none", "xong": "returned", "thoi": "stopped"},
    "slips": {"phieu": ["slips/phieu.typ"]},
    "coverage": {"tasks": 0, "flows": 0},
}
_CHOICES = {"mot": "Hướng một", "hai": "Hướng hai"}
FORMS: dict[str, list[dict[str, Any]]] = {
    "mo": [
        {"name": "huong", "type": "choice", "label": "Hướng", "choices": _CHOICES, "routes": True},
        {"name": "ten", "type": "text", "label": "Tên việc", "max_length": 50},
        {"name": "ngay", "type": "date", "label": "Ngày nhận"},
    ],
    "viec": [
        {"name": "y_kien", "type": "textarea", "label": "Ý kiến", "help": "Ghi rõ."},
        {"name": "tien", "type": "money", "label": "Số tiền", "min": 5, "unit": "đồng"},
        {"name": "kem", "type": "file", "label": "Tệp kèm"},
    ],
    "tin": [{"name": "noi_dung", "type": "text", "label": "Nội dung", "required": True}],
}
ROWS = [["< 5", '"thap"'], ["< 10", '"vua"'], ["< 20", '"cao"'], ["-", '"rat_cao"']]


@dataclass
class Work:
    """The procedure opened for editing: model as a tree, sheet, forms and rows as values, other files as they are."""

    root: Any
    sheet: dict[str, Any]
    forms: dict[str, dict[str, Any]]
    rows: list[list[str]]
    files: dict[str, bytes]
    #: What was edited already: one place is edited once.
    taken: set[str] = field(default_factory=set)

    def node(self, id_: str) -> Any:
        """The element with this BPMN id."""
        return next(node for node in self.root.iter() if node.get("id") == id_ and node.tag.startswith(BPMN))

    def folder(self) -> Folder:
        """The procedure as files."""
        table = dmn.table([("so", "number")], [("muc", "string")], self.rows, policy="FIRST")
        written = {f"forms/{name}.yaml": _yaml(form) for name, form in self.forms.items()}
        made = {
            "procedure.yaml": _yaml(self.sheet),
            f"{self.sheet['code']}.bpmn": etree.tostring(self.root, xml_declaration=True, encoding="UTF-8"),
            "rules/bang.dmn": dmn.definitions(dmn.decision(table, "bang")),
        }
        return folder.of({**self.files, **written, **made}.items())


def work() -> Work:
    """A fresh copy."""
    root = etree.fromstring(_model().encode())
    forms = {name: {"title": f"Biểu mẫu {name}", "fields": fields} for name, fields in FORMS.items()}
    files = {
        "README.md": "# Đủ loại".encode(),
        "slips/phieu.typ": b"= A",
        "scenarios/mot.yaml": b"title: A\nacts:\n  - start: {}\n",
    }
    copied: Callable[[Any], Any] = lambda value: yaml.safe_load(_yaml(value))  # noqa: E731 - a name for three uses below
    return Work(root, copied(_SHEET), copied(forms), copied(ROWS), files)


def _model() -> str:
    inside = _INNER + _flows(_INNER_FLOWS)
    references = {name: "".join(f"<bpmn:flowNodeRef>{id_}</bpmn:flowNodeRef>" for id_ in ids) for name, ids in _LANES.items()}
    lanes = "".join(f'<bpmn:lane id="l{n}" name="{name}">{refs}</bpmn:lane>' for n, (name, refs) in enumerate(references.items()))
    main = f'<bpmn:laneSet id="lanes">{lanes}</bpmn:laneSet>{_MAIN.replace("INNER", inside)}{_flows(_FLOWS)}'
    own = '<bpmn:laneSet id="lanes2"><bpmn:lane id="l9" name="Văn thư"><bpmn:flowNodeRef>k_lam</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    processes = f'<bpmn:process id="tat_ca" name="Đủ loại" isExecutable="true">{main}</bpmn:process>'
    processes += (
        f'<bpmn:process id="khac" name="Việc khác" isExecutable="true">{own}{_CALLED}{_flows(_CALLED_FLOWS)}</bpmn:process>'
    )
    shapes = "".join(
        f'<bpmndi:BPMNShape id="{id_}_di" bpmnElement="{id_}"><dc:Bounds x="{n}" y="{n}" width="9" height="9"/></bpmndi:BPMNShape>'
        for n, id_ in enumerate(STEPS)
    )
    plane = f'<bpmndi:BPMNDiagram id="d"><bpmndi:BPMNPlane id="p" bpmnElement="tat_ca">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>'
    return f"{_HEAD}{_DECLARED}{processes}{plane}</bpmn:definitions>"


def _flows(words: str) -> str:
    """``source>target``, with ``:condition`` or ``#id`` behind."""
    written = []
    for word in words.split():
        ends, _, condition = word.partition(":")
        ends, _, own = ends.partition("#")
        source, target = ends.split(">")
        inner = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        written.append(
            f'<bpmn:sequenceFlow id="{own or f"f_{source}_{target}"}" sourceRef="{source}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'
        )
    return "".join(written)


def _yaml(value: Any) -> bytes:
    return yaml.safe_dump(value, allow_unicode=True, sort_keys=False).encode()
