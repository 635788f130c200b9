"""What a printed procedure says of its model: steps, duties, terms, forms, slips, records. Pure, from the definition alone."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from engine.flow.facts import ElementFacts
from engine.procedures import step_order
from engine.procedures.definition import Definition
from engine.procedures.fields import Field
from engine.procedures.parts import StepDefinition

#: Who owns a procedure, as people call the role.
OWNERS = {
    "clerk": "Bộ phận Một cửa", "officer": "Công chức chuyên môn", "head": "Lãnh đạo phòng", "leader": "Lãnh đạo cơ quan",
    "deputy": "Cấp phó lãnh đạo", "registrar": "Văn thư", "secretary": "Thư ký ISO", "archivist": "Lưu trữ",
    "accountant": "Kế toán", "inspector": "Thanh tra", "admin": "Quản trị viên",
}  # fmt: skip
#: Abbreviations offices use without a word about them; those that stand in a text are explained.
ABBREVIATIONS = {
    "CCCD": "Căn cước công dân", "HĐND": "Hội đồng nhân dân", "HTQLCL": "Hệ thống quản lý chất lượng",
    "ISO": "Tổ chức tiêu chuẩn hóa quốc tế", "MST": "Mã số thuế", "NĐ": "Nghị định", "NĐ-CP": "Nghị định của Chính phủ",
    "QĐ": "Quyết định", "QT": "Quy trình", "TCVN": "Tiêu chuẩn quốc gia của Việt Nam", "TT": "Thông tư",
    "TTHC": "Thủ tục hành chính", "UBND": "Ủy ban nhân dân", "VPCP": "Văn phòng Chính phủ",
}  # fmt: skip
TYPES = {
    "text": "chữ", "textarea": "đoạn văn", "number": "số", "money": "số tiền", "date": "ngày", "datetime": "ngày giờ",
    "choice": "chọn một", "choices": "chọn nhiều", "boolean": "có/không", "person": "người", "file": "tệp kèm",
    "id_number": "số căn cước", "phone": "điện thoại", "email": "thư điện tử",
}  # fmt: skip
_AUTOMATIC = ("serviceTask", "sendTask", "scriptTask", "businessRuleTask")
_SLIP_TITLE = re.compile(r'title:\s*\(((?:\s*"[^"\n]*"\s*,?)+)\)')
_WORKING_TIME = "Thời hạn tính bằng giờ làm việc theo lịch của cơ quan; một ngày làm việc là 8 giờ."


def steps(described: Definition) -> list[dict[str, Any]]:
    """The rows of the table of steps: number, work, who, in which time, on which form, and the ways on."""
    order = step_order.in_order(described.facts)
    numbers = {element.id: place for place, element in enumerate(order, 1)}
    return [_row(described, element, numbers) for element in order]


def duties(described: Definition) -> list[dict[str, Any]]:
    """Lane → the names of the steps people do in it, in the order of the model's lanes."""
    order = [e for e in step_order.in_order(described.facts) if e.id in described.steps]
    found = {lane: [e.name for e in order if e.lane == lane] for lane in described.facts.lanes}
    return [{"who": lane, "steps": names} for lane, names in found.items() if names]


def terms(described: Definition, texts: Iterable[str]) -> list[dict[str, str]]:
    """Abbreviations that stand in ``texts``, then the statuses a case can have and how time is counted."""
    met = {word for text in texts for word in re.findall(r"[A-ZĐ][A-ZĐ-]*[A-ZĐ]", text)}
    short = [{"term": word, "meaning": meaning} for word, meaning in sorted(ABBREVIATIONS.items()) if word in met]
    used = {step.status for step in described.steps.values()} | {*described.waits.values()} | {*described.ends.values()}
    names = [name for word, name in described.statuses.items() if word in used]
    states = [{"term": "Trạng thái hồ sơ", "meaning": "; ".join(names)}] if names else []
    return [*short, *states, {"term": "Thời hạn", "meaning": _WORKING_TIME}]


