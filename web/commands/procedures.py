"""Procedures from the command line: check a folder, play its scenarios, publish it, compare two."""

import argparse
import sys
from pathlib import Path
from typing import Any

from engine import assembly, clock
from engine.cases import capabilities
from engine.errors import Finding, ProcedureRejected
from engine.people import agencies
from engine.procedures import (
    catalogue,
    definition,
    difference_words,
    differences,
    external_decisions,
    folder,
    gates,
    playing,
    publishing,
    scenarios,
)
from engine.procedures.definition import Definition
from engine.settings import Settings
from engine.transaction import transaction
from web import opening


def add_to(commands: Any) -> None:
    """The words of these commands."""
    words = commands.add_parser("procedures", help="quy trình").add_subparsers(dest="what", required=True)
    for name, act, title in (
        ("check", check, "kiểm tra một thư mục quy trình"),
        ("test", play, "chạy các kịch bản của một thư mục quy trình"),
        ("publish", publish, "ban hành một thư mục quy trình"),
    ):
        word = words.add_parser(name, help=title)
        word.add_argument("folder", type=Path, help="thư mục hoặc tệp .zip")
        word.set_defaults(act=act)
        if name == "publish":
            word.add_argument("--basis", help="căn cứ của lần ban hành đầu, ví dụ 'Quyết định số 12/QĐ-UBND'; có thể bỏ")
            word.add_argument("--decision-number", default="", help="số quyết định bên ngoài đã phê duyệt, ví dụ 15/QĐ-UBND")
            word.add_argument("--decision-date", default="", metavar="NGÀY", help="ngày ký quyết định ấy, ví dụ 25/11/2026")
            word.add_argument("--decision-signer", default="", help="người ký quyết định ấy")
            word.add_argument("--agency", metavar="MÃ", help="mã cơ quan; không ghi: cơ quan cao nhất")
    word = words.add_parser("diff", help="so sánh hai thư mục hoặc lần ban hành")
    for name, title in (("former", "thư mục, tệp .zip, hoặc MÃ@SỐ của lần ban hành"), ("later", "bản để so sánh với nó")):
        word.add_argument(name, help=title)
    word.add_argument("--agency", metavar="MÃ", help="mã cơ quan của lần ban hành; không ghi: cơ quan cao nhất")
    word.set_defaults(act=diff)


def check(arguments: argparse.Namespace, settings: Settings) -> int:
    """``procedures check``: every finding on its line; no database is needed."""
    assembly.assemble()
    content = folder.read(arguments.folder)
    found = gates.structure(content, capabilities=capabilities.facts())
    findings = list(found.errors)
    _show(findings)
    for remark in found.warnings:
        print(f"  Lưu ý, {remark.place}: {remark.message} [{remark.code}]")
    print("Quy trình đạt." if not findings else f"Quy trình chưa đạt, có {len(findings)} điểm phải sửa.")
    return 1 if findings else 0


def play(arguments: argparse.Namespace, settings: Settings) -> int:
    """``procedures test``: one line for each scenario."""
    content = folder.read(arguments.folder)
    described, findings = definition.examine(content)
    if described is None or findings:
        raise ProcedureRejected(findings)
    failed = 0
    for story in scenarios.read_all(content, findings):
        found = playing.play(described, story).findings
        failed += bool(found)
        print(f"{'CHƯA ĐẠT' if found else 'đạt':8}  {story.name}  {story.title}")
        _show(found)
    _show(findings)
    return 1 if failed or findings else 0


def publish(arguments: argparse.Namespace, settings: Settings) -> int:
    """``procedures publish``: the operator's way; where a revision runs already, the decision that approved it is named."""
    opening.services(settings)
    typed = (arguments.decision_number, arguments.decision_date, arguments.decision_signer)
    basis = external_decisions.read(*typed) or arguments.basis or f"Ban hành từ dòng lệnh ngày {clock.today():%d/%m/%Y}"
    with transaction():
        agency = opening.agency(arguments.agency)
        content = folder.read(arguments.folder)
        gates.require(content, capabilities=capabilities.facts())
        revision = publishing.publish(agency.id, content, capabilities=capabilities.facts(), basis=basis, by=None)
        home = agencies.get(agency.id)
    print(f"{revision.procedure.code}: lần ban hành {revision.number} có hiệu lực tại {home.name}. SHA-256 {revision.sha256}")
    return 0


def diff(arguments: argparse.Namespace, settings: Settings) -> int:
    """``procedures diff``: one sentence for each difference; 0 where there is none, 1 where there is."""
    assembly.assemble()
    former, later = (_described(name, arguments.agency, settings) for name in (arguments.former, arguments.later))
    changes = differences.between(former, later).changes
    for change in changes:
        print(f"  {change.place}: {difference_words.sentence(change)}")
    print(f"Có {len(changes)} điểm khác nhau." if changes else "Hai bản như nhau.")
    return 1 if changes else 0


def _described(name: str, agency: str | None, settings: Settings) -> Definition:
    """The definition in a folder or zip file, or of a revision written ``dossier@3``."""
    code, at, number = name.rpartition("@")
    if not at or not number.isdecimal() or Path(name).exists():
        return definition.read(folder.read(Path(name)))
    opening.services(settings)
    home = opening.agency(agency)
    return definition.of(catalogue.get_number(code, int(number), agencies.chain(home.id)))


def _show(findings: Any) -> None:
    for finding in findings:
        assert isinstance(finding, Finding)  # noqa: S101 - what every check answers with
        print(f"  {finding.place}: {finding.message} [{finding.code}]", file=sys.stderr)
