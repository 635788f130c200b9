"""The written half of a procedure as parts to compare: forms, decision tables, slips, messages, the sheet itself."""

from collections.abc import Iterable

from engine.language.expressions import Expression
from engine.procedures.decision_logic import Rule, Table
from engine.procedures.decisions import Decision
from engine.procedures.definition import Definition
from engine.procedures.difference_parts import Part
from engine.procedures.fields import Condition, Field
from engine.procedures.forms import Form

Parts = dict[str, Part]


def of(rule: Definition) -> Parts:
    """Everything written, by a key that stays when the thing is changed."""
    return {**_procedure(rule), **_forms(rule), **_decisions(rule), **_slips(rule), **_messages(rule)}


def _procedure(rule: Definition) -> Parts:
    aspects = {
        "title": rule.title,
        "iso_clauses": "; ".join(rule.iso_clauses),
        "legal_basis": "; ".join(rule.legal_basis),
        "owner_role": rule.owner_role,
        "record_class": rule.record_class,
        "retention_years": str(rule.retention_years),
        "register_columns": ", ".join(rule.register_columns),
        "public_services": ", ".join(rule.public_services),
        "start_form": rule.start.form or "",
        "start_roles": ", ".join(sorted(rule.start.roles)),
        "start_values": ", ".join(f"{name} = {value}" for name, value in sorted(rule.start.values.items())),
        "statuses": "; ".join(f"{word} = {name}" for word, name in rule.statuses.items()),
        "documentation": rule.documentation,
    }
    return {"procedure": Part("procedure.yaml", "procedure", rule.title, aspects)}


def _forms(rule: Definition) -> Parts:
    found: Parts = {}
    for form in rule.forms.values():
        users = _users(rule, form.name)
        path = f"forms/{form.name}.yaml"
        found[path] = Part(path, "form", form.title, _form(form), users, f"{len(form.fields)}")
        for field in form.fields:
            key = f"{path}#{field.name}"
            found[key] = Part(key, "field", field.label, _field(field, form), users, field.type)
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
    sections = "; ".join(f"{section.title}: {', '.join(field.name for field in section.fields)}" for section in form.sections)
    return {"title": form.title, "help": form.help, "order": sections if len(form.sections) > 1 else ""}


def _field(field: Field, form: Form) -> dict[str, str]:
    section = next(section.title for section in form.sections if field in section.fields)
    return {
        "type": field.type,
        "label": field.label,
        "help": field.help,
        "section": section,
        "required": "yes" if field.is_required else _condition(field.required_when),
        "visible": _condition(field.visible_when),
        "choices": "; ".join(f"{choice.value} = {choice.label}" for choice in field.choices),
        "display": field.display,
        "bounds": " ".join(_text(bound) for bound in (field.minimum, field.maximum, field.min_length, field.max_length)).strip(),
        "pattern": field.pattern or "",
        "decimals": str(field.decimals or ""),
        "unit": field.unit,
        "default": _text(field.default),
        "role": field.role or "",
        "assigns": field.assigns or "",
        "routes": "yes" if field.routes else "",
    }


def _decisions(rule: Definition) -> Parts:
    found: Parts = {}
    for decision in rule.decisions.values():
        users = tuple(element for element, use in rule.asks.items() if decision in (use.decision, *use.decision.order))
        key = f"{decision.path}#{decision.id}"
        found[key] = Part(key, "decision", decision.name, _decision(decision), users)
        if isinstance(decision.logic, Table):
            found |= _rules(decision, decision.logic, users)
    return found


def _decision(decision: Decision) -> dict[str, str]:
    logic = decision.logic
    aspects = {"name": decision.name, "variable": decision.variable, "requires": ", ".join(decision.requires)}
    if not isinstance(logic, Table):
        return {**aspects, "formula": f"{logic.expression.source} ({logic.kind.value})"}
    inputs = "; ".join(
        f"{column.label}: {column.expression.source} ({column.kind.value}) {column.allowed.source}".rstrip()
        for column in logic.inputs
    )
    outputs = "; ".join(
        f"{column.name} ({column.kind.value}) {column.allowed.source} {_expression(column.default)}".rstrip()
        for column in logic.outputs
    )
    policy = f"{logic.policy.value} {logic.aggregation.value}".strip()
    return {**aspects, "policy": policy, "inputs": inputs, "outputs": outputs}


def _rules(decision: Decision, table: Table, users: tuple[str, ...]) -> Parts:
    """Each row by what it tests (twins numbered), so that a row put in the middle is one row more, not all changed."""
    found: Parts = {}
    for row in table.rules:
        tests = " · ".join(test.source or "-" for test in row.tests)
        count = sum(part.aspects["tests"] == tests for part in found.values())
        key = f"{decision.path}#{decision.id} | {tests}{f' #{count}' if count else ''}"
        aspects = {"tests": tests, "results": _results(row)}
        found[key] = Part(f"{decision.path}#{decision.id}", "rule", decision.name, aspects, users, f"{tests} → {_results(row)}")
    return found


def _results(row: Rule) -> str:
    return " · ".join(_expression(result) or "null" for result in row.results)


def _slips(rule: Definition) -> Parts:
    """Each kind of slip; its templates by their bytes."""
    found: Parts = {}
    for kind, paths in rule.slips.items():
        users = tuple(id_ for id_, use in rule.calls.items() if kind in use.parameters.values())
        aspects = {"templates": ", ".join(paths)}
        found[f"slips/{kind}"] = Part(f"slips/{kind}", "slip", kind, aspects, users, ", ".join(paths))
        for path in paths:
            content = rule.templates.get(path, b"")
            lines = content.decode("utf-8", "replace") if path.endswith(".typ") else content.hex()
            found[path] = Part(path, "template", path, {"content": lines}, users)
    return found


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


def _expression(expression: Expression | None) -> str:
    return expression.source if expression else ""


def _text(value: object) -> str:
    return "" if value is None else str(value)