def forms(described: Definition) -> list[dict[str, Any]]:
    """Every form with where it is used and what it asks."""
    used: dict[str, list[str]] = {}
    for step in described.steps.values():
        used.setdefault(step.form, []).append(step.name)
    for message in described.messages.values():
        used.setdefault(message.form or "", []).append(message.title)
    if described.start.form:
        used.setdefault(described.start.form, []).append("Mở hồ sơ")
    order = [name for name in used if name in described.forms]
    return [
        {
            "code": name,
            "title": described.forms[name].title,
            "used": used[name],
            "fields": [_field(field) for field in described.forms[name].fields],
        }
        for name in dict.fromkeys([*order, *described.forms])
        if name in used
    ]


def slips(described: Definition) -> list[dict[str, str]]:
    """Every paper the procedure prints: the title on it, its file, its kind."""
    return [
        {"title": _slip_title(described.templates.get(path, b""), path), "file": path.rpartition("/")[2], "kind": kind}
        for kind, paths in described.slips.items()
        for path in paths
    ]


def messages(described: Definition) -> list[dict[str, str]]:
    """What may happen to a case from outside its steps, with the form it is recorded on."""
    return [
        {"title": message.title, "form": described.forms[message.form].title}
        if message.form is not None and message.form in described.forms
        else {"title": message.title, "form": ""}
        for message in described.messages.values()
    ]


def term_text(step: StepDefinition, numbers: Mapping[str, int]) -> str:
    """``30 phút``, ``4 giờ``, ``2 ngày``: working time; whose time it is taken from where no time of its own is set."""
    if step.term_minutes is None:
        return "Không quy định"
    lender = numbers.get(step.borrows_from or "")
    inside = f" (trong giờ của bước {lender} nếu thủ tục không quy định riêng)" if lender else ""
    return working_time(step.term_minutes) + inside


def working_time(minutes: int) -> str:
    """An amount of working time: whole days from two days on, else hours and minutes."""
    if minutes >= 960 and minutes % 480 == 0:
        return f"{minutes // 480} ngày làm việc"
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} giờ" if hours else "", f"{rest} phút" if rest or not hours else ""]
    return " ".join(part for part in parts if part)


def _row(described: Definition, element: ElementFacts, numbers: Mapping[str, int]) -> dict[str, Any]:
    step = described.steps.get(element.id)
    ways = [_way(way, described, numbers) for way in step_order.ways_on(described.facts, element.id)]
    shared = {"number": numbers[element.id], "name": element.name or element.id, "ways": ways}
    if step is None:
        is_automatic = element.kind in _AUTOMATIC
        who = "Hệ thống" if is_automatic else element.lane or ""
        return {**shared, "who": who, "term": "Ngay" if is_automatic else "", "form": "", "help": element.documentation}
    form = described.forms.get(step.form)
    division = " (phòng giải quyết)" if step.of_division else ""
    return {
        **shared,
        "who": (element.lane or "") + division,
        "term": term_text(step, numbers),
        "form": form.title if form else step.form,
        "help": step.help,
    }


def _way(way: step_order.Way, described: Definition, numbers: Mapping[str, int]) -> str:
    target = described.facts.elements[way.target]
    place = f"bước {numbers[target.id]}" if target.id in numbers else f"“{target.name}”" if target.name else "kết thúc"
    return f"{way.words}: {place}" if way.words else f"Còn lại: {place}"


def _field(field: Field) -> dict[str, str]:
    is_conditional = field.required_when is not None or field.visible_when is not None
    required = "có" if field.is_required and field.visible_when is None else "khi cần" if is_conditional else ""
    choices = "; ".join(choice.label for choice in field.choices)
    return {"label": field.label, "type": TYPES.get(field.type, field.type), "required": required, "choices": choices}


def _slip_title(template: bytes, path: str) -> str:
    found = _SLIP_TITLE.search(template.decode("utf-8", "replace")) if path.endswith(".typ") else None
    lines = re.findall(r'"([^"]*)"', found[1]) if found else []
    return " ".join(line for line in lines if line) or path.rpartition("/")[2]
