"""The engine is put together once."""

from engine import assembly
from engine.cases import capabilities, observers


def test_assembling_twice_changes_nothing() -> None:
    assembly.assemble()
    once = (dict(capabilities.facts()), list(observers._observers))
    assembly.assemble()
    assert (dict(capabilities.facts()), list(observers._observers)) == once
    assert {"receive_dossier", "issue_slip", "pause_clock", "resume_clock", "number_result", "close_dossier"} <= set(once[0])
