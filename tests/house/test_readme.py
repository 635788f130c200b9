"""Every command the README and the guides show exists."""

import re
import subprocess
import sys

import pytest

from web.refusing import ROOT

_COMMAND = re.compile(r"(?:python3 -m web|quytrinh) ([a-z][a-z-]*(?: [a-z][a-z-]*)?)")
_PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands() -> list[str]:
    """The commands shown, each once: first word, and the second where the first is a group of commands."""
    code = [line for page in _PAGES for line in _code_lines(page.read_text(encoding="utf-8"))]
    return sorted({found.group(1) for line in code for found in _COMMAND.finditer(line)})


def _code_lines(markdown: str) -> list[str]:
    blocks = re.findall(r"^```\w*\n(.*?)^```", markdown, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


def test_readme_opens_with_the_two_commands() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")

    assert re.findall(r"python3 -m web \w+", readme)[:2] == ["python3 -m web run", "python3 -m web test"]


@pytest.mark.parametrize("command", commands())
def test_shown_command_exists(command: str) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "web", *command.split(), "--help"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert (run.returncode, run.stderr) == (0, "")
