"""The outbox from the machine itself: hold it, let it go, see how it does."""

import argparse
from typing import Any

from engine import clock
from engine.outbox import pause, status
from engine.settings import Settings
from engine.transaction import transaction
from web import opening


def add_to(commands: Any) -> None:
    """The words of these commands."""
    outbox = commands.add_parser("outbox", help="thư và tin báo gửi đi").add_subparsers(dest="what", required=True)
    outbox.add_parser("status", help="bao nhiêu đang chờ, hỏng; có đang bị giữ không").set_defaults(act=show)
    for word, help_, act in (("pause", "giữ lại, không gửi gì ra ngoài", hold), ("release", "cho gửi tiếp", release)):
        deciding = outbox.add_parser(word, help=help_)
        deciding.add_argument("--reason", required=True, metavar="LÝ_DO", help="ghi vào nhật ký")
        deciding.set_defaults(act=act)


def show(arguments: argparse.Namespace, settings: Settings) -> int:
    """``outbox status``: over all agencies."""
    opening.services(settings)
    found, held = status.summary(), pause.present()
    print(f"Đang chờ gửi: {found.waiting}, lâu nhất {found.oldest_age_s:.0f} giây. Hỏng, chờ người xử lý: {found.dead}.")
    if held is not None:
        print(f"Đang bị giữ từ {clock.local(held.began_at):%H:%M %d/%m/%Y}: {held.reason}")
    return 0


def hold(arguments: argparse.Namespace, settings: Settings) -> int:
    """``outbox pause``: nothing leaves until it is released."""
    opening.services(settings)
    with transaction():
        pause.begin(arguments.reason, by=None)
    print("Đã giữ hộp thư đi. Cho gửi tiếp: quytrinh outbox release --reason LÝ_DO")
    return 0


def release(arguments: argparse.Namespace, settings: Settings) -> int:
    """``outbox release``: what waits leaves at the workers' next look."""
    opening.services(settings)
    with transaction():
        pause.release(arguments.reason, by=None)
    print("Đã cho hộp thư đi gửi tiếp.")
    return 0
