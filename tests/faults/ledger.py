"""What clients were told: written down and flushed to disk before they go on, so that it can be held against the database."""

import base64
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock
from typing import Any


@dataclass(frozen=True)
class Told:
    """One answered request: who asked, under which key, where, with which body, and what came back. ``act``: intake, complete …"""

    act: str
    login: str
    key: str
    path: str
    body: str
    status: int
    answer: str
    #: Attempts without an answer (a broken connection, 502, 503) before this one.
    attempts: int = 0

    @property
    def is_done(self) -> bool:
        """Whether success was promised."""
        return self.status < 300

    def bytes(self) -> bytes:
        """What was answered."""
        return base64.b64decode(self.answer)

    def json(self) -> Any:
        """What was answered, read."""
        return json.loads(self.bytes())


class Ledger:
    """A file of lines that survives its writer."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.count = 0
        self._lock = Lock()

    def write(self, act: str, asked: Mapping[str, str], status: int, answer: bytes, attempts: int) -> Told:
        """Keep one answer; returns when it is on disk."""
        told = Told(act, **asked, status=status, answer=base64.b64encode(answer).decode(), attempts=attempts)
        with self._lock, self.file.open("a", encoding="utf-8") as lines:
            lines.write(json.dumps(asdict(told), ensure_ascii=False) + "\n")
            lines.flush()
            os.fsync(lines.fileno())
            self.count += 1
        return told

    def read(self) -> list[Told]:
        """Everything written, in order."""
        if not self.file.exists():
            return []
        return [Told(**json.loads(line)) for line in self.file.read_text(encoding="utf-8").splitlines()]
