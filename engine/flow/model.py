"""A loaded model: SpiffWorkflow's specs, every expression compiled. Immutable, shared by all threads of a process."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from engine.errors import Finding, ProcedureRejected
from engine.flow import lint, metadata, normalise, parse
from engine.flow.bpmn import Parser
from engine.flow.changes import Change
from engine.flow.facts import ModelFacts
from engine.flow.memo import Memo
from engine.flow.reading import Vocabulary
from engine.flow.vocabulary import compile_all
from engine.language.functions import DEFAULT, Functions

#: Models kept by one process (about 100 kB each).
CACHE_SIZE = 64


@dataclass(frozen=True, eq=False)
class Model:
    """What a case of one revision runs on. ``processes`` are SpiffWorkflow specs by process or sub-process id."""

    key: str
    facts: ModelFacts
    changes: tuple[Change, ...]
    processes: dict[str, Any] = field(repr=False)
    vocabulary: Vocabulary = field(repr=False)
    memo: Memo = field(repr=False, default_factory=Memo)


def load(xml: bytes, key: str, functions: Functions = DEFAULT) -> Model:
    """The model in ``xml``; ``key`` names its revision. ``ProcedureRejected`` with every finding where it cannot run."""
    root, changes = normalise.normalise(parse.read(xml))
    facts = metadata.read(root)
    _refuse(lint.check(root, facts))
    processes = _specs(root)
    vocabulary, findings = compile_all(processes, functions)
    _refuse(findings)
    return Model(key, facts, tuple(changes), processes, vocabulary)


def _refuse(findings: list[Finding]) -> None:
    if findings:
        raise ProcedureRejected(findings)


def _specs(root: Any) -> dict[str, Any]:
    parser = Parser()
    try:
        parser.add_bpmn_xml(root)
        specs = {id_: parser.get_spec(id_) for id_ in parser.get_process_ids()}
        for id_ in list(specs):
            specs.update(parser.get_subprocess_specs(id_))
    except ValidationException as error:
        raise ProcedureRejected([Finding(error.id or "bpmn", "unreadable", f"Không dựng được quy trình: {error}")]) from error
    except (RecursionError, ValueError, KeyError, AttributeError, TypeError) as error:
        raise ProcedureRejected([Finding("bpmn", "unreadable", f"Không dựng được quy trình: {error!r}")]) from error
    return specs


class _Cache:
    def __init__(self) -> None:
        self.models: OrderedDict[str, Model] = OrderedDict()
        self.lock = Lock()


_CACHE = _Cache()


def cached(key: str, loader: Callable[[], Model]) -> Model:
    """The model of revision ``key``: from this process's cache, else from ``loader``. The least used one makes room."""
    with _CACHE.lock:
        model = _CACHE.models.get(key)
        if model is not None:
            _CACHE.models.move_to_end(key)
            return model
    model = loader()
    with _CACHE.lock:
        model = _CACHE.models.setdefault(key, model)
        while len(_CACHE.models) > CACHE_SIZE:
            _CACHE.models.popitem(last=False)
    return model
