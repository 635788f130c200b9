"""What an author may do to the sheets, forms, tables and papers, each with what the list of differences must say of it."""

import random
from typing import Any

from engine.people.signatures import MEANINGS
from tests.procedures.edits_drawn import Edit, Line, free
from tests.procedures.everything import STEPS, Work


def _sheet_of_step(aspect: str, key: str, value: Any) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        step = free(work, chance, *(f"{step}/{aspect}" for step in STEPS)).partition("/")[0]
        work.sheet["steps"][step][key] = value
        return {("step", "changed", step, aspect)}

    return edit


def field_added(work: Work, chance: random.Random) -> set[Line]:
    form = free(work, chance, *(f"{form}/added" for form in work.forms)).partition("/")[0]
    fields = work.forms[form]["fields"]
    fields.insert(chance.randint(0, len(fields)), {"name": "them", "type": "text", "label": "Câu hỏi thêm"})
    return {("field", "added", f"forms/{form}.yaml#them", "")}


def field_removed(work: Work, chance: random.Random) -> set[Line]:
    form, name = _field(work, chance, ("viec", "kem"), ("mo", "ngay"))
    work.forms[form]["fields"] = [field for field in work.forms[form]["fields"] if field["name"] != name]
    return {("field", "removed", f"forms/{form}.yaml#{name}", "")}


def _field_changed(aspect: str, where: tuple[str, str], **values: Any) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        form, name = _field(work, chance, where)
        work.taken.discard(f"{form}#{name}")
        free(work, chance, f"{form}#{name}/{aspect}")
        next(field for field in work.forms[form]["fields"] if field["name"] == name).update(values)
        return {("field", "changed", f"forms/{form}.yaml#{name}", aspect)}

    return edit


def field_order(work: Work, chance: random.Random) -> set[Line]:
    """Two questions that stay change places."""
    free(work, chance, "viec/order")
    fields = work.forms["viec"]["fields"]
    places = [index for index, field in enumerate(fields) if field["name"] in ("y_kien", "tien")]
    first, second = places
    fields[first], fields[second] = fields[second], fields[first]
    return {("form", "changed", "forms/viec.yaml", "order")}


def _form_changed(aspect: str, value: str) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        form = free(work, chance, *(f"{form}/{aspect}" for form in work.forms)).partition("/")[0]
        work.forms[form][aspect] = value
        return {("form", "changed", f"forms/{form}.yaml", aspect)}

    return edit


def row_result(work: Work, chance: random.Random) -> set[Line]:
    row = int(free(work, chance, "row/0", "row/1", "row/2").partition("/")[2])
    work.taken |= {"row/order", "row/gone"}
    work.rows[row][1] = '"khac"'
    return {("rule", "changed", "rules/bang.dmn#bang", "results")}


def row_test(work: Work, chance: random.Random) -> set[Line]:
    row = int(free(work, chance, "row/0", "row/1", "row/2").partition("/")[2])
    work.taken |= {"row/order", "row/gone"}
    work.rows[row][0] = f"< {7 + 5 * row}"
    return {("rule", "changed", "rules/bang.dmn#bang", "tests")}


def row_added(work: Work, chance: random.Random) -> set[Line]:
    free(work, chance, "row/gone")
    work.taken |= {"row/0", "row/1", "row/2", "row/order"}
    work.rows.insert(chance.randint(0, 3), ["< 15", '"kha"'])
    return {("rule", "added", "rules/bang.dmn#bang", "")}


def row_order(work: Work, chance: random.Random) -> set[Line]:
    """Under FIRST the row above is the one that answers."""
    free(work, chance, "row/order")
    work.taken |= {"row/0", "row/1", "row/2", "row/gone"}
    work.rows[0], work.rows[1] = work.rows[1], work.rows[0]
    return {("decision", "changed", "rules/bang.dmn#bang", "order")}


def _sheet(place: tuple[str, ...], value: Any, *lines: Line) -> Edit:
    """One value of the sheet, found by its keys."""

    def edit(work: Work, chance: random.Random) -> set[Line]:
        free(work, chance, "/".join(place))
        *outer, last = place
        part: Any = work.sheet
        for key in outer:
            part = part[key]
        part[last] = value
        return set(lines)

    return edit


def _whole(key: str, value: Any, aspect: str = "") -> Edit:
    return _sheet((key,), value, ("procedure", "changed", "procedure.yaml", aspect or key))


def _file(path: str, content: str | None, *lines: Line) -> Edit:
    def edit(work: Work, chance: random.Random) -> set[Line]:
        free(work, chance, path)
        if content is None:
            del work.files[path]
        else:
            work.files[path] = content.encode()
        return set(lines)

    return edit


def template_added(work: Work, chance: random.Random) -> set[Line]:
    free(work, chance, "slips")
    work.files["slips/moi.typ"] = b"= B"
    work.sheet["slips"]["phieu"] = ["slips/phieu.typ", "slips/moi.typ"]
    return {("slip", "changed", "slips/phieu", "templates"), ("template", "added", "slips/moi.typ", "")}


