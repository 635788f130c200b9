"""The outgoing client against real sockets: what it sends, and what a bad receiver cannot do to it."""

import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest

from engine.outbox import addresses, calling
from engine.outbox.calling import Answer, NoAnswer
from tests.outbox.receiver import System


def call(url: str, body: bytes = b"{}") -> Answer:
    return calling.post(addresses.parse(url), body, {"Content-Type": "application/json", "Quytrinh-Id": "k"})


def test_one_request_arrives_as_sent(system: System) -> None:
    assert call(system.url, '{"a":"ă"}'.encode()) == Answer(204, b"")
    (heard,) = system.heard
    assert (heard.path, heard.body) == ("/nhan-tin?nguon=1", '{"a":"ă"}'.encode())
    assert heard.headers == {
        "Host": f"127.0.0.1:{system.port}",
        "User-Agent": "quytrinh",
        "Content-Length": "10",
        "Accept-Encoding": "identity",
        "Connection": "close",
        "Content-Type": "application/json",
        "Quytrinh-Id": "k",
    }


def test_a_redirect_is_not_followed(system: System) -> None:
    system.answers.append(302)
    assert call(system.url).status == 302
    assert [heard.path for heard in system.heard] == ["/nhan-tin?nguon=1"]


def test_of_a_huge_answer_64_kib_are_read(system: System) -> None:
    def huge(ear: BaseHTTPRequestHandler) -> None:
        ear.send_response(200)
        ear.end_headers()
        try:
            for _ in range(1_000):
                ear.wfile.write(b"x" * 65_536)
        except OSError:
            stopped.set()

    stopped = threading.Event()
    system.answers.append(huge)
    assert call(system.url) == Answer(200, b"x" * 65_536)
    assert stopped.wait(10)


def test_headers_without_end_are_no_answer(system: System) -> None:
    def endless(ear: BaseHTTPRequestHandler) -> None:
        ear.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"".join(b"X-%d: 1\r\n" % number for number in range(1_000)))

    system.answers.append(endless)
    with pytest.raises(NoAnswer, match="HTTPException"):
        call(system.url)


def test_another_language_is_no_answer(system: System) -> None:
    system.answers.append(lambda ear: (ear.wfile.write(b"220 mail.example ESMTP\r\n"), None)[1])
    with pytest.raises(NoAnswer, match="BadStatusLine"):
        call(system.url)


@pytest.mark.parametrize("drip", [b"", b"H"], ids=["silent", "dripping"])
def test_a_slow_receiver_is_left(system: System, monkeypatch: pytest.MonkeyPatch, drip: bytes) -> None:
    def slow(ear: BaseHTTPRequestHandler) -> None:
        for _ in range(100):
            if left.wait(0.1):
                return
            try:
                ear.wfile.write(drip)
                ear.wfile.flush()
            except OSError:
                return
        waited_out.append(True)

    left, waited_out = threading.Event(), list[bool]()
    monkeypatch.setattr(calling, "ANSWER_SECONDS", 0.5)
    system.answers.append(slow)
    with pytest.raises(NoAnswer, match="TimeoutError"):
        call(system.url)
    assert waited_out == []
    left.set()


def test_nobody_there_is_no_answer(loopback: None) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(NoAnswer, match="ConnectionRefusedError"):
        call(f"http://127.0.0.1:{port}/")


def test_a_receiver_that_cannot_encrypt_gets_nothing(system: System) -> None:
    with pytest.raises(NoAnswer, match="SSL"):
        call(system.url.replace("http:", "https:"))
    assert system.heard == []


def test_the_certificate_must_be_the_hosts(monkeypatch: pytest.MonkeyPatch, system: System) -> None:
    asked: list[Any] = []

    def wrap(self: ssl.SSLContext, plain: socket.socket, **settings: Any) -> ssl.SSLSocket:
        asked.append((self.verify_mode, self.check_hostname, settings))
        raise ssl.SSLError("seen")

    monkeypatch.setattr(ssl.SSLContext, "wrap_socket", wrap)
    with pytest.raises(NoAnswer, match="seen"):
        call(system.url.replace("http:", "https:"))
    assert asked == [(ssl.CERT_REQUIRED, True, {"server_hostname": "127.0.0.1"})]


def test_the_number_that_was_checked_is_called(monkeypatch: pytest.MonkeyPatch, system: System) -> None:
    """A name service that changes its answer: the second answer is never asked for."""
    real, asked = socket.getaddrinfo, []

    def changing(host: Any, port: Any, *rest: Any, **settings: Any) -> Any:
        if host == "doi-y.example":
            asked.append(host)
            return real("127.0.0.1", port, *rest, **settings)
        return real(host, port, *rest, **settings)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert call(f"http://doi-y.example:{system.port}/tin").status == 204
    assert (asked, system.heard[0].headers["Host"]) == (["doi-y.example"], f"doi-y.example:{system.port}")


def test_a_line_break_in_a_header_is_refused(system: System) -> None:
    with pytest.raises(NoAnswer, match="line break"):
        calling.post(addresses.parse(system.url), b"", {"Quytrinh-Id": "a\r\nX: 1"})
    assert system.heard == []
