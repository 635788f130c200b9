"""What another revision means for each open case: goes on unchanged, maps by itself, needs a decision, stays. Changes nothing.

Everything is worked out on copies of markings (``engine.flow.migrate`` is a pure function), once for all cases that stand alike.
"""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import orjson
import sqlalchemy as sa

from engine.cases import reach
from engine.cases.models import Case, Incident
from engine.errors import Conflict
from engine.flow import migrate, places, run
from engine.flow.errors import FlowFailed
from engine.flow.moves import Move
from engine.flow.places import Place
from engine.language.errors import ExpressionError
from engine.language.expressions import compile_expression
from engine.procedures import definition, differences
from engine.procedures.definition import Definition
from engine.procedures.differences import Differences
from engine.procedures.models import Procedure, ProcedureRevision
from engine.transaction import session

UNCHANGED, AUTOMATIC, DECISION, STAYS = "unchanged", "automatic", "decision", "stays"
#: The classes in the order to read them.
FATES = (UNCHANGED, AUTOMATIC, DECISION, STAYS)
_OPEN = ("running", "suspended", "incident")


@dataclass(frozen=True)
class Fate:
    """What becomes of a case: its class, why, and the places (BPMN ids of its own revision) the reason is about."""

    kind: str
    reason: str
    places: tuple[str, ...] = ()
    #: The move that brings it over; None where it is not brought over.
    move: Move | None = field(default=None, repr=False)
    #: Where it stands then: conditions of the new model that hold already have happened.
    marking: bytes = field(default=b"", repr=False)


