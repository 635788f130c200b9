"""Something happened outside the steps: a supplement came in, somebody paid, the citizen withdraws."""

from collections.abc import Mapping
from typing import Any

from engine import rows
from engine.cases import delegated, incidents, locking, moves
from engine.cases.acts import Act
from engine.cases.incidents import Doing
from engine.cases.models import Case, Step
from engine.errors import AnswersRejected, Conflict, NotAllowed
from engine.flow import run
from engine.journal import entries
from engine.people import access
from engine.people.actors import Actor
from engine.procedures import definition
from engine.procedures.definition import Definition, MessageDefinition

_WAITING_KINDS = ("message", "receive")


def expected(case: Case) -> list[str]:
    """Names of the messages the case can take now, in the order of the procedure's sheet."""
    if case.state != "running":
        return []
    rule = definition.of_id(case.revision_id)
    waits = run.waiting(rule.model, case.marking)
    names, elements = {w.name for w in waits if w.kind in _WAITING_KINDS}, {w.element for w in waits}
    return [name for name in rule.messages if name in names and rule.takes(name, elements)]


def send(case: Case, name: str, answers: Mapping[str, Any], *, by: Actor | None) -> list[Step]:
    """Tell the case that ``name`` happened, with the answers of its form. Returns the steps that open.

    ``by`` None is the engine's own word. Refuses an unknown message or wrong answers (``AnswersRejected``), a person without one
    of its roles in the case's agency (``NotAllowed``), a case that does not wait for it, decides on one already
    or is closed (``Conflict``).
    """
    rule = definition.of_id(case.revision_id)
    message = rule.messages.get(name)
    if message is None:
        raise AnswersRejected({"name": [f"Quy trình này không nhận thông báo “{name}”."]})
    by, role = _acting(by, message, case) if by else (None, None)
    current = locking.lock_running(case.id)
    _refuse_second(current, rule, message)
    form = rule.message_form(name)
    accepted = form.accept(answers) if form else _nothing(answers)
    with incidents.watching(current, None, Doing("message.send", by, {"name": name, **accepted})):
        rows.hold(current, values={**current.values, **(form.routing(accepted) if form else {})})
        move = run.send_message(rule.model, current.marking, name, current.values)
        facts = {"message": name, "title": message.title, "answers": accepted}
        entries.append("message.received", agency_id=current.agency_id, by=by, case_id=current.id, **facts)
        return moves.apply(current, rule, move, Act(by, role=role, note=message.title, answers=accepted))


def _refuse_second(case: Case, rule: Definition, message: MessageDefinition) -> None:
    if not message.closed_while:
        return
    waited = next((w for w in run.waiting(rule.model, case.marking) if w.element in message.closed_while), None)
    if waited is not None:
        step = rule.steps[waited.element].name
        raise Conflict(f"“{message.title}” đã được ghi nhận và đang chờ bước “{step}”. Hãy hoàn thành bước đó trước.")


def may_send(case: Case, message: MessageDefinition, *, by: Actor) -> bool:
    """Whether the person may tell the case of it, in one of its roles or for somebody who holds one."""
    return _found(by, message, case) is not None


def _acting(by: Actor, message: MessageDefinition, case: Case) -> tuple[Actor, str]:
    """The person as they act, and the role they act in."""
    access.require_visible(by, case.agency_id)
    found = _found(by, message, case)
    if found is None:
        raise NotAllowed(f"Anh/chị không có vai trò được ghi nhận “{message.title}”.")
    delegated.refuse_ended(found[0])
    return found


def _found(by: Actor, message: MessageDefinition, case: Case) -> tuple[Actor, str] | None:
    """In the person's own right first."""
    roles = sorted(message.roles, key=lambda role: (not by.acts_as(role, case.agency_id), role))
    able = ((delegated.acting_in(case, by, role), role) for role in roles)
    return next(((acting, role) for acting, role in able if acting is not None), None)


def _nothing(answers: Mapping[str, Any]) -> dict[str, Any]:
    if answers:
        raise AnswersRejected({name: ["Thông báo này không kèm mục nào."] for name in answers})
    return {}
