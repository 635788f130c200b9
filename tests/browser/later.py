"""The dossier procedure as somebody would change it: another term, a timer put on, a step under another id and name."""

from engine.procedures import folder
from engine.procedures.folder import Folder

SHEET, MODEL = "procedure.yaml", "dossier.bpmn"
#: The step of the counter that is another one in the later state, and its names.
FORMER, LATER = "receive_result", "take_result"
FORMER_NAME, LATER_NAME = "Nhận kết quả về quầy", "Lấy kết quả về quầy"
_TIMER = """<bpmn:boundaryEvent id="process_late" name="Làm quá mười ngày" attachedToRef="process" cancelActivity="false">
  <bpmn:outgoing>flow_process_late</bpmn:outgoing>
  <bpmn:timerEventDefinition><bpmn:timeDuration>P10D</bpmn:timeDuration></bpmn:timerEventDefinition>
</bpmn:boundaryEvent>
<bpmn:endEvent id="end_process_late" name="Đã ghi nhận quá mười ngày"><bpmn:incoming>flow_process_late</bpmn:incoming></bpmn:endEvent>
<bpmn:sequenceFlow id="flow_process_late" sourceRef="process_late" targetRef="end_process_late" />
"""
_DRAWN = """<bpmndi:BPMNShape id="process_late_di" bpmnElement="process_late"><dc:Bounds x="1407" y="642" width="36" height="36" /></bpmndi:BPMNShape>
<bpmndi:BPMNShape id="end_process_late_di" bpmnElement="end_process_late"><dc:Bounds x="1330" y="642" width="36" height="36" /></bpmndi:BPMNShape>
<bpmndi:BPMNEdge id="flow_process_late_di" bpmnElement="flow_process_late"><di:waypoint x="1407" y="660" /><di:waypoint x="1366" y="660" /></bpmndi:BPMNEdge>
"""


def changed(former: Folder) -> Folder:
    """``former`` with these changes, drawn as well."""
    files = {
        path.replace(FORMER, LATER): content.replace(FORMER.encode(), LATER.encode()) for path, content in former.files.items()
    }
    files[SHEET] = _replaced(files[SHEET], "sign: {term: 4h", "sign: {term: 6h")
    model = _replaced(files[MODEL], f'name="{FORMER_NAME}"', f'name="{LATER_NAME}"')
    model = _replaced(model, '<bpmn:userTask id="check"', f'{_TIMER}<bpmn:userTask id="check"')
    files[MODEL] = _replaced(model, '<bpmndi:BPMNShape id="gw_process_di"', f'{_DRAWN}<bpmndi:BPMNShape id="gw_process_di"')
    return folder.of(files.items())


def _replaced(content: bytes, before: str, after: str) -> bytes:
    text = content.decode()
    assert text.count(before) == 1, before
    return text.replace(before, after).encode()
