"""A scenario that says something else than the model does is told where and how."""

from collections.abc import Callable

import pytest

from engine.errors import Finding
from engine.procedures import definition, playing, scenarios
from engine.procedures.folder import Folder
from engine.procedures.playing import Played


@pytest.fixture
def play(dossier: Folder) -> Callable[[str], Played]:
    """Play these acts on the dossier procedure."""

    def run(acts: str) -> Played:
        findings: list[Finding] = []
        story = scenarios.read("scenarios/test.yaml", f"title: Thử\nacts:\n{acts}".encode(), findings)
        assert findings == []
        return playing.play(definition.read(dossier), story)

    return run


START = "  - start: {channel: counter, is_accepted: true, intake_decision: complete}\n"


@pytest.mark.parametrize(
    ("acts", "message"),
    [
        pytest.param(
            START + "    expect: {open: [sign]}\n", "Sai bước đang mở: mong đợi sign, thực tế hand_over.", id="open"
        ),
        pytest.param(
            START + "    expect: {waits: []}\n", "Sai thông điệp đang chờ: mong đợi (không có), thực tế withdrawal_requested.", id="waits"
        ),
        pytest.param(START + "    expect: {ran: []}\n", "Sai khả năng đã gọi: mong đợi (không có), thực tế receive_dossier.", id="ran"),
        pytest.param(START + "    expect: {slips: [stop]}\n", "Sai phiếu đã cấp: mong đợi stop, thực tế (không có).", id="slips"),
        pytest.param(START + "    expect: {status: done}\n", "Sai trạng thái: mong đợi done, thực tế received.", id="status"),
        pytest.param(START + "    expect: {end: end_refused}\n", "Sai kết thúc: mong đợi end_refused, thực tế (không có).", id="end"),
        pytest.param(START + "  - complete: sign\n", "“sign” không mở lúc này; đang mở: hand_over.", id="not-open"),
        pytest.param(START + "  - message: ghost\n", "Quy trình không có thông điệp “ghost”.", id="no-message"),
        pytest.param(
            START + "  - complete: hand_over\n    answers: {ghost: 1}\n",
            "Câu trả lời không được nhận: ghost: Biểu mẫu không có mục này: hãy bỏ đi.",
            id="answers",
        ),
    ],
)  # fmt: skip
def test_playing_tells_the_difference(play: Callable[[str], Played], acts: str, message: str) -> None:
    assert [finding.message for finding in play(acts).findings] == [message]


def test_playing_tells_what_was_visited_and_where_it_ended(play: Callable[[str], Played]) -> None:
    played = play("  - start: {channel: post, is_accepted: true, intake_decision: refuse, reason: Sai thẩm quyền}\n")
    assert played == Played((), frozenset({"issue_refusal", "close_refused", "on_apology_due"}), "end_refused")
