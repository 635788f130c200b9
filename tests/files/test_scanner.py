"""The virus scanner's hook, against a small server that speaks clamd's protocol on this machine."""

import io
import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from engine.files import scanner, store
from engine.files.refusal import FileRejected
from engine.transaction import transaction
from tests.files import samples

#: What this scanner takes for a virus.
SIGN = b"MALICIOUS-SIGN"
INFECTED = samples.PDF[:20] + SIGN + samples.PDF[20:]


@contextmanager
def scanning(listener: socket.socket, answer: Callable[[bytes], bytes]) -> Iterator[list[bytes]]:
    """Serve INSTREAM on a listening socket; yields what was scanned."""
    seen: list[bytes] = []
    listener.listen()

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as reader:
                assert reader.read(10) == b"zINSTREAM\0"
                content = b""
                while size := struct.unpack(">I", reader.read(4))[0]:
                    content += reader.read(size)
                seen.append(content)
                connection.sendall(answer(content))

    serving = threading.Thread(target=serve, daemon=True)
    serving.start()
    yield seen
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    serving.join(5)


def honest(content: bytes) -> bytes:
    return b"stream: Test.Sign FOUND\0" if SIGN in content else b"stream: OK\0"


@pytest.fixture(params=["tcp", "unix"])
def scanned(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """A scanner set up over TCP and over a Unix socket."""
    if request.param == "tcp":
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"127.0.0.1:{listener.getsockname()[1]}"
    else:
        listener = socket.socket(socket.AF_UNIX)
        address = str(tmp_path / "clamd.socket")
        listener.bind(address)
    monkeypatch.setenv("QUYTRINH_SCANNER", address)
    with scanning(listener, honest) as seen:
        yield seen


def kept_files(data_dir: Path) -> list[Path]:
    return [path for path in data_dir.rglob("*") if path.is_file()]


def test_a_clean_file_is_kept_after_it_was_scanned(agency_id: UUID, scanned: list[bytes]) -> None:
    received = store.receive(agency_id, io.BytesIO(samples.PDF))
    assert scanned == [samples.PDF]
    assert store.path_of(agency_id, received.sha256).read_bytes() == samples.PDF


def test_an_infected_file_is_refused_and_leaves_nothing(agency_id: UUID, scanned: list[bytes], data_dir: Path) -> None:
    with pytest.raises(FileRejected, match="có mã độc"):
        store.receive(agency_id, io.BytesIO(INFECTED))
    assert (scanned, kept_files(data_dir)) == ([INFECTED], [])


def test_a_large_file_is_scanned_to_its_end(agency_id: UUID, scanned: list[bytes]) -> None:
    large = samples.PDF[:-6] + b" " * 300_000 + SIGN + samples.PDF[-6:]
    with pytest.raises(FileRejected, match="có mã độc"):
        store.receive(agency_id, io.BytesIO(large))


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"stream: Can't allocate memory ERROR\0",
        b"stream: OKAY\0",
        b"x" * 9000,
    ],
    ids=["nothing", "empty", "size limit", "error", "no known word", "endless"],
)
def test_what_is_no_answer_lets_nothing_through(
    agency_id: UUID, data_dir: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes
) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    monkeypatch.setenv("QUYTRINH_SCANNER", f"127.0.0.1:{listener.getsockname()[1]}")
    with scanning(listener, lambda _content: answer), pytest.raises(FileRejected, match="bộ quét virus không trả lời"):
        store.receive(agency_id, io.BytesIO(samples.PDF))
    assert kept_files(data_dir) == []


@pytest.mark.parametrize("address", ["127.0.0.1:9", "/nowhere/clamd.socket", "no port", "127.0.0.1:many"])
def test_a_scanner_that_is_not_there_lets_nothing_through(
    agency_id: UUID, data_dir: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("QUYTRINH_SCANNER", address)
    with pytest.raises(FileRejected, match="bộ quét virus không trả lời"):
        store.receive(agency_id, io.BytesIO(samples.PDF))
    assert kept_files(data_dir) == []


def test_a_silent_scanner_is_given_up(agency_id: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scanner, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("QUYTRINH_SCANNER", f"127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(FileRejected, match="bộ quét virus không trả lời"):
            store.receive(agency_id, io.BytesIO(samples.PDF))


def test_our_own_papers_are_not_scanned(agency_id: UUID, scanned: list[bytes]) -> None:
    with transaction():
        store.put(agency_id, io.BytesIO(samples.PDF))
    assert scanned == []
