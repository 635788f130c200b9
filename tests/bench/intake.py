"""Intake over HTTP: two web processes, eight clients, each request a received dossier with its slip numbers."""

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from web.refusing import ROOT

CLIENTS = 8
_DOSSIER = {
    "public_service": "1.004873",
    "owner": {"full_name": "Nguyễn Thị Ánh", "id_number": "031185004217", "address": "Số 12", "phone": "0912345678", "email": ""},
    "channel": "counter",
    "components": [{"name": "Tờ khai", "originals": 1, "copies": 0}],
}


def per_second(url: str, workplace: Path, requests: int) -> float:
    """Answered 201 per second on the database ``url``; any other answer fails the measure (``RuntimeError``)."""
    environment = {
        **os.environ,
        "QUYTRINH_DATABASE_URL": url,
        "QUYTRINH_DATA_DIR": str(workplace),
        "QUYTRINH_TESTING": "1",
        "QUYTRINH_TEST_CHEAP_PASSWORDS": "1",
    }
    _command(environment, "migrate")
    _command(environment, "seed", "demo")
    token = _command(environment, "tokens", "create", "clerk").split()[-1]
    with _server(environment) as port:
        _send(port, token, CLIENTS)
        started = time.perf_counter()
        _send(port, token, requests)
        return requests / (time.perf_counter() - started)


def _send(port: int, token: str, requests: int) -> None:
    failures: list[str] = []
    share = max(1, requests // CLIENTS)
    clients = [threading.Thread(target=_client, args=(port, token, share, failures)) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    if failures:
        raise RuntimeError(f"intake failed: {failures[0]}")


def _client(port: int, token: str, requests: int, failures: list[str]) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for _ in range(requests):
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", "Idempotency-Key": str(uuid.uuid4())}
        connection.request("POST", "/api/v1/dossiers", json.dumps(_DOSSIER), headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status != 201:
            failures.append(f"{answer.status} {body[:300]!r}")
            return
    connection.close()


@contextmanager
def _server(environment: dict[str, str]) -> Iterator[int]:
    port = _free_port()
    command = [sys.executable, "-m", "web", "serve", "--port", str(port), "--workers", "2"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _await(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=40)


def _await(port: int) -> None:
    for _ in range(300):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the web processes did not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _command(environment: dict[str, str], *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "web", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"quytrinh {' '.join(words)}: {done.stderr[-500:]}")
    return done.stdout
