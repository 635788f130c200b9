"""Separation of duties: who did a piece of work neither checks nor signs it (``separate`` in ``procedure.yaml``)."""

from collections.abc import Iterator

from engine.errors import Finding
from engine.procedures.definition import Definition
from engine.procedures.parts import StepDefinition

_FILE = "procedure.yaml: separate"


def check(definition: Definition) -> Iterator[Finding]:
    """Pairs that name no step, and pairs whose two steps wait for one and the same group.

    A group of one would block every case; a group of several would be told apart by nothing but who happens to be faster.
    Steps for one person by name are told apart by the list they are repeated over.
    """
    for first, second in definition.separate:
        unknown = [name for name in (first, second) if name not in definition.steps]
        for name in unknown:
            yield Finding(_FILE, "separate.unknown", f"Mô hình không có bước “{name}”: hãy sửa tên theo id của bước.")
        if not unknown and _is_one_group(definition.steps[first], definition.steps[second]):
            one, other = definition.steps[first], definition.steps[second]
            message = (
                f"“{one.name}” và “{other.name}” phải do hai người khác nhau làm nhưng cùng thuộc vai trò {one.role}: "
                "hãy kéo một bước sang làn của vai trò khác."
            )
            yield Finding(second, "separate.role", message)


def others(definition: Definition, element: str) -> frozenset[str]:
    """The steps that whoever does ``element`` may not have done in the same case."""
    pairs = [pair for pair in definition.separate if element in pair]
    return frozenset(name for pair in pairs for name in pair) - {element}


def _is_one_group(one: StepDefinition, other: StepDefinition) -> bool:
    return one.role == other.role and not (one.is_personal or other.is_personal)
