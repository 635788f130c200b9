"""A client that takes no silence for an answer: it sends the same request under the same key until it is told something."""

import http.client
import json
import time
import uuid
from collections.abc import Sequence
from typing import Any

from tests.faults.ledger import Ledger, Told

#: No answer, or one that says "not now": ask again.
NOT_NOW = (502, 503, 504)
_PATIENCE = 120.0


class Unanswered(AssertionError):
    """Nobody answered for two minutes."""


class Unreadable(AssertionError):
    """What may be read was not given."""


class Caller:
    """Somebody's program. ``ports``: where the installation listens, tried in turn as a proxy would."""

    def __init__(self, ports: Sequence[int], tokens: dict[str, str], ledger: Ledger) -> None:
        self.ports, self.tokens, self.ledger = list(ports), tokens, ledger

    def get(self, login: str, path: str) -> Any:
        """The JSON at ``path`` below ``/api/v1``; ``Unreadable`` where there is another answer than 200."""
        status, answer, _ = self._insist("GET", login, path, "", "")
        if status != 200:
            raise Unreadable(f"GET {path}: {status} {answer[:300].decode(errors='replace')}")
        return json.loads(answer)

    def act(self, act: str, login: str, path: str, body: Any, *, key: str = "") -> Told:
        """Send ``body`` until there is an answer, and write it down."""
        asked = {"login": login, "key": key or str(uuid.uuid4()), "path": path, "body": self.text(body)}
        status, answer, attempts = self._insist("POST", login, path, asked["body"], asked["key"])
        return self.ledger.write(act, asked, status, answer, attempts)

    def text(self, body: Any) -> str:
        """A body as it is sent."""
        return json.dumps(body, ensure_ascii=False)

    def again(self, told: Told) -> tuple[int, bytes]:
        """Send exactly what was sent before; status and bytes of the answer."""
        status, answer, _ = self._insist("POST", told.login, told.path, told.body, told.key)
        return status, answer

    def once(self, method: str, login: str, path: str, body: str, key: str, *, port: int = 0) -> tuple[int, bytes]:
        """One attempt; 0 where the connection brings no answer, -1 where nobody listens."""
        headers = {"Authorization": f"Bearer {self.tokens[login]}", "Connection": "close"}
        if method == "POST":
            headers |= {"Content-Type": "application/json", "Idempotency-Key": key}
        connection = http.client.HTTPConnection("127.0.0.1", port or self.ports[0], timeout=40)
        try:
            connection.connect()
        except OSError:
            return -1, b""
        try:
            connection.request(method, f"/api/v1{path}", body.encode() if body else None, headers)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except (OSError, http.client.HTTPException):
            return 0, b""
        finally:
            connection.close()

    def _insist(self, method: str, login: str, path: str, body: str, key: str) -> tuple[int, bytes, int]:
        give_up, attempts = time.monotonic() + _PATIENCE, 0
        while time.monotonic() < give_up:
            for port in self.ports:
                status, answer = self.once(method, login, path, body, key, port=port)
                if status > 0 and status not in NOT_NOW:
                    return status, answer, attempts
                attempts += 1
            time.sleep(0.1)
        raise Unanswered(f"{method} {path}")
