"""Put the engine together: what models may cause, who follows cases, who judges drafts. Every program calls it at its start."""

from engine.cases import observers
from engine.documents import capabilities as document_capabilities
from engine.dossiers import capabilities as dossier_capabilities
from engine.dossiers import clock_capabilities, progress, proof, waiting_capabilities
from engine.procedures import gates, staffing


def assemble() -> None:
    """Register all capabilities, observers and judgements of drafts; a second call changes nothing."""
    dossier_capabilities.register_all()
    document_capabilities.register_all()
    clock_capabilities.register_all()
    waiting_capabilities.register_all()
    observers.register(progress.follow)
    observers.register(document_capabilities.follow)
    gates.register(staffing.judge)
    gates.register(proof.judge)
