"""May a folder be submitted for approval? Every judgement of it together: what must be mended, what its author should look at."""

import uuid
from collections.abc import Callable, Mapping

from engine.errors import ProcedureRejected
from engine.procedures import coverage, publishing, separation, soundness, state_space, style, verdicts
from engine.procedures.definition import Definition
from engine.procedures.folder import Folder
from engine.procedures.lint import CapabilityFacts
from engine.procedures.verdicts import Verdict

__all__ = ["Gate", "Verdict", "examine", "judge", "register", "require", "structure"]


#: A judgement that needs to know the agency: who works there, which services it offers, its calendar.
Gate = Callable[[uuid.UUID, Folder, Definition], Verdict]
_gates: list[Gate] = []


def register(gate: Gate) -> None:
    """Have ``gate`` asked about every folder that holds together by itself. Registering twice changes nothing."""
    if gate not in _gates:
        _gates.append(gate)


def judge(agency_id: uuid.UUID, folder: Folder, *, capabilities: Mapping[str, CapabilityFacts]) -> Verdict:
    """Everything that is known against ``folder`` in an agency, before anybody is asked to approve it (ISO 9001:2015 8.5.1).

    What does not hold together by itself comes alone: nothing can be proved of it. The scenarios' coverage is asked for here
    only: a folder may be looked at, but not submitted, before its stories are told.
    """
    by_itself, described = examine(folder, capabilities=capabilities)
    if described is None:
        return by_itself
    own = Verdict(tuple(coverage.gate(folder, described)), style.check(described).warnings)
    return verdicts.together([by_itself, own, *(gate(agency_id, folder, described) for gate in _gates)])


def structure(folder: Folder, *, capabilities: Mapping[str, CapabilityFacts]) -> Verdict:
    """What is known against ``folder`` in any agency: every door through which one is checked or published asks this.

    Left out is what changes without the folder: who works in the agency, which services it offers, its calendar. A revision
    approved in spring must not be refused in autumn because somebody left. Advice on names is for who draws, not for who
    publishes what was approved.
    """
    return examine(folder, capabilities=capabilities)[0]


def require(folder: Folder, *, capabilities: Mapping[str, CapabilityFacts]) -> None:
    """Refuse (``ProcedureRejected``) a folder with errors in its ``structure``."""
    found = structure(folder, capabilities=capabilities).errors
    if found:
        raise ProcedureRejected(found)


def examine(folder: Folder, *, capabilities: Mapping[str, CapabilityFacts]) -> tuple[Verdict, Definition | None]:
    """The ``structure``, and the definition where it holds together so far that more can be asked."""
    described, errors = publishing.examined(folder, capabilities)
    remarks = publishing.remarks_on(described)
    if errors or described is None:
        return verdicts.together([Verdict(tuple(errors), tuple(remarks))]), None
    proved = soundness.check(described, state_space.explored(described, folder.sha256, capabilities))
    own = Verdict((*separation.check(described), *style.check(described).errors), tuple(remarks))
    return verdicts.together([own, proved]), described
