"""The benchmark process: 8 steps each with a reminder timer, 2 rework loops, a called process, an approval by three."""

from itertools import pairwise

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:qt="http://quytrinh.vn/bpmn/1.0"'
    ' id="definitions" targetNamespace="http://quytrinh.vn">'
)


class Process:
    """Writes a process or sub-process as XML: ``element`` by ``element``, ``flow`` by ``flow``."""

    def __init__(self, id_: str = "main", tag: str = "process") -> None:
        self.id, self.tag = id_, tag
        self.parts: list[str] = []
        self.flows = 0

    def element(self, tag: str, id_: str, inner: str = "", **attributes: str) -> "Process":
        """Add one element with its inner XML."""
        written = "".join(f' {name}="{value}"' for name, value in attributes.items())
        self.parts.append(f'<bpmn:{tag} id="{id_}"{written}>{inner}</bpmn:{tag}>')
        return self

    def flow(self, source: str, target: str, condition: str = "", id_: str = "") -> "Process":
        """Add one sequence flow."""
        self.flows += 1
        written = f"<bpmn:conditionExpression>{condition}</bpmn:conditionExpression>" if condition else ""
        name = id_ or f"{self.id}_flow_{self.flows}"
        self.parts.append(
            f'<bpmn:sequenceFlow id="{name}" sourceRef="{source}" targetRef="{target}">{written}</bpmn:sequenceFlow>'
        )
        return self

    def chain(self, *ids: str) -> "Process":
        """Add a flow from each element to the next."""
        for source, target in pairwise(ids):
            self.flow(source, target)
        return self

    def add(self, inner: "Process", outer: str = "") -> "Process":
        """Add a sub-process, with further XML ``outer`` inside it."""
        self.parts.append(f'<bpmn:subProcess id="{inner.id}">{outer}{"".join(inner.parts)}</bpmn:subProcess>')
        return self

    def xml(self) -> str:
        """The element as XML."""
        return f'<bpmn:{self.tag} id="{self.id}" isExecutable="true">{"".join(self.parts)}</bpmn:{self.tag}>'


def document(*processes: Process, extra: str = "") -> bytes:
    """A BPMN file of these processes; ``extra`` holds messages, errors, signals."""
    return f"{HEAD}{extra}{''.join(process.xml() for process in processes)}</bpmn:definitions>".encode()


def timer(text: str) -> str:
    """A timer definition of that duration."""
    return f"<bpmn:timerEventDefinition><bpmn:timeDuration>{text}</bpmn:timeDuration></bpmn:timerEventDefinition>"


def each(collection: str, item: str, *, sequential: bool = False, inner: str = "") -> str:
    """Loop characteristics: once for each element of ``collection``."""
    return (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">'
        f'<bpmn:loopDataInputRef>{collection}</bpmn:loopDataInputRef><bpmn:inputDataItem id="{item}_item" name="{item}"/>'
        f"{inner}</bpmn:multiInstanceLoopCharacteristics>"
    )


def benchmark(quote: str = "", yes: str = "again") -> bytes:
    """The benchmark file; stock SpiffWorkflow wants its timer texts quoted and a Python condition."""
    consulted = (
        Process("sub").element("startEvent", "ss").element("userTask", "c1").element("endEvent", "se").chain("ss", "c1", "se")
    )
    main = Process().element("startEvent", "s").element("endEvent", "e")
    for step in (f"t{number}" for number in range(1, 9)):
        main.element("userTask", step, name=f"Step {step}")
        main.element("boundaryEvent", f"b_{step}", timer(f"{quote}P3D{quote}"), attachedToRef=step, cancelActivity="false")
        main.element("endEvent", f"e_{step}").flow(f"b_{step}", f"e_{step}")
    main.element("exclusiveGateway", "m1").element("exclusiveGateway", "x1", default="x1d")
    main.element("exclusiveGateway", "m2").element("exclusiveGateway", "x2", default="x2d")
    main.element("callActivity", "ca", calledElement="sub").element("userTask", "ap", each("approvers", "approver"))
    main.chain("s", "m1", "t1", "t2", "x1").flow("x1", "m1", yes).flow("x1", "t3", id_="x1d")
    main.chain("t3", "ca", "ap", "m2", "t4", "t5", "t6", "x2").flow("x2", "m2", yes).flow("x2", "t7", id_="x2d")
    return document(main.chain("t7", "t8", "e"), consulted)


#: Routing values for the benchmark: no rework, three approvers.
VALUES = {"again": False, "approvers": ["u1", "u2", "u3"]}

#: What a case of the benchmark knows: a dossier of 29 variables, as the anchors were measured with.
DATA = {
    **VALUES,
    "ho_so": {
        "ma": "H31.12.8-261118-0001",
        "thu_tuc": "1.004873",
        "nguoi_nop": {"ten": "Nguyễn Văn A", "dinh_danh": "031185004217", "dia_chi": "Số 12 đường Lê Lợi"},
        "ngay_nop": "2026-11-18T08:00:00+07:00",
    },
    "ket_qua": None,
    **{f"truong_{number}": f"giá trị của trường số {number} trong biểu mẫu" for number in range(1, 26)},
}