@dataclass(frozen=True)
class Group:
    """Cases of one revision that stand at the same places and share one fate."""

    revision_id: uuid.UUID
    fate: Fate
    before: tuple[Place, ...]
    after: tuple[Place, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Impact:
    """The fate of every open case of a procedure under another revision."""

    to_revision_id: uuid.UUID
    groups: tuple[Group, ...]

    @property
    def counts(self) -> dict[str, int]:
        """How many cases are in each class, every class named."""
        return {kind: sum(len(group.cases) for group in self.groups if group.fate.kind == kind) for kind in FATES}


def assess(to: ProcedureRevision, agency_ids: Collection[uuid.UUID], mapping: Mapping[str, str] | None = None) -> Impact:
    """The fate of each open case, of these agencies and the revision's procedure, under ``to``; those on it are left out.

    ``mapping``: BPMN id → BPMN id in ``to``, where a person has decided. The rehearsal of a migration: no row changes.
    """
    cases = open_cases(to, agency_ids)
    troubled = _troubled(cases)
    alike: dict[tuple[uuid.UUID, bytes, str, bytes], list[Case]] = {}
    rule = definition.of(to)
    names = _names_that_count(rule)
    for case in cases:
        hindrance, read = _hindrance(case, troubled), orjson.dumps([case.values.get(name) for name in names])
        alike.setdefault((case.revision_id, case.marking, hindrance, read), []).append(case)
    groups = [_group(found, rule, hindrance, mapping or {}) for (_, _, hindrance, _), found in alike.items()]
    return Impact(to.id, tuple(sorted(groups, key=lambda group: (FATES.index(group.fate.kind), -len(group.cases)))))


def open_cases(to: ProcedureRevision, agency_ids: Collection[uuid.UUID]) -> list[Case]:
    """Open cases of these agencies on other revisions of a procedure of this code, the oldest first.

    An agency that ran the revision of one above, and now has its own, brings its cases over to that.
    """
    others = sa.select(ProcedureRevision.id).join(Procedure, Procedure.id == ProcedureRevision.procedure_id)
    others = others.where(Procedure.code == definition.of(to).code, ProcedureRevision.id != to.id)
    query = sa.select(Case).where(Case.agency_id.in_(agency_ids), Case.state.in_(_OPEN), Case.revision_id.in_(others))
    return list(session().scalars(query.order_by(Case.opened_at, Case.id)))


def of_case(case: Case, to: ProcedureRevision, mapping: Mapping[str, str]) -> Fate:
    """The fate of one case as it stands now."""
    return _fate(case, definition.of(to), _hindrance(case, _troubled([case])), mapping)


def renaming(old: Definition, new: Definition, mapping: Mapping[str, str]) -> dict[str, str]:
    """Which element is which: ids that changed alone, and what a person said."""
    return {**differences.between(old, new).renamed, **mapping}


def _group(cases: Sequence[Case], rule: Definition, hindrance: str, mapping: Mapping[str, str]) -> Group:
    case = cases[0]
    fate = _fate(case, rule, hindrance, mapping)
    before = places.of(definition.of_id(case.revision_id).model, case.marking)
    after = places.of(rule.model, fate.marking)
    return Group(case.revision_id, fate, before, after, tuple(cases))


def _fate(case: Case, rule: Definition, hindrance: str, mapping: Mapping[str, str]) -> Fate:
    if hindrance:
        return Fate(STAYS, hindrance)
    old = definition.of_id(case.revision_id)
    found = differences.between(old, rule)
    names = {**found.renamed, **mapping}
    standing = _standing(old, case)
    try:
        move = migrate.migrate(old.model, case.marking, rule.model, case.values, names)
        then = run.look_again(rule.model, move.marking, case.values)
    except Conflict as refusal:
        lost = _lost(old, rule, standing, names)
        return Fate(DECISION, _told(old, lost) or str(refusal), lost or standing)
    except (FlowFailed, ExpressionError) as error:
        return Fate(DECISION, f"Bản mới không nhận được hồ sơ ở chỗ này: {error}", standing)
    if then.marking != move.marking:
        return Fate(AUTOMATIC, _at_once(rule, then), standing, move, then.marking)
    return _passing(old, rule, found, standing, move)


def _at_once(rule: Definition, then: Move) -> str:
    """Conditions that hold already, by their names."""
    fired = (rule.facts.elements.get(id_) for id_, _ in then.passed)
    names = dict.fromkeys(element.name or element.id for element in fired if element and element.event == "conditional")
    shown = ", ".join(f"“{name}”" for name in names) or "quy trình con sự kiện"
    return f"Điều kiện đang thỏa nên xảy ra ngay khi chuyển: {shown}."


def _passing(old: Definition, rule: Definition, found: Differences, standing: tuple[str, ...], move: Move) -> Fate:
    """The fate of a case that maps: unchanged where nothing ahead of it differs."""
    later = tuple(place.element for place in places.of(rule.model, move.marking))
    met = found.touched & reach.ahead(old.facts, standing) | found.touched_later & reach.ahead(rule.facts, later)
    if not met and not move.opened and not move.closed:
        return Fate(UNCHANGED, "Từ chỗ hồ sơ đang đứng trở đi, hai bản như nhau.", standing, move, move.marking)
    names = dict.fromkeys(_name(old, rule, id_) for id_ in sorted(met))
    shown = [name for name in names if name][:5]
    ahead = f"Sẽ theo bản mới ở: {', '.join(f'“{name}”' for name in shown)}." if shown else "Sẽ theo bản mới ở phía trước."
    return Fate(AUTOMATIC, ahead, standing, move, move.marking)


def _name(old: Definition, rule: Definition, id_: str) -> str:
    element = rule.facts.elements.get(id_) or old.facts.elements.get(id_)
    return element.name if element else ""


def _standing(rule: Definition, case: Case) -> tuple[str, ...]:
    return tuple(dict.fromkeys(place.element for place in places.of(rule.model, case.marking)))


def _told(old: Definition, lost: tuple[str, ...]) -> str:
    """Why a person must decide, in the words of the diagram; nothing where every place has its counterpart."""
    names = ", ".join(f"“{old.facts.elements[id_].name or id_}”" for id_ in lost)
    return f"Bản mới không có chỗ tương ứng cho {names}. Chọn chỗ hồ sơ sẽ đứng rồi diễn tập lại." if lost else ""


def _lost(old: Definition, rule: Definition, standing: tuple[str, ...], names: Mapping[str, str]) -> tuple[str, ...]:
    """Where it stands and the new revision has no such element; nothing where only the surroundings differ."""
    kinds = {id_: element.kind for id_, element in rule.facts.elements.items()}
    own = old.facts.elements
    gone = tuple(id_ for id_ in standing if id_ in own and kinds.get(names.get(id_, id_)) != own[id_].kind)
    return tuple(id_ for id_ in gone if not own[id_].attached_to)


def _hindrance(case: Case, troubled: frozenset[uuid.UUID]) -> str:
    """Why a case is not touched, whatever the models say; empty where nothing keeps it."""
    if case.state == "suspended":
        return "Hồ sơ đang tạm dừng. Mở lại hồ sơ rồi chuyển sau, hoặc để chạy hết theo bản cũ."
    if case.state == "incident" or case.id in troubled:
        return "Hồ sơ đang có sự cố. Xử lý xong sự cố rồi chuyển sau."
    return ""


def _troubled(cases: Sequence[Case]) -> frozenset[uuid.UUID]:
    """Those with an open incident."""
    if not cases:
        return frozenset()
    revisions, agencies = {case.revision_id for case in cases}, {case.agency_id for case in cases}
    query = sa.select(Incident.case_id).join(Case, Case.id == Incident.case_id)
    query = query.where(Incident.state == "open", Incident.agency_id.in_(agencies), Case.revision_id.in_(revisions))
    return frozenset(case_id for case_id in session().scalars(query) if case_id is not None)


def _names_that_count(rule: Definition) -> list[str]:
    """Routing values tell cases apart only where a timer or a condition of the new model reads them."""
    elements = rule.facts.elements.values()
    waited = [f"={element.particulars['waited']}" for element in elements if "waited" in element.particulars]
    written = [*waited, *(element.timer or "" for element in elements)]
    return sorted(frozenset[str]().union(*(compile_expression(text).names for text in written if text.startswith("="))))
