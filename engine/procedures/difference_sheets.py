"""The written half of a procedure as parts to compare: forms, slips, messages, scenarios, the sheet itself."""

import hashlib
from collections.abc import Iterable

import yaml

from engine.procedures import difference_tables
from engine.procedures.definition import Definition
from engine.procedures.difference_parts import Part, Parts
from engine.procedures.fields import Condition, Field
from engine.procedures.forms import Form


def of(rule: Definition) -> Parts:
    """Everything written, by a key that stays when the thing is changed."""
    return {
        **_procedure(rule),
        **_forms(rule),
        **difference_tables.decisions(rule),
        **_slips(rule),
        **_messages(rule),
        **_scenarios(rule),
    }


def _procedure(rule: Definition) -> Parts:
    main = rule.facts.processes[rule.facts.process_id]
    aspects = {
        "code": rule.code,
        "title": rule.title,
        "iso_clauses": "; ".join(rule.iso_clauses),
        "legal_basis": "; ".join(rule.legal_basis),
        "owner_role": rule.owner_role,
        "record_class": rule.record_class,
        "retention_years": str(rule.retention_years),
        "register_columns": ", ".join(rule.register_columns),
        "public_services": ", ".join(rule.public_services),
        "start_form": rule.start.form or "",
        "has_subject": "yes" if rule.start.has_subject else "",
        "start_roles": ", ".join(sorted(rule.start.roles)),
        "start_values": ", ".join(f"{name} = {_value(value)}" for name, value in sorted(rule.start.values.items())),
        "statuses": "; ".join(f"{word} = {name}" for word, name in rule.statuses.items()),
        "documentation": rule.documentation,
        "coverage": f"{rule.coverage.tasks} % số bước, {rule.coverage.flows} % số nhánh",
        "separate": "; ".join(sorted(f"{first} ≠ {second}" for first, second in rule.separate)),
        "lanes": "; ".join(sorted(rule.facts.lanes)),
        "model_name": main.name,
        "model_documentation": main.documentation,
    }
    return {"procedure": Part("procedure.yaml", "procedure", rule.title, aspects)}


def _forms(rule: Definition) -> Parts:
    found: Parts = {}
    for form in rule.forms.values():
        users = _users(rule, form.name)
        path = f"forms/{form.name}.yaml"
        order = tuple((f"{section.title} · {field.name}", field.label) for section in form.sections for field in section.fields)
        found[path] = Part(path, "form", form.title, _form(form), users, f"{len(form.fields)} câu hỏi", order)
        for field in form.fields:
            key = f"{path}#{field.name}"
            found[key] = Part(key, "field", field.label, _field(field, form), users, owner=path)
    return found


def _users(rule: Definition, form: str) -> tuple[str, ...]:
    """Elements that ask this form: steps, and what catches a message that carries it."""
    steps = [step.element for step in rule.steps.values() if step.form == form]
    messages = {message.name for message in rule.messages.values() if message.form == form}
    return (*steps, *_catchers(rule, messages))


def _catchers(rule: Definition, names: Iterable[str]) -> tuple[str, ...]:
    wanted = set(names)
    return tuple(element.id for element in rule.facts.elements.values() if element.message in wanted)


def _form(form: Form) -> dict[str, str]:
    return {"title": form.title, "help": form.help, "sections": "; ".join(section.help for section in form.sections)}


def _field(field: Field, form: Form) -> dict[str, str]:
    section = next(section.title for section in form.sections if field in section.fields)
    return {
        "type": field.type,
        "label": field.label,
        "help": field.help,
        "section": section,
        "required": "yes" if field.is_required else _condition(field.required_when),
        "visible": _condition(field.visible_when),
        "choices": "; ".join(" · ".join((f"{one.value} = {one.label}", one.help)).rstrip(" ·") for one in field.choices),
        "display": field.display,
        "bounds": _bounds(field),
        "pattern": field.pattern or "",
        "decimals": str(field.decimals or ""),
        "unit": field.unit,
        "default": "" if field.default is None else _value(field.default),
        "role": field.role or "",
        "assigns": field.assigns or "",
        "routes": "yes" if field.routes else "",
    }


def _slips(rule: Definition) -> Parts:
    """Each kind of slip; its templates by their bytes."""
    found: Parts = {}
    for kind, paths in rule.slips.items():
        users = tuple(id_ for id_, use in rule.calls.items() if kind in use.parameters.values())
        aspects = {"templates": ", ".join(paths)}
        found[f"slips/{kind}"] = Part(f"slips/{kind}", "slip", kind, aspects, users, ", ".join(paths))
        for path in paths:
            aspects = {"content": _content(rule.templates.get(path, b""))}
            found[path] = Part(path, "template", path, aspects, users, owner=f"slips/{kind}")
    return found


def _scenarios(rule: Definition) -> Parts:
    return {
        path: Part(path, "scenario", path.rpartition("/")[2].removesuffix(".yaml"), {"content": _content(content)})
        for path, content in rule.scenarios.items()
    }


def _content(content: bytes) -> str:
    """A file by its size and hash: what is in it is compared elsewhere."""
    return f"{len(content)} byte, SHA-256 {hashlib.sha256(content).hexdigest()[:16]}"


def _messages(rule: Definition) -> Parts:
    return {
        f"message {message.name}": Part(
            f"messages/{message.name}",
            "message",
            message.title,
            {
                "title": message.title,
                "form": message.form or "",
                "roles": ", ".join(sorted(message.roles)),
                "closed_while": ", ".join(sorted(message.closed_while)),
                "status": rule.waits.get(message.name, ""),
            },
            _catchers(rule, [message.name]),
        )
        for message in rule.messages.values()
    }


def _condition(condition: Condition | None) -> str:
    return condition.expression.source if condition else ""


def _bounds(field: Field) -> str:
    bounds = {"từ": field.minimum, "đến": field.maximum, "ít nhất": field.min_length, "nhiều nhất": field.max_length}
    return ", ".join(f"{word} {bound}" for word, bound in bounds.items() if bound is not None)


def _value(value: object) -> str:
    """A value as its sheet writes it: a text that would read as something else stands in quotes."""
    told = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, width=10**9)
    return told.removesuffix("\n").removesuffix("\n...")