def _field(work: Work, chance: random.Random, *known: tuple[str, str]) -> tuple[str, str]:
    left = [(form, name) for form, name in known if not any(place.startswith(f"{form}#{name}") for place in work.taken)]
    both = [pair for pair in known if f"{pair[0]}#{pair[1]}" not in work.taken] if len(known) == 1 else left
    if not both:
        raise LookupError(known)
    form, name = chance.choice(both)
    work.taken.add(f"{form}#{name}")
    return form, name


_MESSAGE = "messages/co_tin"
EDITS: dict[str, Edit] = {
    "term": _sheet_of_step("term", "term", "6h"),
    "no term": _sheet_of_step("term", "term", "none"),
    "help": _sheet_of_step("help", "help", "Vì luật mới."),
    "status": _sheet_of_step("status", "status", "processing"),
    "reminder": _sheet_of_step("reminder", "reminder", 50),
    "escalations": _sheet_of_step("escalations", "escalations", [{"at": 200, "to": "leader"}]),
    "hand-over": _sheet_of_step("hand_over", "is_hand_over", False),
    "hands out": _sheet_of_step("hands_out", "hands_out", {"to": "Công dân", "note": "Kết quả"}),
    "signature": _sheet_of_step("signs", "signs", next(iter(MEANINGS))),
    "given to": _sheet_of_step("given_to", "given_to", "huong"),
    "personal": _sheet_of_step("personal", "is_personal", True),
    "subject": _sheet(("start", "has_subject"), True, ("procedure", "changed", "procedure.yaml", "has_subject")),
    "form of a step": _sheet_of_step("form", "form", "tin"),
    "field added": field_added,
    "field removed": field_removed,
    "label": _field_changed("label", ("mo", "ten"), label="Tên gọi"),
    "required": _field_changed("required", ("mo", "ten"), required=True),
    "longest": _field_changed("bounds", ("mo", "ten"), max_length=60),
    "type": _field_changed("type", ("mo", "ten"), type="textarea"),
    "default": _field_changed("default", ("mo", "ten"), default="1"),
    "visible": _field_changed("visible", ("mo", "ten"), visible_when='huong = "mot"'),
    "choices": _field_changed("choices", ("mo", "huong"), choices={"mot": "Hướng một", "hai": "Hướng khác"}),
    "routes": _field_changed("routes", ("mo", "huong"), routes=False),
    "least": _field_changed("bounds", ("viec", "tien"), min=6),
    "least, not most": _field_changed("bounds", ("viec", "tien"), min=None, max=5),
    "unit": _field_changed("unit", ("viec", "tien"), unit="nghìn đồng"),
    "field's help": _field_changed("help", ("viec", "y_kien"), help="Ghi ngắn."),
    "order of fields": field_order,
    "form's title": _form_changed("title", "Tên mới"),
    "form's help": _form_changed("help", "Vì sao hỏi"),
    "result of a row": row_result,
    "test of a row": row_test,
    "row added": row_added,
    "order of rows": row_order,
    "message's title": _sheet(("messages", "co_tin", "title"), "Có tin nhắn", ("message", "changed", _MESSAGE, "title")),
    "message's roles": _sheet(("messages", "co_tin", "roles"), ["head"], ("message", "changed", _MESSAGE, "roles")),
    "message closed": _sheet(("messages", "co_tin", "closed_while"), ["ky"], ("message", "changed", _MESSAGE, "closed_while")),
    "status of a wait": _sheet(("waits", "hen"), "received", ("event", "changed", "hen", "status")),
    "outcome": _sheet(("ends", "thoi"), "refused", ("end", "changed", "thoi", "outcome")),
    "template added": template_added,
    "template": _file("slips/phieu.typ", "= C", ("template", "changed", "slips/phieu.typ", "content")),
    "scenario": _file("scenarios/mot.yaml", "title: B", ("scenario", "changed", "scenarios/mot.yaml", "content")),
    "scenario removed": _file("scenarios/mot.yaml", None, ("scenario", "removed", "scenarios/mot.yaml", "")),
    "scenario added": _file("scenarios/hai.yaml", "title: B", ("scenario", "added", "scenarios/hai.yaml", "")),
    "read me": _file("README.md", "# Khác", ("procedure", "changed", "procedure.yaml", "documentation")),
    "title": _whole("title", "Tên khác"),
    "ISO clauses": _whole("iso_clauses", ["ISO 9001:2015 8.2"]),
    "legal basis": _whole("legal_basis", ["NĐ 118/2025/NĐ-CP"]),
    "owner": _whole("owner_role", "leader"),
    "record class": _whole("record_class", "Khác"),
    "retention": _whole("retention_years", 20),
    "columns": _whole("register_columns", ["Mã", "Tên"]),
    "services": _whole("public_services", ["*"]),
    "coverage": _whole("coverage", {"tasks": 50, "flows": 0}),
    "first values": _sheet(("start", "values", "so"), "1", ("procedure", "changed", "procedure.yaml", "start_values")),
    "statuses": _whole("statuses", {"received": "Đã nhận", "processing": "Đang làm"}),
    "start's form": _sheet(("start", "form"), "tin", ("procedure", "changed", "procedure.yaml", "start_form")),
    "starters": _sheet(("start", "roles"), ["clerk"], ("procedure", "changed", "procedure.yaml", "start_roles")),
}
