"""How a model reads to the people who work by it: names of steps, words on branches, size of a drawing."""

import unicodedata
from collections import Counter
from collections.abc import Iterator

from engine.errors import Finding
from engine.flow.facts import ElementFacts, ModelFacts
from engine.procedures.definition import Definition
from engine.procedures.style_words import VERBS
from engine.procedures.verdicts import Verdict

#: Elements one process or sub-process should show at most: more do not fit a screen or a page of A4.
MOST_ELEMENTS = 40
_WORK = ("userTask", "manualTask", "task", "serviceTask", "sendTask", "businessRuleTask", "scriptTask", "receiveTask")
_PEOPLE = ("userTask", "manualTask", "task")
_CHOICES = ("exclusiveGateway", "inclusiveGateway")


def check(definition: Definition) -> Verdict:
    """Errors: what people cannot work with, a step of theirs without a name or with the name of another in the same lane.

    Everything else is a warning: the case runs all the same, the reader of the model, an auditor say, has the trouble.
    """
    facts = definition.facts
    errors = [*_unnamed(facts), *_twins(facts)]
    warnings = [*_verbs(facts), *_branches(facts), *_questions(facts), *_without_default(definition), *_sizes(facts)]
    return Verdict(tuple(errors), tuple(warnings))


def begins_with_verb(name: str) -> bool:
    """Whether the first word, or the first two, are a verb of office work."""
    words = unicodedata.normalize("NFC", name).casefold().replace(",", " ").split()
    return bool(words) and (words[0] in VERBS or " ".join(words[:2]) in VERBS)


def _unnamed(facts: ModelFacts) -> Iterator[Finding]:
    for element in _of(facts, _PEOPLE):
        if not element.name.strip():
            yield Finding(element.id, "style.unnamed", "Bước chưa có tên: hãy ghi động từ và việc, ví dụ “Kiểm tra hồ sơ”.")


def _twins(facts: ModelFacts) -> Iterator[Finding]:
    named = [(element, (element.lane, element.name.strip().casefold())) for element in _of(facts, _PEOPLE)]
    count = Counter(key for _, key in named if key[1])
    for element, key in named:
        if count[key] > 1:
            message = (
                f"Có {count[key]} bước cùng tên “{element.name}” trong một làn: người làm không phân biệt được, hãy đổi tên."
            )
            yield Finding(element.id, "style.same_name", message)


def _verbs(facts: ModelFacts) -> Iterator[Finding]:
    for element in _of(facts, _WORK):
        name = element.name.strip()
        if name and not begins_with_verb(name):
            message = f"Tên bước nên bắt đầu bằng động từ: “{name}”. Ví dụ: “Kiểm tra hồ sơ”, “Ký kết quả”."
            yield Finding(element.id, "style.verb", message)
        elif name and element.kind in _PEOPLE and (len(name.split()) == 1 or name.casefold() in VERBS):
            yield Finding(element.id, "style.object", f"“{name}” chưa nói làm việc gì: hãy ghi thêm, ví dụ “{name} hồ sơ”.")


def _branches(facts: ModelFacts) -> Iterator[Finding]:
    for flow in facts.flows:
        source = facts.elements.get(flow.source)
        if source is not None and source.kind in _CHOICES and flow.condition and not flow.name.strip():
            message = f"Nhánh ra khỏi “{source.name or source.id}” có điều kiện mà không có lời: hãy ghi khi nào đi nhánh này."
            yield Finding(flow.id, "style.branch", message)


def _questions(facts: ModelFacts) -> Iterator[Finding]:
    for gateway in _of(facts, _CHOICES):
        if not gateway.name.strip() and sum(flow.source == gateway.id for flow in facts.flows) > 1:
            yield Finding(gateway.id, "style.question", "Cổng rẽ nhánh chưa có câu hỏi: hãy ghi, ví dụ “Đồng ý?”.")


def _without_default(definition: Definition) -> Iterator[Finding]:
    """Choices that compare numbers, dates or texts leave cases between their branches unless one of these is the default."""
    listed = {
        field.name
        for form in definition.forms.values()
        for field in form.fields
        if field.routes and field.type in ("choice", "boolean", "choices")
    }
    for gateway in _of(definition.facts, _CHOICES):
        out = [flow for flow in definition.facts.flows if flow.source == gateway.id]
        read = {name for flow in out for name in _names(definition, flow.condition)}
        if len(out) > 1 and not any(flow.is_default for flow in out) and read - listed:
            message = (
                f"Cổng “{gateway.name or gateway.id}” xét {', '.join(sorted(read - listed))} mà không có nhánh mặc định: "
                "hãy đặt một nhánh mặc định cho trường hợp còn lại."
            )
            yield Finding(gateway.id, "style.default", message)


def _names(definition: Definition, condition: str | None) -> frozenset[str]:
    expression = definition.model.vocabulary.expressions.get(condition or "")
    return expression.names if expression is not None else frozenset()


def _sizes(facts: ModelFacts) -> Iterator[Finding]:
    for scope, count in Counter(element.scope for element in facts.elements.values()).items():
        if count > MOST_ELEMENTS:
            name = facts.processes[scope].name if scope in facts.processes else facts.elements[scope].name
            message = (
                f"“{name or scope}” có {count} phần tử, khó đọc: hãy gom một đoạn thành quy trình con (tối đa {MOST_ELEMENTS})."
            )
            yield Finding(scope, "style.size", message)


def _of(facts: ModelFacts, kinds: tuple[str, ...]) -> list[ElementFacts]:
    return [element for element in facts.elements.values() if element.kind in kinds]
