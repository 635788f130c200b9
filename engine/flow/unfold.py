"""Unfold a marking into a live case on which one act can be done."""

from engine.errors import Conflict
from engine.flow import marking as markings
from engine.flow.errors import FlowFailed
from engine.flow.model import Model
from engine.flow.reading import Reading, Values
from engine.flow.scopes import Case
from engine.flow.tokens import Token


def case(model: Model, marking: bytes, values: Values) -> Case:
    """The case in this situation. ``FlowFailed`` where the model does not know the process or an element."""
    situation = markings.read(marking)
    process = situation.process or model.facts.process_id
    if process not in model.processes:
        raise FlowFailed(f"Bản quy trình này không có quy trình “{process}”.", element=process)
    unfolded = Case(model.processes[process], model.processes, Reading(values))
    markings.place(situation, unfolded)
    unfolded.begin()
    return unfolded


def find(unfolded: Case, number: int, kinds: tuple[str, ...] = ()) -> Token:
    """What waits under ``number`` and is of one of ``kinds`` (any, if empty). ``Conflict`` where nothing does."""
    for scope in unfolded.scopes():
        for token in scope.tasks.values():
            if token.number == number and token.is_waiting and (not kinds or token.task_spec.kind in kinds):
                found: Token = token
                return found
    raise Conflict("Việc này không còn mở: đã có người làm xong hoặc hồ sơ đã đi bước khác. Hãy tải lại danh sách.")
