"""Fail points: met at the passage they name, only while testing, and never misread."""

import signal
import subprocess
import sys

import pytest

from engine import failpoints, settings
from engine.failpoints import Aim, Failed
from engine.settings import UnsafeSettings
from web.refusing import ROOT


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("before_commit:crash:3", (Aim("before_commit", "crash", 3),)),
        ("after_effect:sleep:1:2.5", (Aim("after_effect", "sleep", 1, 2.5),)),
        (
            "migration_step:error:1, after_commit:crash:12",
            (Aim("migration_step", "error", 1), Aim("after_commit", "crash", 12)),
        ),
    ],
    ids=["crash", "sleep", "two"],
)
def test_setting_is_read(text: str, expected: tuple[Aim, ...]) -> None:
    assert failpoints.read(text) == expected


@pytest.mark.parametrize(
    "text", ["commit:crash:1", "before_commit:melt:1", "before_commit:crash", "before_commit:crash:0", "after_commit:error:1:2"]
)
def test_unknown_setting_is_refused_at_the_start(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_FAIL", text)

    with pytest.raises(UnsafeSettings, match="QUYTRINH_FAIL"):
        settings.load()


def test_production_refuses_fail_points(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ENV": "production", "SECRET_KEY": "x" * 32, "FAIL": "before_commit:crash:1"}.items():
        monkeypatch.setenv(f"QUYTRINH_{name}", value)

    with pytest.raises(UnsafeSettings, match="QUYTRINH_FAIL"):
        settings.load()


def test_error_comes_at_its_passage_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_FAIL", "before_effect:error:2")
    monkeypatch.setattr(failpoints, "_passages", failpoints._Passages())

    failpoints.at("before_effect")
    failpoints.at("after_effect")
    with pytest.raises(Failed, match="before_effect 2"):
        failpoints.at("before_effect")
    failpoints.at("before_effect")


@pytest.mark.parametrize(("testing", "expected"), [("1", -signal.SIGKILL), ("", 0)], ids=["testing", "not testing"])
def test_crash_is_a_kill_and_only_while_testing(testing: str, expected: int) -> None:
    code = "from engine import failpoints; failpoints.at('before_commit'); failpoints.at('before_commit')"
    environment = {"QUYTRINH_FAIL": "before_commit:crash:2", "QUYTRINH_TESTING": testing}

    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=False).returncode == expected
