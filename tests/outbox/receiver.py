"""Another system on this machine: a web server that keeps what it is sent and answers as told."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

#: Writes an answer by hand.
Script = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Heard:
    """One request."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class System:
    """What it heard; ``answers`` (statuses, or scripts) are given first, then 204."""

    port: int = 0
    heard: list[Heard] = field(default_factory=list)
    answers: list[int | Script] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/nhan-tin?nguon=1"


@contextmanager
def listening() -> Iterator[System]:
    """A system that listens until the end of the block."""
    system = System()

    class Ear(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            system.heard.append(Heard(self.path, dict(self.headers.items()), body))
            answer = system.answers.pop(0) if system.answers else 204
            if callable(answer):
                answer(self)
                return
            self.send_response(answer)
            if 300 <= answer < 400:
                self.send_header("Location", f"http://127.0.0.1:{system.port}/elsewhere")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Tests are quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    server.daemon_threads = True
    system.port = server.server_address[1]
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    serving.start()
    try:
        yield system
    finally:
        server.shutdown()
        server.server_close()
        serving.join(10)
