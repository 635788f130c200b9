"""Where a model cannot go on: an answer without a way, branches that never come together, steps without an end."""

from collections.abc import Iterator

from engine.errors import Finding
from engine.flow.errors import Runaway
from engine.language.expressions import compile_expression
from engine.procedures import deed_words as words
from engine.procedures.definition import Definition
from engine.procedures.possible_acts import Deed
from engine.procedures.state_space import Space, Stopped


def stopped(definition: Definition, space: Space) -> Iterator[tuple[Finding, bool]]:
    """Each place the engine could not go on from, once; and whether that is certain: nothing but answers of people, and what
    capabilities are known to give, led there.
    """
    told: dict[str, tuple[Finding, bool]] = {}
    for stop in space.stopped:
        place = stop.failure.element or stop.deed.element
        done = [deed for deed in (*space.path_to(stop.state), stop.deed) if _is_known(definition, deed)]
        is_certain = _read_at(definition, place) <= {name for deed in done for name in deed.answers}
        if place not in told or (is_certain and not told[place][1]):
            told[place] = (_finding(definition, space, stop, place), is_certain)
    yield from told.values()


def unopened(definition: Definition, space: Space) -> Iterator[Finding]:
    """No case can begin at all."""
    for failure in space.refused[:1]:
        place = failure.element or definition.facts.process_id
        message = f"Không mở được hồ sơ nào: {words.sentence(failure)} Hãy sửa đoạn đầu của mô hình."
        yield Finding(place, "flow.unopened", message)


def _finding(definition: Definition, space: Space, stop: Stopped, place: str) -> Finding:
    if isinstance(stop.failure, Runaway):
        return _runs_away(definition, stop, place)
    if _read_at(definition, place) or place == stop.deed.element:
        return _no_way(definition, stop, place)
    return _stands(definition, space, stop, place)


def _runs_away(definition: Definition, stop: Stopped, place: str) -> Finding:
    message = (
        f"{words.upper(words.told(definition, stop.deed))} thì mô hình chạy không dừng: {words.sentence(stop.failure)} "
        "Hãy giảm số lần lặp hoặc vẽ lối ra khỏi vòng lặp."
    )
    return Finding(place, "flow.runaway", message)


def _stands(definition: Definition, space: Space, stop: Stopped, place: str) -> Finding:
    """Where branches should come together and one never comes."""
    way = words.way(definition, space, space.states[stop.state], stop.deed)
    message = (
        f"Hồ sơ đứng lại ở “{words.name(definition, place)}”: {words.sentence(stop.failure)} Đường tới đó: {way}. "
        "Hãy sửa cổng ghép nhánh cho khớp với cổng tách nhánh."
    )
    return Finding(place, "flow.stuck", message)


def _no_way(definition: Definition, stop: Stopped, place: str) -> Finding:
    given = ", ".join(f"{name} = {value}" for name, value in stop.deed.answers.items() if value is not None)
    when = f" và trả lời {given}" if given else ""
    message = (
        f"{words.upper(words.told(definition, stop.deed))}{when} thì hồ sơ không đi tiếp được: {words.sentence(stop.failure)} "
        "Hãy thêm nhánh cho trường hợp này hoặc đặt một nhánh mặc định."
    )
    return Finding(place, "flow.no_way", message)


def _read_at(definition: Definition, element: str) -> frozenset[str]:
    conditions = [flow.condition for flow in definition.facts.flows if flow.source == element and flow.condition]
    return frozenset(name for condition in conditions for name in compile_expression(condition).names)


def _is_known(definition: Definition, deed: Deed) -> bool:
    """Whether its values are really given together: those of a table are only taken to be possible."""
    return deed.kind != "start" and deed.element not in definition.asks
