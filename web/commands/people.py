"""People from the command line: the first administrator, a token for a program."""

import argparse
from datetime import timedelta
from typing import Any

from engine import clock
from engine.errors import NotFound
from engine.people import administration, agencies, directory, positions, tokens
from engine.people.actors import ROLES
from engine.people.administration import Details
from engine.people.positions import Appointment
from engine.settings import Settings
from engine.transaction import transaction
from web import opening


def add_to(commands: Any) -> None:
    """The words of these commands."""
    adding = commands.add_parser("users", help="người dùng").add_subparsers(dest="what", required=True).add_parser("add")
    adding.add_argument("login")
    adding.add_argument("--name", required=True, help="họ và tên")
    adding.add_argument("--agency", metavar="MÃ", help="mã cơ quan; không ghi: cơ quan cao nhất")
    adding.add_argument("--division", metavar="MÃ", help="mã phòng; không ghi: cả cơ quan")
    adding.add_argument("--title", required=True, help="chức vụ, ví dụ 'Quản trị viên'")
    adding.add_argument("--role", action="append", required=True, choices=ROLES, help="lặp lại được")
    adding.add_argument("--email")
    adding.set_defaults(act=add_user)
    creating = (
        commands.add_parser("tokens", help="mã truy cập API").add_subparsers(dest="what", required=True).add_parser("create")
    )
    creating.add_argument("login")
    creating.add_argument("--label", default="", help="dùng để làm gì")
    creating.add_argument("--days", type=int, help="hết hạn sau bao nhiêu ngày; không ghi: không hết hạn")
    creating.set_defaults(act=create_token)


def add_user(arguments: argparse.Namespace, settings: Settings) -> int:
    """``users add``: prints the one-time password, to be changed at the first sign-in."""
    opening.services(settings)
    with transaction():
        agency = opening.agency(arguments.agency)
        division = next((d for d in agencies.divisions(agency.id) if d.code == arguments.division), None)
        if arguments.division and division is None:
            raise NotFound(f"Cơ quan {agency.code} không có phòng mang mã {arguments.division}.")
        details = Details(arguments.name, arguments.email)
        person, password = administration.create_person(agency.id, arguments.login, details, by=None)
        roles = frozenset(arguments.role)
        appointment = Appointment(agency.id, arguments.title, roles, division.id if division else None)
        positions.give(person, appointment, by=None)
    print(f"Đã thêm {person.login} ({agency.name}). Mật khẩu dùng một lần: {password}")
    return 0


def create_token(arguments: argparse.Namespace, settings: Settings) -> int:
    """``tokens create LOGIN``: prints the bearer token and nothing else, once."""
    opening.services(settings)
    with transaction():
        person = directory.by_login(arguments.login)
        if person is None:
            raise NotFound(f"Không có tài khoản {arguments.login}.")
        expires_at = clock.now() + timedelta(days=arguments.days) if arguments.days is not None else None
        token = tokens.create(person, label=arguments.label, expires_at=expires_at)
    print(token)
    return 0
