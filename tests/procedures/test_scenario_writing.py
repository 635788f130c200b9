"""A play that was kept reads back as a scenario that passes, and every carried scenario survives being written again."""

from datetime import UTC, datetime

import pytest

from engine.errors import AnswersRejected
from engine.procedures import definition, playing, plays, scenario_writing, scenarios
from engine.procedures.folder import Folder
from engine.procedures.plays import Replay
from engine.procedures.scenarios import Act, Expectation
from tests.procedures.conftest import DOSSIER

NAMES = sorted(path.stem for path in (DOSSIER / "scenarios").glob("*.yaml"))
AT = datetime(2026, 11, 25, 1, tzinfo=UTC).isoformat()
TYPED = "Dòng 1\nDòng 2: on, 0123, 2026-01-02 'x' \"y\" #z"


def replayed(dossier: Folder, acts: tuple[Act, ...]) -> Replay:
    rows = [
        {"kind": a.kind, "subject": a.subject, "to": a.to, "answers": a.answers, "returns": a.returns, "fails": a.fails, "at": AT}
        for a in acts
    ]
    return plays.replay(definition.read(dossier), rows)


@pytest.mark.parametrize("name", NAMES)
def test_a_carried_scenario_written_again_does_the_same_and_passes(dossier: Folder, name: str) -> None:
    path = f"scenarios/{name}.yaml"
    story = scenarios.read(path, dossier.files[path], [])
    written = scenario_writing.write(story.title, replayed(dossier, story.acts).done)
    findings: list[object] = []
    again = scenarios.read(path, written, findings)  # type: ignore[arg-type]  # nothing is found here
    assert findings == []
    assert [(a.kind, a.subject, a.to, a.answers, a.returns, a.fails) for a in again.acts] == [
        (a.kind, a.subject, a.to, a.answers, a.returns, a.fails) for a in story.acts
    ]
    assert playing.play(definition.read(dossier), again).findings == ()


def test_what_is_written_is_the_house_form(dossier: Folder) -> None:
    unseen = Expectation(None, None, None, None, None, None)
    start = Act("start", "", None, {"channel": "counter", "is_accepted": True, "intake_decision": "complete"}, {}, unseen, "")
    step = Act("complete", "hand_over", None, {"papers": "electronic", "note": TYPED}, {}, unseen, "")
    written = scenario_writing.write("Thử: một", replayed(dossier, (start, step)).done)
    assert written.decode().splitlines() == [
        "title: 'Thử: một'",
        "acts:",
        "  - start: {channel: counter, is_accepted: true, intake_decision: complete}",
        "    expect: {open: [hand_over], ran: [receive_dossier], waits: [withdrawal_requested], status: received}",
        "  - complete: hand_over",
        '    answers: {papers: electronic, note: "Dòng 1\\nDòng 2: on, 0123, 2026-01-02 \'x\' \\"y\\" #z"}',
        "    expect: {open: [assign], ran: [], waits: [withdrawal_requested], status: processing}",
    ]
    assert scenarios.read("scenarios/t.yaml", written, []).acts[1].answers["note"] == TYPED


@pytest.mark.parametrize("name", ["Tên", "../x", "", "straight"], ids=["letters", "path", "empty", "taken"])
def test_a_name_that_is_no_new_name_is_refused(dossier: Folder, name: str) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        scenario_writing.path_of(name, dossier)
    assert list(refusal.value.fields) == ["name"]
