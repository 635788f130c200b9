"""``forms/<name>.yaml``: a form as its author writes it, read strictly."""

import dataclasses
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from engine.errors import Finding
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.people.actors import ROLES
from engine.procedures import answers, typed_days, typed_text
from engine.procedures.fields import TYPES, Choice, Condition, Field, condition_of
from engine.procedures.forms import Form, Section
from engine.procedures.sheets import Sheet

DIRECTORY = "forms"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
#: Names the pages and the API use beside the answers.
_RESERVED = frozenset({"csrf_token", "version", "idempotency_key", "action", "files"})
_WITH_CHOICES = ("choice", "choices")


def read(path: str, content: bytes, findings: list[Finding]) -> Form:
    """The form in ``content``; what is wrong is added to ``findings``."""
    sheet = Sheet.parse(content, path, findings)
    title, help_text = sheet.text("title"), sheet.text_or("help") or ""
    sections = tuple(_sections(sheet))
    sheet.close()
    form = Form(PurePosixPath(path).stem, title, help_text, sections)
    _check_names(form, sheet)
    return form


def _sections(sheet: Sheet) -> Iterator[Section]:
    if "fields" in sheet:
        yield Section("", "", tuple(_field(row, "") for row in sheet.rows("fields")))
    else:
        sheet.plain("fields")
    for part in sheet.rows("sections"):
        title = part.text("title")
        yield Section(title, part.text_or("help") or "", tuple(_field(row, title) for row in part.rows("fields")))
        part.close()


def _field(row: Sheet, section: str) -> Field:
    kind = row.one_of("type", TYPES)
    field = Field(
        name=row.text("name"),
        type=kind,
        label=row.text("label"),
        help=row.text_or("help") or "",
        section=section,
        is_required=row.flag("required"),
        required_when=_condition(row, "required_when"),
        visible_when=_condition(row, "visible_when"),
        choices=tuple(_choices(row)) if kind in _WITH_CHOICES else (),
        display=row.one_of("display", ("radio", "select"), "radio") if kind == "choice" else "",
        minimum=_limit(row, "min", kind),
        maximum=_limit(row, "max", kind),
        min_length=row.whole("min_length"),
        max_length=row.whole("max_length"),
        pattern=row.one_of("pattern", tuple(typed_text.PATTERNS)) if "pattern" in row else row.text_or("pattern"),
        decimals=row.whole("decimals", 0) or 0,
        unit=row.text_or("unit") or "",
        default=row.plain("default"),
        role=row.one_of("role", ROLES) if kind == "person" or ("role" in row and kind == "people") else None,
        assigns=row.text_or("assigns") if kind == "person" else None,
        routes=row.flag("routes"),
    )
    row.close()
    _check_name(field, row)
    return dataclasses.replace(field, default=_default(field, row))


def _choices(row: Sheet) -> Iterator[Choice]:
    """``value: label`` lines, or ``value: {label, help}``."""
    found = row.words("choices")
    if not found:
        row.note("field.choices", "Mục lựa chọn phải có “choices”: mỗi dòng “giá_trị: Nhãn tiếng Việt”.", "choices")
    for value, label in found.items():
        if isinstance(label, str) and label.strip():
            yield Choice(value, label.strip())
        elif isinstance(label, dict) and isinstance(label.get("label"), str) and set(label) <= {"label", "help"}:
            yield Choice(value, label["label"], str(label.get("help") or ""))
        else:
            row.note("field.choices", f"Lựa chọn “{value}” phải có nhãn là chữ.", "choices")


def _condition(row: Sheet, key: str) -> Condition | None:
    source = row.text_or(key)
    if source is None:
        return None
    try:
        return condition_of(compile_expression(source))
    except ExpressionError as error:
        row.note("field.condition", str(error), key)
        return None


def _limit(row: Sheet, key: str, kind: str) -> Any:
    if kind not in ("date", "datetime"):
        return row.number(key)
    text = row.text_or(key)
    if text is None or text == "today":
        return text
    try:
        typed_days.limit_day(text)
    except ValueError:
        row.note("field.limit", "Giới hạn ngày viết như 2026-12-31, hoặc today.", key)
        return None
    return text


def _check_name(field: Field, row: Sheet) -> None:
    if field.name and (not _NAME.fullmatch(field.name) or field.name in _RESERVED):
        row.note(
            "field.name", "Tên mục chỉ gồm chữ thường không dấu, chữ số, gạch dưới, và không trùng tên hệ thống dùng.", "name"
        )


def _default(field: Field, row: Sheet) -> Any:
    """The default as an answer would be kept. A box is never ticked beforehand: silence is no consent."""
    if field.default is None:
        return None
    if field.type in ("date", "datetime", "person", "people", "file", "boolean"):
        row.note("field.default", "Loại mục này không có giá trị gợi ý sẵn.", "default")
        return None
    try:
        return answers.read(field, field.default)
    except typed_text.Refused as refusal:
        row.note("field.default", f"Giá trị gợi ý không hợp lệ: {refusal}", "default")
        return None


def _check_names(form: Form, sheet: Sheet) -> None:
    """Names stand once; conditions speak only of questions of the form, a visible one only of those before it."""
    names = [field.name for field in form.fields]
    before: set[str] = set()
    for field in form.fields:
        place = f"{sheet.place}: {field.name}"
        if field.name in before:
            sheet.findings.append(Finding(place, "field.twice", f"Tên mục “{field.name}” dùng hai lần."))
        for condition, known in ((field.visible_when, before), (field.required_when, set(names))):
            for name in sorted((condition.expression.names if condition else frozenset()) - known):
                message = f"Điều kiện nói tới “{name}”: mục này không có trong biểu mẫu hoặc đứng sau."
                sheet.findings.append(Finding(place, "field.condition", message))
        before.add(field.name)
