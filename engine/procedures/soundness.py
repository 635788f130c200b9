"""Can every case end, and is nothing drawn in vain? Proved by trying everything with the engine that will run the cases."""

from collections.abc import Iterator

from engine.errors import Finding
from engine.flow.facts import ElementFacts
from engine.procedures import deed_words as words
from engine.procedures import standstills
from engine.procedures.definition import Definition
from engine.procedures.state_space import Space
from engine.procedures.verdicts import Verdict

#: Findings of one kind that are told; more would only repeat them.
_MOST = 10


def check(definition: Definition, space: Space) -> Verdict:
    """What the explored ``space`` says of a model.

    Errors: answers after which no way is open, situations in which a case stands forever, loops nobody leaves, steps no case
    comes to. Where the proof rests on values that nobody types (given by intake, a capability, a table), or conditions
    calculate, the same is a warning; a model too wide to be explored is told as such, and nothing is claimed of the rest.
    """
    if not space.states:
        return Verdict(tuple(standstills.unopened(definition, space)))
    stopped = list(standstills.stopped(definition, space))[:_MOST]
    stuck = list(_stuck(definition, space))
    endless = [] if stopped or stuck else list(_endless(definition, space))
    certain = [finding for finding, is_certain in stopped if is_certain]
    doubtful = [finding for finding, is_certain in stopped if not is_certain]
    dead = list(_dead(definition, space)) if space.is_whole else []
    untaken = list(_untaken(definition, space)) if space.is_whole else []
    errors = [*certain, *stuck, *endless, *(dead if space.is_exact else ())]
    warnings = [*doubtful, *(() if space.is_exact else dead), *untaken, *_unexplored(definition, space)]
    return Verdict(tuple(errors), tuple(warnings))


def _stuck(definition: Definition, space: Space) -> Iterator[Finding]:
    """Situations in which nothing can happen any more."""
    going = {before for before, _, _ in space.ways} | space.beyond | {stop.state for stop in space.stopped}
    told = set[str]()
    for state in space.states:
        if state.is_completed or state.number in going or len(told) >= _MOST:
            continue
        place = words.place(definition, state)
        if place not in told:
            told.add(place)
            message = (
                f"Hồ sơ có thể đứng mãi ở “{words.name(definition, place)}”: không còn ai làm gì được để đi tiếp. "
                f"Đường tới đó: {words.way(definition, space, state)}. Hãy sửa điều kiện chờ, hoặc vẽ thêm lối ra có hạn giờ."
            )
            yield Finding(place, "flow.stuck", message)


def _endless(definition: Definition, space: Space) -> Iterator[Finding]:
    """The first situation from which no case ends, whatever people do."""
    before: dict[int, list[int]] = {}
    for first, _, then in space.ways:
        before.setdefault(then, []).append(first)
    good = {state.number for state in space.states if state.is_completed} | space.beyond
    todo = list(good)
    while todo:
        for number in before.get(todo.pop(), ()):
            if number not in good:
                good.add(number)
                todo.append(number)
    lost = next((state for state in space.states if state.number not in good), None)
    if lost is not None:
        place = words.place(definition, lost)
        message = (
            f"Từ “{words.name(definition, place)}” hồ sơ không bao giờ kết thúc được: mọi đường đều quay lại. "
            f"Đường tới đó: {words.way(definition, space, lost)}. Hãy vẽ một lối ra."
        )
        yield Finding(place, "flow.endless", message)


def _dead(definition: Definition, space: Space) -> Iterator[Finding]:
    """Elements no case comes to, though what leads to them is reached."""
    facts = definition.facts
    called = {element.called for element in facts.elements.values()} | {facts.process_id}
    before: dict[str, set[str]] = {}
    for flow in facts.flows:
        before.setdefault(flow.target, set()).add(flow.source)
    dead = [one for one in facts.elements.values() if one.id not in space.visited and one.process_id in called]
    first = [one for one in dead if _is_reached(one, before.get(one.id, set()), space)]
    for element in first[:_MOST]:
        message = f"Không hồ sơ nào tới được “{element.name or element.id}”: hãy sửa điều kiện dẫn tới đó, hoặc xoá đi."
        yield Finding(element.id, "flow.dead", message)


def _is_reached(element: ElementFacts, before: set[str], space: Space) -> bool:
    sources = before or {element.attached_to or element.scope}
    return bool(sources & space.visited) or (element.scope == element.process_id and not before and not element.attached_to)


def _untaken(definition: Definition, space: Space) -> Iterator[Finding]:
    """Flows out of elements that are reached into elements that are reached, which are never taken themselves."""
    met = space.visited - {stop.failure.element for stop in space.stopped}
    flows = [flow for flow in definition.facts.flows if (flow.source, flow.target) not in space.passed]
    known = [flow for flow in flows if flow.source in met and flow.target in met]
    for flow in known[:_MOST]:
        source, target = words.name(definition, flow.source), words.name(definition, flow.target)
        message = f"Không hồ sơ nào đi từ “{source}” thẳng tới “{target}”: hãy xem lại điều kiện, hoặc xoá đường này."
        yield Finding(flow.id, "flow.untaken", message)


def _unexplored(definition: Definition, space: Space) -> Iterator[Finding]:
    if not space.is_whole:
        message = (
            f"Mô hình có quá nhiều tình huống: mới xét {len(space.states)}, phần còn lại chưa được chứng minh. "
            "Hãy tách bớt nhánh song song hoặc xem kỹ bằng kịch bản."
        )
        yield Finding(definition.facts.process_id, "flow.unexplored", message)
