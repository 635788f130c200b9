"""Parts of a definition: lanes, steps, messages, the start and what the model may cause."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from engine.language.expressions import Expression

#: Default share of a step's term after which its holder is reminded, and after which whom an unfinished step is told (percent).
REMINDER, ESCALATIONS = 80, ((150, "head"), (150, "leader"))

#: The ten portal statuses in the order of progress (codes 1–10), for procedures that declare none of their own.
PORTAL_STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "registered": "Mới đăng ký",
        "received": "Được tiếp nhận",
        "refused": "Không được tiếp nhận",
        "processing": "Đang xử lý",
        "awaiting_supplement": "Yêu cầu bổ sung giấy tờ",
        "awaiting_payment": "Yêu cầu thực hiện nghĩa vụ tài chính",
        "withdrawal_requested": "Công dân yêu cầu rút hồ sơ",
        "stopped": "Dừng xử lý",
        "done": "Đã xử lý xong",
        "returned": "Đã trả kết quả",
    }
)


@dataclass(frozen=True)
class CoverageRule:
    """How much of the model its scenarios must walk through: percent of steps and of sequence flows."""

    tasks: int = 100
    flows: int = 90


@dataclass(frozen=True)
class LaneRule:
    """Who works in a lane: a role, of the case's division or of the whole agency."""

    role: str
    of_division: bool = False


@dataclass(frozen=True)
class HandsOut:
    """Finishing the step hands something to somebody who has no account, a row of the control sheet.

    ``to`` is who that is, ``receiver`` the field that names the person, ``when`` a condition over the answers, ``note`` what for.
    """

    to: str
    receiver: str | None = None
    when: Expression | None = None
    note: str = ""

    def happens(self, answers: Mapping[str, Any]) -> bool:
        """Whether these answers hand something out."""
        return self.when is None or self.when.test({**dict.fromkeys(self.when.names), **answers})


@dataclass(frozen=True)
class StepDefinition:
    """One user task.

    ``term_minutes``: working minutes, None without a term of its own. ``borrows_from``: the step whose budget this term is
    taken from where a public service gives this step none. ``status``: what the dossier is said to be while it is open.
    ``help``: why this step. ``reminder`` and ``escalations`` in percent of the term. ``is_hand_over``: receiving it is a
    hand-over that the control sheet shows; ``hands_out``: what finishing it gives to an outsider. ``signs``: what completing it
    is a signature for (``engine.people.signatures.MEANINGS``). ``is_personal``: done several times, each time by the one person
    of the list it is for, whatever that person's role. ``given_to``: the routing value that holds the id of the person it is
    given to, where that person is of its group.
    """

    element: str
    name: str
    role: str
    of_division: bool
    form: str
    term_minutes: int | None
    borrows_from: str | None = None
    status: str | None = None
    help: str = ""
    reminder: int = REMINDER
    escalations: tuple[tuple[int, str], ...] = ESCALATIONS
    is_hand_over: bool = True
    hands_out: HandsOut | None = None
    signs: str | None = None
    is_personal: bool = False
    given_to: str | None = None


@dataclass(frozen=True)
class MessageDefinition:
    """Something that may happen to a case from outside the steps: what it is called, its form, who may report it.

    While one of the steps ``closed_while`` is open it is not taken: what it would ask for is being decided already.
    """

    name: str
    title: str
    form: str | None
    roles: frozenset[str]
    closed_while: frozenset[str] = frozenset()


@dataclass(frozen=True)
class StartDefinition:
    """How a case begins: the form asked (None: opened by a domain, e.g. intake), who may, and the first routing values.

    ``has_subject``: a case decides on something else, a draft or a document, and is opened from there alone.
    """

    form: str | None
    roles: frozenset[str]
    values: Mapping[str, Any]
    has_subject: bool = False


@dataclass(frozen=True)
class CapabilityUse:
    """One call of a capability: parameters are texts, or expressions over the routing values and the answers of the act."""

    capability: str
    parameters: Mapping[str, str | Expression] = field(default_factory=dict)

    def evaluate(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The parameters of one call; a name nobody set is null."""
        return {name: _evaluated(parameter, values) for name, parameter in self.parameters.items()}


def _evaluated(parameter: str | Expression, values: Mapping[str, Any]) -> Any:
    if isinstance(parameter, str):
        return parameter
    return parameter.evaluate({**dict.fromkeys(parameter.names), **values})
