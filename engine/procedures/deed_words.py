"""How the proof speaks of a situation and of the way to it."""

from engine.flow.errors import FlowFailed
from engine.procedures.definition import Definition
from engine.procedures.possible_acts import Deed
from engine.procedures.state_space import Space, State

#: Steps of a way that are told, the last ones.
MOST_STEPS = 8
_DONE = {"complete": "xong", "message": "nhận", "timer": "đến hạn", "signal": "tín hiệu ở", "fail": "lỗi ở", "start": "mở hồ sơ"}


def place(definition: Definition, state: State) -> str:
    """Where to point: the element standing innermost, a gateway rather than anything else."""
    known = [definition.facts.elements[id_] for id_ in state.standing if id_ in definition.facts.elements]
    gateways = [element.id for element in known if element.kind.endswith("Gateway")]
    return (gateways or [element.id for element in known] or [definition.facts.process_id])[-1]


def way(definition: Definition, space: Space, state: State, *last: Deed) -> str:
    """What people did to come to ``state``, and ``last`` after it."""
    done = (*space.path_to(state.number), *last)
    deeds = [deed for deed in done if deed.kind != "start" and not _is_automatic(definition, deed)]
    said = [told(definition, deed) for deed in deeds]
    left_out = ["…"] if len(said) > MOST_STEPS else []
    return " → ".join([*left_out, *said[-MOST_STEPS:]]) or "ngay khi mở hồ sơ"


def told(definition: Definition, deed: Deed) -> str:
    """One deed in words."""
    return f"{_DONE[deed.kind]} “{name(definition, deed.element)}”" if deed.element else _DONE[deed.kind]


def name(definition: Definition, id_: str) -> str:
    """What people call an element: its name, else its id."""
    element = definition.facts.elements.get(id_)
    return (element.name if element else "") or id_


def upper(words: str) -> str:
    """The words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]


def sentence(failure: FlowFailed) -> str:
    """What the engine said, as a whole sentence."""
    words = str(failure).strip()
    return words if words.endswith(".") else f"{words}."


def _is_automatic(definition: Definition, deed: Deed) -> bool:
    return deed.kind == "complete" and deed.element not in definition.steps
