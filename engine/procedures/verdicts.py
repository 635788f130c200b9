"""What a judgement of a folder comes to: what must be mended, and what its author should look at and may leave."""

from collections.abc import Iterable
from dataclasses import dataclass

from engine.errors import Finding


@dataclass(frozen=True)
class Verdict:
    """What was found: ``errors`` keep a folder from being submitted, ``warnings`` may be left as they are."""

    errors: tuple[Finding, ...] = ()
    warnings: tuple[Finding, ...] = ()


def together(verdicts: Iterable[Verdict]) -> Verdict:
    """Several verdicts as one, each finding once, by place."""
    known = list(verdicts)
    return Verdict(
        _sorted(finding for verdict in known for finding in verdict.errors),
        _sorted(finding for verdict in known for finding in verdict.warnings),
    )


def _sorted(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: (finding.place, finding.code, finding.message)))
