"""Intake over HTTP: two web processes, eight clients, each request a received dossier with its slip numbers, on PostgreSQL."""

import json
import threading
import time
import uuid
from pathlib import Path
from typing import Any

from tests.bench import memory, places, serving

CLIENTS = 8
REQUESTS = 800
DOSSIER: dict[str, Any] = {
    "public_service": "1.004873",
    "owner": {"full_name": "Nguyễn Thị Ánh", "id_number": "031185004217", "address": "Số 12", "phone": "0912345678", "email": ""},
    "channel": "counter",
    "components": [{"name": "Tờ khai", "originals": 1, "copies": 0}],
}


def measure(place: Path, _rounds: int) -> dict[str, float]:
    """Answered 201 a second, and what a web process has taken by then. Any other answer fails the measure (``RuntimeError``)."""
    with places.database("postgresql", place, "intake") as url:
        settings = serving.environment(url, place / "intake")
        serving.command(settings, "migrate")
        serving.command(settings, "seed", "demo")
        token = serving.command(settings, "tokens", "create", "clerk").split()[-1]
        with serving.server(settings) as (port, parent):
            _send(port, token, 5 * CLIENTS)
            started = time.perf_counter()
            _send(port, token, REQUESTS)
            rate = REQUESTS / (time.perf_counter() - started)
            return {"intake.per_s": rate, **memory.of_children(parent)}


def _send(port: int, token: str, requests: int) -> None:
    failures: list[str] = []
    share = requests // CLIENTS
    clients = [threading.Thread(target=_client, args=(port, token, share, failures)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failures:
        raise RuntimeError(f"intake failed: {failures[0]}")


def _client(port: int, token: str, requests: int, failures: list[str]) -> None:
    desk, body = serving.Browser(port), json.dumps(DOSSIER).encode()
    for _ in range(requests):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        answer = desk.ask("POST", "/api/v1/dossiers", body, headers)
        if answer.status != 201 or not json.loads(answer.body)["slips"]:
            failures.append(f"{answer.status} {answer.body[:300]!r}")
            return
