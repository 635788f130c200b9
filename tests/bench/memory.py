"""What a process takes of the machine's memory, read from the kernel."""

import re
from pathlib import Path

_RSS, _PSS = (re.compile(rf"^{name}:\s+(\d+) kB", re.MULTILINE) for name in ("Rss", "Pss"))


def of_children(parent: int) -> dict[str, float]:
    """``web.rss_mb`` and ``web.pss_mb`` (its own and its share of what several use): the largest child of process ``parent``."""
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text(encoding="ascii").split()
    accounts = [Path(f"/proc/{child}/smaps_rollup").read_text(encoding="ascii") for child in children]
    return {
        "web.rss_mb": max(_megabytes(_RSS, account) for account in accounts),
        "web.pss_mb": max(_megabytes(_PSS, account) for account in accounts),
    }


def _megabytes(line: re.Pattern[str], account: str) -> float:
    found = line.search(account)
    return int(found.group(1)) / 1024 if found else 0.0
