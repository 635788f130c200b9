"""The command ``quytrinh``: 0 done, 1 refused or failed with one clear line, 2 wrong usage."""

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

from sqlalchemy.exc import OperationalError

from engine import clock, settings
from engine.errors import AnswersRejected, EngineError, ProcedureRejected
from engine.settings import UnsafeSettings
from web import logs, opening, refusing
from web.commands import data, evidence, outbox, people, procedures, serving
from web.refusing import CannotStart

_log = logging.getLogger("web.cli")


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
        _log.debug("database refused", exc_info=error)
        print("Cơ sở dữ liệu đang bận hoặc không kết nối được. Kiểm tra QUYTRINH_DATABASE_URL rồi gọi lại.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 1
    except Exception as error:  # the last door: a mistake of ours is one line here, its place stands in the log
        print(f"Có lỗi ngoài dự kiến ({type(error).__name__}), xem nhật ký: {_keep(error)}", file=sys.stderr)
        return 1
    finally:
        opening.close()
    return done


def parser() -> argparse.ArgumentParser:
    """Every command with its arguments."""
    whole = argparse.ArgumentParser(prog="quytrinh", description="Quy trình ISO 9001 của cơ quan, chạy được.")
    commands = whole.add_subparsers(dest="command", required=True, metavar="LỆNH")
    for module in (serving, data, people, procedures, evidence, outbox):
        module.add_to(commands)
    commands.add_parser("test", help="chạy mọi kiểm thử")
    commands.add_parser("bench", help="đo tốc độ")
    return whole


def _explain(refusal: Exception) -> None:
    """One line where there is one reason; else a heading and a line for each."""
    reasons = _reasons(refusal)
    lines = [refusing.first_line(refusal), *(f"  {reason}" for reason in reasons)] if len(reasons) != 1 else reasons
    print("\n".join(lines), file=sys.stderr)


def _reasons(refusal: Exception) -> list[str]:
    if isinstance(refusal, AnswersRejected):
        return [f"{name}: {' '.join(sentences)}" for name, sentences in refusal.fields.items()]
    if isinstance(refusal, ProcedureRejected):
        return [f"{finding.place}: {finding.message} [{finding.code}]" for finding in refusal.findings]
    return []


def _keep(error: Exception) -> Path:
    """Write the places of an unforeseen error, never its words (R55), below the data folder; answers where."""
    path = Path(os.environ.get("QUYTRINH_DATA_DIR") or settings.ROOT / "var") / "command-errors.log"
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{clock.now().isoformat()} {logs.story(error)}\n")
    return path
