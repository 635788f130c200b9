"""A mail server on loopback that remembers the key of everything it took."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from threading import Event, Lock
from typing import Any

from aiosmtpd.controller import Controller

from tests.faults.processes import free_port


class Sink:
    """What was taken: Message-ID → how often; ``arrived`` is set with the first."""

    def __init__(self) -> None:
        self.port = free_port()
        self.taken: Counter[str] = Counter()
        self.arrived = Event()
        self._lock = Lock()

    @property
    def url(self) -> str:
        """For ``QUYTRINH_MAIL_URL``."""
        return f"smtp://127.0.0.1:{self.port}"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        with self._lock:
            self.taken[str(message_from_bytes(envelope.content)["Message-ID"])] += 1
        self.arrived.set()
        return "250 OK"


@contextmanager
def listening() -> Iterator[Sink]:
    """A sink that takes mail, and is gone afterwards."""
    sink = Sink()
    controller = Controller(sink, hostname="127.0.0.1", port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
