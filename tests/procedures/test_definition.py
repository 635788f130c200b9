"""A folder read as one definition: what the rest of the engine goes by."""

from engine.language.expressions import Expression
from engine.procedures import definition
from engine.procedures.definition import LaneRule, MessageDefinition, StepDefinition
from engine.procedures.folder import Folder


def test_definition_gives_each_step_its_lane_term_and_form(dossier: Folder) -> None:
    rule = definition.read(dossier)
    assert rule.steps["check"] == StepDefinition(
        element="check",
        name="Kiểm tra, trình ký",
        role="head",
        of_division=True,
        form="check",
        term_minutes=120,
        borrows_from="process",
        status="processing",
        help="Lãnh đạo phòng kiểm tra dự thảo, trình ký hoặc trả lại kèm lý do.",
        reminder=80,
        escalations=((150, "head"), (150, "leader")),
        is_hand_over=True,
    )
    assert [(element, step.role, step.term_minutes) for element, step in rule.steps.items()] == [
        ("intake_check", "clerk", 480),
        ("hand_over", "clerk", 120),
        ("assign", "head", 60),
        ("process", "officer", 960),
        ("check", "head", 120),
        ("sign", "leader", 240),
        ("number_seal", "registrar", 120),
        ("decide_withdrawal", "leader", 240),
        ("receive_result", "clerk", 120),
        ("return_result", "clerk", None),
        ("file_record", "archivist", 2400),
        ("apologise", "leader", 240),
    ]


def test_definition_reads_the_whole_sheet(dossier: Folder) -> None:
    rule = definition.read(dossier)
    assert (rule.code, rule.owner_role, rule.retention_years, rule.public_services) == ("dossier", "secretary", 10, ("*",))
    assert rule.lanes["Công chức thụ lý"] == LaneRule("officer", of_division=True)
    assert rule.messages["withdrawal_requested"] == MessageDefinition(
        "withdrawal_requested",
        "Công dân xin rút hồ sơ",
        "withdrawal_requested",
        frozenset({"clerk"}),
        closed_while=frozenset({"decide_withdrawal"}),
    )
    assert rule.ends == {
        "end_returned": "returned",
        "end_refused": "refused",
        "end_stopped": "stopped",
        "end_withdrawal_rejected": None,
        "end_watched": None,
        "end_late": None,
        "end_apologised": None,
        "end_apology_moot": None,
    }
    assert sorted(rule.templates) == sorted(path for paths in rule.slips.values() for path in paths)
    assert rule.documentation.startswith("# Tiếp nhận, giải quyết hồ sơ")


def test_definition_starts_a_case_with_the_declared_values(dossier: Folder) -> None:
    values = definition.read(dossier).start_values({"channel": "online", "note": "x"})
    watched = {"watch_at": "P2D", "due_state": None, "is_apology_due": False, "is_paused": False, "is_ready": False}
    limits = {"apology_days_before": 1, "most_extensions": 1, "opinion_due_at": "P2D", "opinion": None}
    given = {"channel": "online", "is_accepted": False, "intake_decision": None, "result_number": None, "note": "x"}
    assert values == given | watched | limits


def test_definition_evaluates_what_a_capability_is_given(dossier: Folder) -> None:
    calls = definition.read(dossier).calls
    assert calls["issue_supplement"].evaluate({"content": "a\nb", "reason": "Thiếu"}) == {
        "kind": "supplement",
        "content": "a\nb",
        "reason": "Thiếu",
        "guidance": None,
        "basis": None,
    }
    assert [(e, c.capability) for e, c in calls.items() if not any(isinstance(p, Expression) for p in c.parameters.values())] == [
        ("close_refused", "close_dossier"),
        ("resume_clock", "resume_clock"),
        ("note_silence", "record_opinion"),
        ("close_stopped", "close_dossier"),
        ("report_late", "report_late"),
    ]


def test_definition_says_the_furthest_status(dossier: Folder) -> None:
    rule = definition.read(dossier)
    told = [rule.status_of(elements) for elements in (["hand_over"], ["process", "decide_withdrawal"], ["wait_supplement"], [])]
    assert told == ["received", "withdrawal_requested", "awaiting_supplement", None]
