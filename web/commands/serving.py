"""Processes that stay: everything in one (run), pages and API (serve), timers and outbox (work)."""

import argparse
import os
import threading
from typing import Any

from engine.schedule import worker
from engine.settings import Settings
from web import collecting, inspection, log_lines, metrics, opening, refusing, running
from web.refusing import CannotStart


def add_to(commands: Any) -> None:
    """The words of these commands."""
    running_word = commands.add_parser("run", help="chạy tất cả trong một lệnh, trên máy này")
    running_word.add_argument("--port", type=port, default=refusing.DEFAULT_PORT)
    running_word.add_argument("--no-demo", action="store_true", help="không nạp tỉnh mẫu")
    running_word.set_defaults(act=run)
    serving = commands.add_parser("serve", help="trang và API (gunicorn), không chạy hẹn giờ")
    serving.add_argument("--host", default="127.0.0.1")
    serving.add_argument("--port", type=port, default=refusing.DEFAULT_PORT)
    serving.add_argument("--workers", type=int, default=os.cpu_count() or 2, help="số tiến trình")
    serving.set_defaults(act=serve)
    commands.add_parser("work", help="hẹn giờ và gửi thư; chạy bao nhiêu tiến trình cũng được").set_defaults(act=work)


def port(typed: str) -> int:
    """A port as typed; anything but 1 to 65535 is wrong usage."""
    if not (typed.isascii() and typed.isdecimal() and len(typed) < 6 and 0 < int(typed) < 65536):
        raise argparse.ArgumentTypeError("cổng phải là số từ 1 đến 65535")
    return int(typed)


def run(arguments: argparse.Namespace, settings: Settings) -> int:
    """``run``: see ``web.running``."""
    return running.run(settings, port=arguments.port, has_demo=not arguments.no_demo)


def serve(arguments: argparse.Namespace, settings: Settings) -> int:
    """``serve``: stateless; requests under way are finished when it is told to stop."""
    _require_safe(settings)
    options = {
        "bind": f"{arguments.host}:{arguments.port}",
        "workers": arguments.workers,
        "threads": 8,
        "timeout": 60,
        "graceful_timeout": running.PATIENCE_SECONDS,
        "proc_name": "quytrinh",
        "control_socket_disable": True,
    }
    from web import gunicorn_log  # a Unix library; every other command also works on Windows
    from web.gunicorn_server import Server

    log_lines.configure(settings)
    with metrics.shared():
        Server(settings, options | {"logger_class": gunicorn_log.Log, "child_exit": gunicorn_log.child_exit}).run()
    return 0


def work(arguments: argparse.Namespace, settings: Settings) -> int:
    """``work``: until SIGTERM or Ctrl+C; what is held then is finished first."""
    _require_safe(settings)
    log_lines.configure(settings)
    opening.services(settings)
    collecting.settle()
    stop = threading.Event()
    worker.stop_on_signals(stop)
    print("Hẹn giờ và hộp thư đi đang chạy (dừng: Ctrl+C).", flush=True)
    worker.run(stop)
    return 0


def _require_safe(settings: Settings) -> None:
    """Refuse a database of another version, and a production start with the demo's password (R32)."""
    engine = opening.raw_engine(settings)
    opening.require_head(engine)
    is_unsafe = settings.is_production and inspection.has_demo_password(engine)
    is_forgetful = inspection.loses_what_it_promised(engine)
    engine.dispose()
    if is_forgetful:
        raise CannotStart(
            "PostgreSQL đang đặt fsync=off hoặc synchronous_commit=off: mất điện là mất hồ sơ. Đặt lại thành on rồi chạy.",
            "PostgreSQL runs with fsync=off or synchronous_commit=off: a power cut would lose what was acknowledged.",
        )
    if is_unsafe:
        raise CannotStart(
            "Còn tài khoản mẫu dùng mật khẩu ai cũng biết: ngừng các tài khoản đó trước khi chạy thật.",
            "Demo accounts still have the password everybody knows: deactivate them before production.",
        )
