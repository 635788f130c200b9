"""Put the engine together: what models may cause, who follows the moves of a case. Every program calls it once at its start."""

from engine.cases import observers
from engine.dossiers import capabilities as dossier_capabilities
from engine.dossiers import progress


def assemble() -> None:
    """Register all capabilities and observers; a second call changes nothing."""
    dossier_capabilities.register_all()
    observers.register(progress.follow)
