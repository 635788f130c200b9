"""``procedure.yaml``: what stands in it, read strictly; whether it fits the model is judged elsewhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from engine.errors import Finding
from engine.language.errors import ExpressionError
from engine.language.expressions import Expression, compile_expression
from engine.people.actors import ROLES
from engine.people.signatures import MEANINGS
from engine.procedures.parts import (
    ESCALATIONS,
    PORTAL_STATUSES,
    REMINDER,
    CoverageRule,
    HandsOut,
    LaneRule,
    MessageDefinition,
    StartDefinition,
)
from engine.procedures.sheets import Sheet

FILE = "procedure.yaml"
_TERM = re.compile(r"(\d{1,4}(?:[.,]\d{1,2})?)\s*([mhd])")
#: Working minutes: a working day has eight hours.
_MINUTES = {"m": 1, "h": 60, "d": 480}
_MISSING_TERM = -1


@dataclass(frozen=True)
class StepEntry:
    """What the sheet says of one step. ``term_minutes``: -1 where it says nothing, None where it says "no term"."""

    term_minutes: int | None
    borrows_from: str | None
    status: str | None
    help: str
    form: str | None
    reminder: int
    escalations: tuple[tuple[int, str], ...]
    is_hand_over: bool
    hands_out: HandsOut | None
    signs: str | None
    is_personal: bool
    given_to: str | None
    place: str

    @property
    def has_term(self) -> bool:
        """Whether the sheet speaks of its term at all."""
        return self.term_minutes != _MISSING_TERM


@dataclass(frozen=True)
class ProcedureSheet:
    """The whole file."""

    code: str
    title: str
    iso_clauses: tuple[str, ...]
    legal_basis: tuple[str, ...]
    owner_role: str
    record_class: str
    retention_years: int
    register_columns: tuple[str, ...]
    public_services: tuple[str, ...]
    capabilities: tuple[str, ...]
    statuses: Mapping[str, str]
    start: StartDefinition
    lanes: Mapping[str, LaneRule]
    steps: Mapping[str, StepEntry]
    waits: Mapping[str, str]
    messages: Mapping[str, MessageDefinition]
    ends: Mapping[str, str | None]
    slips: Mapping[str, tuple[str, ...]]
    coverage: CoverageRule
    separate: tuple[tuple[str, str], ...]


def read(content: bytes, findings: list[Finding]) -> ProcedureSheet:
    """The sheet in ``content``; what is wrong is added to ``findings``."""
    sheet = Sheet.parse(content, FILE, findings)
    result = ProcedureSheet(
        code=sheet.text("code"),
        title=sheet.text("title"),
        iso_clauses=tuple(sheet.texts("iso_clauses")),
        legal_basis=tuple(sheet.texts("legal_basis")),
        owner_role=sheet.one_of("owner_role", ROLES),
        record_class=sheet.text("record_class"),
        retention_years=sheet.whole("retention_years", 0) or 0,
        register_columns=tuple(sheet.texts("register_columns")),
        public_services=tuple(sheet.texts("public_services")),
        capabilities=tuple(sheet.texts("capabilities")),
        statuses=_texts(sheet, "statuses") or PORTAL_STATUSES,
        start=_start(sheet.part("start")),
        lanes={name: _lane(part) for name, part in sheet.parts("lanes")},
        steps={element: _step(part) for element, part in sheet.parts("steps")},
        waits=_texts(sheet, "waits"),
        messages={name: _message(name, part) for name, part in sheet.parts("messages")},
        ends={element: None if outcome == "none" else outcome for element, outcome in _texts(sheet, "ends").items()},
        slips=_slips(sheet),
        coverage=_coverage(sheet),
        separate=_separate(sheet),
    )
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,62}", result.code) and result.code:
        sheet.note("sheet.code", "Mã quy trình chỉ gồm chữ thường không dấu, chữ số và gạch dưới.", "code")
    sheet.close()
    return result


def minutes_of(text: str) -> int | None:
    """Working minutes of ``30m``, ``4h``, ``1.5d`` (a working day has 8 hours); None for ``none``. ``ValueError`` otherwise."""
    if text == "none":
        return None
    found = _TERM.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return round(float(found[1].replace(",", ".")) * _MINUTES[found[2]])


def _coverage(sheet: Sheet) -> CoverageRule:
    part, usual = sheet.part("coverage"), CoverageRule()
    rule = CoverageRule(part.whole("tasks", usual.tasks) or 0, part.whole("flows", usual.flows) or 0)
    if max(rule.tasks, rule.flows) > 100:
        part.note("sheet.coverage", "Độ bao phủ là số phần trăm từ 0 đến 100.")
    part.close()
    return rule


def _separate(sheet: Sheet) -> tuple[tuple[str, str], ...]:
    """Pairs of steps that no one person may do in one case."""
    pairs = sheet.plain("separate") or []
    if not isinstance(pairs, list) or not all(_is_pair(pair) for pair in pairs):
        sheet.note("sheet.separate", "Mục separate là danh sách các cặp bước khác nhau, ví dụ [[process, check]].", "separate")
        return ()
    return tuple((first, second) for first, second in pairs)


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(set(map(str, value))) == len(value) == 2 and all(isinstance(one, str) for one in value)


def _lane(part: Sheet) -> LaneRule:
    rule = LaneRule(part.one_of("role", ROLES), part.flag("of_division"))
    part.close()
    return rule


def _step(part: Sheet) -> StepEntry:
    entry = StepEntry(
        term_minutes=_term(part),
        borrows_from=part.text_or("borrows_from"),
        status=part.text_or("status"),
        help=part.text_or("help") or "",
        form=part.text_or("form"),
        reminder=part.whole("reminder", REMINDER) or 0,
        escalations=_escalations(part),
        is_hand_over=part.flag("is_hand_over", default=True),
        hands_out=_hands_out(part),
        signs=_signs(part),
        is_personal=part.flag("is_personal"),
        given_to=part.text_or("given_to"),
        place=part.place,
    )
    part.close()
    return entry


def _signs(part: Sheet) -> str | None:
    return part.one_of("signs", tuple(MEANINGS)) if part.plain("signs") is not None else None


def _hands_out(part: Sheet) -> HandsOut | None:
    if "hands_out" not in part:
        part.plain("hands_out")
        return None
    given = part.part("hands_out")
    found = HandsOut(given.text("to"), given.text_or("receiver"), _condition(given), given.text_or("note") or "")
    given.close()
    return found


def _condition(part: Sheet) -> Expression | None:
    source = part.text_or("when")
    if source is None:
        return None
    try:
        return compile_expression(source)
    except ExpressionError as error:
        part.note("sheet.condition", f"Điều kiện viết chưa đúng: {error}", "when")
        return None


def _term(part: Sheet) -> int | None:
    text = part.text_or("term")
    if text is None:
        return _MISSING_TERM
    try:
        return minutes_of(text)
    except ValueError:
        part.note("sheet.term", "Thời hạn viết như 30m (phút), 4h (giờ), 1.5d (ngày làm việc) hoặc none (không có).", "term")
        return None


def _escalations(part: Sheet) -> tuple[tuple[int, str], ...]:
    if "escalations" not in part:
        part.plain("escalations")
        return ESCALATIONS
    found = []
    for row in part.rows("escalations"):
        percent = row.whole("at") or 0
        found.append((percent, row.one_of("to", ROLES)))
        if percent <= 100:
            row.note("sheet.escalation", "Báo cấp trên chỉ sau khi quá hạn: ghi số phần trăm lớn hơn 100.", "at")
        row.close()
    return tuple(found)


def _message(name: str, part: Sheet) -> MessageDefinition:
    message = MessageDefinition(
        name, part.text("title"), part.text_or("form"), _roles(part), frozenset(part.texts("closed_while"))
    )
    part.close()
    return message


def _start(part: Sheet) -> StartDefinition:
    start = StartDefinition(part.text_or("form"), _roles(part), part.words("values"), part.flag("has_subject"))
    for name, value in start.values.items():
        if value is not None and not isinstance(value, str | bool | int | float):
            part.note("sheet.value", f"Giá trị ban đầu “{name}” chỉ được là chữ, số, true, false hoặc null.", "values")
    part.close()
    return start


def _roles(part: Sheet) -> frozenset[str]:
    roles = part.texts("roles")
    for role in roles:
        if role not in ROLES:
            part.note("role.unknown", f"Không có vai trò “{role}”: chọn trong {', '.join(ROLES)}.", "roles")
    if not roles:
        part.note("role.missing", "Phải ghi vai trò nào được làm việc này (roles).", "roles")
    return frozenset(roles)


def _texts(sheet: Sheet, key: str) -> dict[str, str]:
    found = sheet.words(key)
    for name, value in found.items():
        if not isinstance(value, str) or not value.strip():
            sheet.note("sheet.text", f"“{name}” phải có giá trị là chữ.", key)
    return {name: value for name, value in found.items() if isinstance(value, str)}


def _slips(sheet: Sheet) -> dict[str, tuple[str, ...]]:
    found = {}
    for kind, paths in sheet.words("slips").items():
        if not isinstance(paths, list) or not all(isinstance(path, str) for path in paths):
            sheet.note("sheet.list", f"“{kind}” phải là danh sách các tệp mẫu phiếu.", "slips")
            continue
        found[kind] = tuple(paths)
    return found
