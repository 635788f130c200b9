"""The gate itself: broken locks are named, every stage runs, a failure anywhere fails the whole."""

from pathlib import Path

import pytest

from web.gate import locks, stages


def test_committed_locks_fit_the_project_and_the_environment() -> None:
    assert locks.problems() == ""


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("segno==1.6.6 \\\n    --hash=sha256:aa\n", None),
        ("segno==1.6.5 \\\n    --hash=sha256:aa\n", "x.txt: segno==1.6.6 is not locked: run `python -m web.gate.locks`"),
        ("lxml==6.1.3 \\\n    --hash=sha256:aa\n", "x.txt: segno==1.6.6 is not locked: run `python -m web.gate.locks`"),
        ("segno==1.6.6\n", "x.txt: segno==1.6.6 has no hash"),
        (
            "# from https://mirror.example/simple\nsegno==1.6.6 \\\n    --hash=sha256:aa\n",
            "x.txt: # from https://mirror.example/simple names an index",
        ),
    ],
    ids=["sound", "other version", "absent", "no hash", "names an index"],
)
def test_lock_is_held_against_the_project(text: str, problem: str | None, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text(text, encoding="utf-8")

    assert locks.check(tmp_path / "x.txt", ["segno==1.6.6"]) == ([problem] if problem else [])


@pytest.mark.parametrize(
    ("problem", "shown"), [("", ["đạt / ok"]), ("line 3 is wrong\n", ["CHƯA ĐẠT / FAILED", "line 3 is wrong"])]
)
def test_stage_prints_one_line_and_what_is_wrong(problem: str, shown: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert stages.passes(stages.Stage("probe", lambda: problem)) is (problem == "")

    lines = capsys.readouterr().out.splitlines()
    assert [lines[0].split(" (")[0], *lines[1:]] == [f"probe … {shown[0]}", *shown[1:]]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], ["-m", "not soak"]),
        (["--fast"], ["-m", "not soak and not slow and not browser and not faults"]),
        (["--soak"], []),
        (["-k", "deadline", "-n0"], ["-m", "not soak", "-k", "deadline", "-n0"]),
    ],
    ids=["all", "fast", "soak", "own arguments"],
)
def test_pytest_gets_the_wanted_tests(arguments: list[str], expected: list[str]) -> None:
    options, own = stages.parse(arguments)
    command = stages.pytest_command(options, own)

    spread = command[command.index("-n") : command.index("-n") + 4] if "-n" in command else []
    assert [word for word in command[3:] if word not in spread] == expected
    assert bool(spread) is ("-n0" not in arguments)
