"""Is there anybody to do it? Every role of a model against the people who hold it today, in the agency it is for."""

import uuid
from collections.abc import Iterator
from functools import cached_property

import sqlalchemy as sa

from engine import clock
from engine.errors import Finding
from engine.flow.facts import ElementFacts
from engine.people import agencies, directory
from engine.people.directory import Member
from engine.people.models import Agency, Person, Position
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.parts import StepDefinition
from engine.procedures.verdicts import Verdict
from engine.transaction import session

_WAITS = ("intermediateCatchEvent", "receiveTask")


def judge(agency_id: uuid.UUID, folder: Folder, definition: Definition) -> Verdict:
    """Errors: a role, or a message that is waited for, that nobody could answer for in the agency or below it, and steps that
    must be done by two people where one person alone holds both roles. Warnings: a role that one person alone holds, a role
    held only in agencies below or not in every division, a wait for a signal that no timer ends.
    """
    people = _People(agency_id)
    errors = [*_missing(definition, people), *_unheard(definition, people), *_one_person(definition, people)]
    warnings = [
        *_single(definition, people),
        *_below(definition, people),
        *_empty_divisions(definition, people),
        *_endless(definition),
    ]
    return Verdict(tuple(errors), tuple(warnings))


class _People:
    """Who holds which role, each asked once."""

    def __init__(self, agency_id: uuid.UUID) -> None:
        self.agency_id = agency_id
        self.agency = agencies.name_of(agency_id)
        self._known: dict[str, tuple[Member, ...]] = {}

    def here(self, role: str) -> tuple[Member, ...]:
        """Everybody in the agency who holds the role today."""
        if role not in self._known:
            self._known[role] = tuple(directory.group(self.agency_id, role))
        return self._known[role]

    def below(self, role: str) -> bool:
        """Whether somebody in an agency below holds the role today."""
        return role in self._roles_below

    @cached_property
    def _roles_below(self) -> frozenset[str]:
        below = sa.and_(Agency.path.startswith(agencies.get(self.agency_id).path), Agency.id != self.agency_id)
        query = sa.select(Position.roles).join(Agency, Agency.id == Position.agency_id).join(Position.person)
        held = session().scalars(query.where(below, Person.is_active, *directory.valid_on(clock.today())))
        return frozenset(role for roles in held for role in roles)

    def nobody(self, role: str) -> bool:
        """Whether the role is held neither here nor below."""
        return not self.here(role) and not self.below(role)


def _missing(definition: Definition, people: _People) -> Iterator[Finding]:
    for step in _first_of_each_role(definition):
        if people.nobody(step.role):
            message = (
                f"Không ai ở {people.agency} giữ vai trò của làn “{_lane(definition, step)}” nên bước “{step.name}” không có "
                "người làm: hãy giao vai trò cho một người ở mục Người dùng, hoặc đổi làn."
            )
            yield Finding(step.element, "role.nobody", message)
    if definition.start.roles and all(people.nobody(role) for role in definition.start.roles):
        roles = ", ".join(sorted(definition.start.roles))
        message = f"Không ai ở {people.agency} được mở hồ sơ (vai trò {roles}): hãy giao vai trò hoặc sửa mục start.roles."
        yield Finding("procedure.yaml: start.roles", "role.nobody", message)


def _unheard(definition: Definition, people: _People) -> Iterator[Finding]:
    """Waits for a message that nobody may report and no timer ends."""
    for element in _waits(definition):
        message = definition.messages.get(element.message or "")
        if message is None or has_timer(definition, element) or not all(people.nobody(role) for role in message.roles):
            continue
        told = (
            f"Hồ sơ chờ “{message.title}” ở “{element.name or element.id}” nhưng không ai ở {people.agency} được ghi nhận "
            f"(vai trò {', '.join(sorted(message.roles))}), cũng không có hạn giờ: hãy giao vai trò hoặc vẽ sự kiện hạn giờ."
        )
        yield Finding(element.id, "wait.nobody", told)


