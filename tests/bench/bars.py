"""The bars of the benchmark, and the table that says which were held."""

import os
import platform
from collections.abc import Mapping

#: Key → the bar it must hold: at least (">=") or at most ("<=").
BARS: dict[str, tuple[str, float]] = {
    "steps.postgresql.ratio_to_limit": (">=", 0.5),
    "steps.sqlite.ratio_to_limit": (">=", 0.3),
    "steps.postgresql.ratio_to_stock": (">=", 12),
    "steps.sqlite.ratio_to_stock": (">=", 12),
    "growth.ratio": ("<=", 1.2),
    "state.bytes": ("<=", 2_500),
    "case.bytes": ("<=", 20_000),
    "steps.postgresql.scaling_8": (">=", 1.5),
    "steps.postgresql.scaling_errors": ("<=", 0),
    "steps.postgresql.scaling_lost": ("<=", 0),
    "timers.p99_s": ("<=", 5),
    "timers.double": ("<=", 0),
    "timers.lost": ("<=", 0),
    "inbox.p95_ms": ("<=", 150),
    "inbox.queries": ("<=", 12),
    "inbox.more_queries": ("<=", 0),
    "search.p95_ms": ("<=", 50),
    "reports.board_p95_ms": ("<=", 300),
    "reports.month_p95_ms": ("<=", 300),
    "intake.per_s": (">=", 50),
    "web.rss_mb": ("<=", 200),
    "journal.verify_rows_per_s": (">=", 16_667),
}


def holds(key: str, value: float) -> bool:
    """Whether a measured value holds its bar; one without a bar always does."""
    sense, bar = BARS.get(key, (">=", float("-inf")))
    return value >= bar if sense == ">=" else value <= bar


def table(found: Mapping[str, float]) -> str:
    """What was measured, with bars and verdicts, for the screen."""
    lines = [
        f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} lõi",
        f"{'mục':<38}{'giá trị':>14}  ngưỡng",
    ]
    for key, value in found.items():
        sense, bar = BARS.get(key, ("", 0.0))
        verdict = f"{sense} {bar:g}  {'đạt' if holds(key, value) else 'KHÔNG ĐẠT'}" if sense else ""
        lines.append(f"{key:<38}{value:>14,.2f}  {verdict}".rstrip())
    return "\n".join(lines)
