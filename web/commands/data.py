"""Tables and first contents: migrate, seed, import."""

import argparse
from pathlib import Path
from typing import Any

from engine import migrate
from engine.calendar import versions
from engine.dossiers import services
from engine.people import agencies, demo, working_time
from engine.settings import Settings
from engine.transaction import transaction
from web import first_contents, opening


def add_to(commands: Any) -> None:
    """The words of these commands."""
    commands.add_parser("migrate", help="đưa cơ sở dữ liệu lên bảng mới nhất").set_defaults(act=bring_up)
    seeds = commands.add_parser("seed", help="nạp dữ liệu đầu tiên").add_subparsers(dest="what", required=True)
    seeds.add_parser("demo", help="tỉnh mẫu, người dùng mẫu, quy trình, thủ tục").set_defaults(act=seed_demo)
    agency = commands.add_parser("agencies", help="cơ quan").add_subparsers(dest="what", required=True)
    adding = agency.add_parser("add", help="thêm một cơ quan")
    adding.add_argument("code", help="mã định danh, ví dụ H31.12.8")
    adding.add_argument("name")
    adding.add_argument("--kind", choices=agencies.KINDS, default="commune")
    adding.add_argument("--parent", metavar="MÃ", help="cơ quan cấp trên")
    adding.set_defaults(act=add_agency)
    _add_import(commands, "services", "thủ tục hành chính", "tệp JSON", import_services)
    _add_import(commands, "calendar", "lịch làm việc", "tệp YAML hoặc CSV", import_calendar)


def bring_up(arguments: argparse.Namespace, settings: Settings) -> int:
    """``migrate``: all of it happens or nothing does; several at once are safe."""
    migrate.upgrade(opening.raw_engine(settings))
    print(f"Cơ sở dữ liệu đã ở bảng mới nhất ({migrate.head()}).")
    return 0


def seed_demo(arguments: argparse.Namespace, settings: Settings) -> int:
    """``seed demo``: the demo province into an empty database; again is no fault."""
    opening.services(settings)
    with transaction():
        is_new = demo.seed()
    first_contents.enter()
    print("Đã nạp tỉnh mẫu." if is_new else "Đã có dữ liệu cơ quan, không nạp thêm người mẫu.")
    return 0


def add_agency(arguments: argparse.Namespace, settings: Settings) -> int:
    """``agencies add``: the first one is the top of the tree and gets the national calendar."""
    opening.services(settings)
    with transaction():
        parent = agencies.by_code(arguments.parent) if arguments.parent else None
        agency = agencies.create(arguments.code, arguments.name, arguments.kind, parent=parent)
        if parent is None:
            versions.seed(agency.id)
    print(f"Đã thêm cơ quan {agency.code} {agency.name}.")
    return 0


def import_services(arguments: argparse.Namespace, settings: Settings) -> int:
    """``services import``: for an agency and those below it."""
    opening.services(settings)
    with transaction():
        changed, same = services.import_file(arguments.file, agency_id=opening.agency(arguments.agency).id, by=None)
    print(f"Thủ tục hành chính: {changed} mục mới hoặc thay đổi, {same} mục giữ nguyên.")
    return 0


def import_calendar(arguments: argparse.Namespace, settings: Settings) -> int:
    """``calendar import``: a new version of the working calendar; no promised date changes by itself."""
    opening.services(settings)
    with transaction():
        version = working_time.import_file(opening.agency(arguments.agency).id, arguments.file, by=None)
    print(f"Lịch làm việc: đã ban hành phiên bản {version.number}. Hạn trả đã hẹn không tự đổi.")
    return 0


def _add_import(commands: Any, name: str, title: str, kind: str, act: Any) -> None:
    importing = commands.add_parser(name, help=title).add_subparsers(dest="what", required=True).add_parser("import")
    importing.add_argument("file", type=Path, help=kind)
    importing.add_argument("--agency", metavar="MÃ", help="mã cơ quan; không ghi: cơ quan cao nhất")
    importing.set_defaults(act=act)