def _one_person(definition: Definition, people: _People) -> Iterator[Finding]:
    for first, second in definition.separate:
        one, other = definition.steps[first], definition.steps[second]
        everybody = {*people.here(one.role), *people.here(other.role)}
        if len(everybody) == 1 and people.here(one.role) and people.here(other.role):
            message = (
                f"Chỉ {everybody.pop().full_name} giữ cả vai trò của “{one.name}” lẫn của “{other.name}”, hai bước phải do hai "
                "người làm: hãy giao một vai trò cho người khác."
            )
            yield Finding(second, "separate.person", message)


def _single(definition: Definition, people: _People) -> Iterator[Finding]:
    for step in _first_of_each_role(definition):
        held = people.here(step.role)
        if len(held) == 1:
            message = (
                f"Chỉ {held[0].full_name} giữ vai trò của làn “{_lane(definition, step)}”: người này vắng thì hồ sơ dừng. "
                "Hãy giao thêm người hoặc uỷ quyền trước khi vắng."
            )
            yield Finding(step.element, "role.single", message)


def _below(definition: Definition, people: _People) -> Iterator[Finding]:
    for step in _first_of_each_role(definition):
        if not people.here(step.role) and people.below(step.role):
            message = (
                f"Vai trò của làn “{_lane(definition, step)}” chỉ có người giữ ở cơ quan cấp dưới, không có ở {people.agency}."
            )
            yield Finding(step.element, "role.below", message)


def _empty_divisions(definition: Definition, people: _People) -> Iterator[Finding]:
    """Divisions in which nobody holds a role that every case needs in its own division."""
    planned = [step for step in _first_of_each_role(definition) if step.of_division and people.here(step.role)]
    for step in planned:
        divisions = agencies.divisions(people.agency_id)
        empty = [one.name for one in divisions if not directory.group(people.agency_id, step.role, one.id)]
        if empty:
            message = (
                f"Chưa ai giữ vai trò của làn “{_lane(definition, step)}” ở {', '.join(empty)}: hồ sơ của phòng ấy không có "
                "người làm. Hãy giao vai trò cho người của phòng."
            )
            yield Finding(step.element, "role.division", message)


def _endless(definition: Definition) -> Iterator[Finding]:
    """Waits for a signal with no timer anywhere near: nobody is asked to give it. Conditions are proved with everything else."""
    for element in _waits(definition):
        if element.event == "signal" and not has_timer(definition, element):
            message = f"“{element.name or element.id}” chờ tín hiệu mà không có hạn giờ: hãy vẽ thêm hạn giờ để không chờ mãi."
            yield Finding(element.id, "wait.no_timer", message)


def has_timer(definition: Definition, element: ElementFacts) -> bool:
    """Whether a timer ends the wait: its own, one beside it behind an event gateway, on it, or on anything around it."""
    elements = definition.facts.elements
    gateways = {flow.source for flow in definition.facts.flows if flow.target == element.id}
    waiting = {id_ for id_ in gateways if elements[id_].kind == "eventBasedGateway"}
    beside = {flow.target for flow in definition.facts.flows if flow.source in waiting}
    around = set[str]()
    at: ElementFacts | None = element
    while at is not None:
        around.add(at.id)
        at = elements.get(at.scope)
    timers = [one for one in elements.values() if one.event == "timer"]
    handlers = {one.id: one.scope for one in elements.values() if one.is_handler}
    near = {*around, *beside}
    return any(
        one.id in near or one.attached_to in around or handlers.get(one.scope) in {*around, element.process_id} for one in timers
    )


def _waits(definition: Definition) -> list[ElementFacts]:
    return [element for element in definition.facts.elements.values() if element.kind in _WAITS and element.event != "timer"]


def _first_of_each_role(definition: Definition) -> list[StepDefinition]:
    """Steps that stand for their role; those for one person by name ask for none."""
    found: dict[str, StepDefinition] = {}
    for step in definition.steps.values():
        if not step.is_personal:
            found.setdefault(step.role, step)
    return list(found.values())


def _lane(definition: Definition, step: StepDefinition) -> str:
    return definition.facts.elements[step.element].lane or step.role
