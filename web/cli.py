"""The command ``quytrinh``: 0 done, 1 refused or failed with one clear line, 2 wrong usage."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module

from sqlalchemy.exc import OperationalError

from engine import settings
from engine.errors import AnswersRejected, EngineError, ProcedureRejected
from engine.settings import UnsafeSettings
from web.commands import data, evidence, people, procedures, serving
from web.refusing import CannotStart


def main(argv: Sequence[str]) -> int:
    """Do what ``argv`` says."""
    if list(argv[:1]) == ["bench"]:
        return int(import_module("tests.bench.__main__").main(list(argv[1:])))
    try:
        arguments = parser().parse_args(argv)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 2
    try:
        done: int = arguments.act(arguments, settings.load())
    except (EngineError, UnsafeSettings, CannotStart, OSError) as refusal:
        _explain(refusal)
        return 1
    except OperationalError as error:
        print(f"Không dùng được cơ sở dữ liệu: {error.orig}. Kiểm tra QUYTRINH_DATABASE_URL rồi gọi lại.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    return done


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    whole = argparse.ArgumentParser(prog="quytrinh", description="Quy trình ISO 9001 của cơ quan, chạy được.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="LỆNH")
    for module in (serving, data, people, procedures, evidence):
        module.add_to(commands)
    commands.add_parser("test", help="chạy mọi kiểm thử")
    commands.add_parser("bench", help="đo tốc độ")
    return whole


def _explain(refusal: Exception) -> None:
    print(refusal, file=sys.stderr)
    if isinstance(refusal, AnswersRejected):
        for name, sentences in refusal.fields.items():
            print(f"  {name}: {' '.join(sentences)}", file=sys.stderr)
    if isinstance(refusal, ProcedureRejected):
        for finding in refusal.findings:
            print(f"  {finding.place}: {finding.message} [{finding.code}]", file=sys.stderr)
