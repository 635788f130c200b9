"""What proves that all is well: the journal's chains, the effective settings, the API's description."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.journal import anchor, comparison, evidence, verify
from engine.people import agencies
from engine.settings import Settings
from engine.transaction import transaction
from web import inspection, opening
from web.app import create_app


def add_to(commands: Any) -> None:
    """The words of these commands."""
    journal = commands.add_parser("journal", help="nhật ký").add_subparsers(dest="what", required=True)
    checking = journal.add_parser("verify", help="kiểm tra chuỗi nhật ký")
    against = "đối chiếu thêm với tệp neo đã xuất: nêu chỗ khác đầu tiên của mỗi cơ quan"
    checking.add_argument("--against", "--anchor", type=Path, metavar="TỆP", help=against)
    checking.set_defaults(act=verify_journal)
    anchoring = journal.add_parser("anchor", help="ghi đầu các chuỗi ra tệp neo")
    usual = "tệp ở nơi quản trị cơ sở dữ liệu không ghi được; không ghi: anchors/ trong thư mục dữ liệu"
    anchoring.add_argument("file", type=Path, nargs="?", help=usual)
    anchoring.set_defaults(act=anchor_journal)
    commands.add_parser("doctor", help="thiết lập đang dùng; mã 1 khi không an toàn").set_defaults(act=doctor)
    commands.add_parser("openapi", help="in mô tả OpenAPI").set_defaults(act=openapi)


def verify_journal(arguments: argparse.Namespace, settings: Settings) -> int:
    """``journal verify [--against FILE]``: names the first bad entry of each agency; the usual anchors are always compared."""
    opening.services(settings)
    faults = evidence.examine() + (comparison.check(arguments.against) if arguments.against else [])
    for fault in faults:
        entry = f", bút toán số {fault.number}" if fault.number else ""
        print(f"Cơ quan {agencies.get(fault.agency_id).name}{entry}: {fault.reason}", file=sys.stderr)
    if not faults:
        print(f"Nhật ký nguyên vẹn: {verify.count()} bút toán.")
    return 1 if faults else 0


def anchor_journal(arguments: argparse.Namespace, settings: Settings) -> int:
    """``journal anchor [FILE]``: appends the present heads, signed."""
    opening.services(settings)
    path = arguments.file or anchor.usual_path()
    with transaction():
        count = anchor.write(path)
    print(f"Đã neo {count} chuỗi vào {path}.")
    return 0


def doctor(arguments: argparse.Namespace, settings: Settings) -> int:
    """``doctor``: every setting as it takes effect, every check with its answer."""
    for name, value in inspection.effective(settings):
        print(f"{name:24} {value}")
    checks = inspection.checks(settings)
    for check in checks:
        print(f"{'đạt' if check.is_good else 'CHƯA ĐẠT':10} {check.name}: {check.answer}")
    return 0 if all(check.is_good for check in checks) else 1


def openapi(arguments: argparse.Namespace, settings: Settings) -> int:
    """``openapi``: the document ``/api/v1/openapi.json`` serves."""
    answer = create_app(settings).test_client().get("/api/v1/openapi.json", base_url=settings.base_url)
    if answer.status_code != 200 or not isinstance(answer.json, dict):
        raise EngineError("Bản cài này không có mô tả OpenAPI.")
    print(json.dumps(answer.json, ensure_ascii=False, indent=2, sort_keys=True))
    return 0
