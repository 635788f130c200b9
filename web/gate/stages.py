"""The stages of ``python3 -m web test``: each prints one progress line, all run, every failure is named at the end."""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from web.gate import browser, locks, postgresql
from web.refusing import ROOT


@dataclass(frozen=True)
class Stage:
    """One check: its name, and a function that returns what is wrong (nothing when all is well)."""

    name: str
    check: Callable[[], str]


def main(arguments: Sequence[str]) -> int:
    """Run every stage. Exit code 0 when all pass, 1 otherwise."""
    options, pytest_arguments = parse(arguments)
    failed = [stage.name for stage in _stages(is_fast=options.fast) if not passes(stage)]
    print("pytest …", flush=True)
    if _run_pytest(options, pytest_arguments) != 0:
        failed.append("pytest")
    if failed:
        print(f"Chưa đạt / failed: {', '.join(failed)}", flush=True)
    return 1 if failed else 0


def parse(arguments: Sequence[str]) -> tuple[argparse.Namespace, list[str]]:
    """Our own options, and what goes to pytest."""
    parser = argparse.ArgumentParser(
        prog="quytrinh test", description="Run every check and test. Other arguments go to pytest.", allow_abbrev=False
    )
    parser.add_argument(
        "--fast", action="store_true", help="leave out browser, slow and fault tests; PostgreSQL only where it is present"
    )
    parser.add_argument("--soak", action="store_true", help="add the tests that take minutes")
    return parser.parse_known_args(arguments)


def _stages(*, is_fast: bool) -> list[Stage]:
    python = sys.executable
    stages = [
        Stage("ruff check", lambda: _output_if_failed([python, "-m", "ruff", "check", "--output-format", "concise", "."])),
        Stage(
            "ruff format",
            lambda: _output_if_failed([python, "-m", "ruff", "format", "--check", "--output-format", "concise", "."]),
        ),
        Stage("mypy --strict", lambda: _output_if_failed([python, "-m", "mypy"])),
        Stage("import-linter", lambda: _output_if_failed([str(Path(python).with_name("lint-imports")), "--no-cache"])),
        Stage("locks", locks.problems),
    ]
    if not is_fast:
        stages += [Stage("Chromium", browser.ensure), Stage("PostgreSQL", postgresql.ensure)]
    return stages


def _output_if_failed(command: Sequence[str]) -> str:
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return "" if run.returncode == 0 else run.stdout + run.stderr or f"exit {run.returncode}"


def passes(stage: Stage) -> bool:
    """Run one stage: prints its line and, below it, what is wrong."""
    print(f"{stage.name} … ", end="", flush=True)
    begin = time.monotonic()
    problem = stage.check()
    print(f"{'CHƯA ĐẠT / FAILED' if problem else 'đạt / ok'} ({time.monotonic() - begin:.1f} s)", flush=True)
    if problem:
        print(problem.rstrip(), flush=True)
    return not problem


def pytest_command(options: argparse.Namespace, arguments: Sequence[str]) -> list[str]:
    """The call of pytest: what to leave out, and one worker for each core unless the caller says otherwise."""
    left_out = [] if options.soak else ["soak"]
    if options.fast:
        left_out += ["slow", "browser", "faults"]
    command = [sys.executable, "-m", "pytest"]
    if left_out:
        command += ["-m", " and ".join(f"not {marker}" for marker in left_out)]
    if not any(argument.startswith(("-n", "--pdb")) for argument in arguments):
        command += ["-n", str(min(os.cpu_count() or 1, 8)), "--dist", "worksteal"]
    return [*command, *arguments]


def _run_pytest(options: argparse.Namespace, arguments: Sequence[str]) -> int:
    environment = {**os.environ, "REQUIRE_PG": "" if options.fast else "1", "TEST_SOAK": "1" if options.soak else ""}
    return subprocess.run(pytest_command(options, arguments), cwd=ROOT, env=environment, check=False).returncode
