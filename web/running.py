"""The one command: tables, first contents, pages, API and timers in one process, on this machine alone."""

import os
import signal
import threading
from dataclasses import replace
from types import FrameType
from typing import Any

from flask import Flask
from waitress.server import create_server

from engine import migrate
from engine.people import demo
from engine.schedule import worker
from engine.settings import Settings
from engine.transaction import transaction
from web import first_contents, opening, refusing
from web.app import create_app

HOST = "127.0.0.1"
THREADS = 8
#: How long the timers may take to finish what they hold (R26).
PATIENCE_SECONDS = 30


def run(settings: Settings, *, port: int, has_demo: bool) -> int:
    """Serve until stopped. Refuses (``CannotStart``) a busy port in one sentence."""
    refusing.check_port(port)
    if "QUYTRINH_BASE_URL" not in os.environ:
        os.environ["QUYTRINH_BASE_URL"] = f"http://{HOST}:{port}"
        settings = replace(settings, base_url=os.environ["QUYTRINH_BASE_URL"])
    _say("Chuẩn bị cơ sở dữ liệu …")
    migrate.upgrade(opening.raw_engine(settings))
    opening.services(settings)
    _fill(has_demo and not settings.is_production)
    app = create_app(settings)
    server = _listen(app, port)
    signal.signal(signal.SIGTERM, _leave)
    _say(_welcome(settings.base_url, has_demo and not settings.is_production))
    return _serve(app, server)


def _fill(has_demo: bool) -> None:
    if has_demo:
        _say("Nạp tỉnh mẫu, quy trình và thủ tục hành chính …")
        with transaction():
            demo.seed()
    published = first_contents.enter()
    if published:
        _say(f"Đã ban hành quy trình: {', '.join(published)}.")


def _listen(app: Flask, port: int) -> Any:
    try:
        return create_server(app, host=HOST, port=port, threads=THREADS, ident="", max_request_body_size=26 * 1024 * 1024)
    except OSError as error:
        refusing.check_port(port)
        raise refusing.CannotStart(f"Không mở được cổng {port}: {error}.", f"Cannot open port {port}: {error}.") from error


def _serve(app: Flask, server: Any) -> int:
    stop = threading.Event()
    timers = threading.Thread(target=worker.run, args=(stop, app.app_context), name="timers")
    timers.start()
    try:
        server.run()  # comes back on Ctrl+C and SIGTERM
    finally:
        _say("Đang dừng …")
        stop.set()
        server.close()
        timers.join(PATIENCE_SECONDS)
    return 0


def _welcome(address: str, has_demo: bool) -> str:
    lines = ["", f"Mở trình duyệt tại {address}  (dừng: Ctrl+C)"]
    if has_demo:
        lines += ["", f"Tài khoản mẫu, mật khẩu chung là {demo.PASSWORD}:"]
        lines += [f"  {login:12} {title:36} {agency}" for login, title, agency in demo.logins()]
    return "\n".join(lines)


def _leave(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)


def _say(text: str) -> None:
    print(text, flush=True)
