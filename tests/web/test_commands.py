"""The command ``quytrinh``: what it prints, and 0 done, 1 refused in one line, 2 wrong usage."""

import json
import logging
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.settings import ROOT
from tests.web.conftest import ON_BOTH
from web import cli

Answer = tuple[int, str, str]


@pytest.fixture
def database_content() -> str:
    """Tables only: these commands set an office up themselves."""
    return "tables"


@pytest.fixture
def command(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Answer]:
    """Call it with a command's words for (exit code, output, errors); the database is migrated and empty.

    A command is a process of its own: what other tests' pages log here is none of its output.
    """
    monkeypatch.setattr(logging.getLogger(), "handlers", [])
    monkeypatch.setenv("QUYTRINH_DATABASE_URL", database_url)
    monkeypatch.setenv("QUYTRINH_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("QUYTRINH_TESTING", "1")
    monkeypatch.setenv("QUYTRINH_TEST_CHEAP_PASSWORDS", "1")

    def call(*words: str) -> Answer:
        code = cli.main(words)
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return call


@ON_BOTH
def test_an_office_is_set_up_from_the_command_line(command: Callable[..., Answer], tmp_path: Path) -> None:
    assert command("agencies", "add", "H31", "UBND thành phố Hải Phòng", "--kind", "province")[:2] == (
        0,
        "Đã thêm cơ quan H31 UBND thành phố Hải Phòng.\n",
    )
    assert command("agencies", "add", "H31.12.8", "UBND phường Đằng Lâm", "--parent", "H31")[0] == 0
    words = ("users", "add", "quan.tri", "--name", "Trần Thị Hoa", "--title", "Quản trị viên", "--role", "admin")
    code, out, _err = command(*words)
    assert code == 0
    assert re.fullmatch(r"Đã thêm quan\.tri \(UBND thành phố Hải Phòng\)\. Mật khẩu dùng một lần: [a-z2-7-]{19}\n", out)
    code, token, _err = command("tokens", "create", "quan.tri", "--label", "thử", "--days", "30")
    assert (code, re.fullmatch(r"qt_[\w-]{43}\n", token) is not None) == (0, True)
    code, out, _err = command("services", "import", str(ROOT / "engine/dossiers/data/public_services.json"))
    assert (code, out) == (0, "Thủ tục hành chính: 15 mục mới hoặc thay đổi, 0 mục giữ nguyên.\n")
    code, out, _err = command("journal", "verify")
    assert (code, out.startswith("Nhật ký nguyên vẹn: ")) == (0, True)
    assert command("journal", "anchor", str(tmp_path / "anchor.jsonl"))[:2] == (
        0,
        f"Đã neo 2 chuỗi vào {tmp_path / 'anchor.jsonl'}.\n",
    )
    assert command("journal", "verify", "--anchor", str(tmp_path / "anchor.jsonl"))[0] == 0


def test_a_procedure_is_checked_tested_and_published(command: Callable[..., Answer]) -> None:
    folder = str(ROOT / "processes" / "dossier")
    assert command("agencies", "add", "H31", "UBND thành phố Hải Phòng", "--kind", "province")[0] == 0
    assert command("procedures", "check", folder)[:2] == (0, "Quy trình đạt.\n")
    code, out, _err = command("procedures", "test", folder)
    assert (code, [line for line in out.splitlines() if not line.startswith("đạt ")]) == (0, [])
    first = command("procedures", "publish", folder)
    assert (first[0], first[1].startswith("dossier: lần ban hành 1 có hiệu lực")) == (0, True)
    assert command("procedures", "publish", folder, "--basis", "Quyết định số 12/QĐ-UBND") == first


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (("tokens", "create", "nobody"), "Không có tài khoản nobody."),
        (("users", "add", "x", "--name", "An Bình", "--title", "T", "--role", "clerk"), "Chưa có cơ quan nào"),
        (("services", "import", "/nowhere.json"), "Chưa có cơ quan nào"),
        (("procedures", "check", "/nowhere"), "/nowhere"),
    ],
    ids=["login", "agency", "import", "folder"],
)
def test_a_refusal_is_one_clear_line(command: Callable[..., Answer], words: tuple[str, ...], line: str) -> None:
    code, out, err = command(*words)
    assert (code, out) == (1, "")
    assert line in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "words", [(), ("nonsense",), ("users",), ("users", "add"), ("run", "--port", "many"), ("run", "--port", "99999")]
)
def test_wrong_usage_ends_with_2(command: Callable[..., Answer], words: tuple[str, ...]) -> None:
    assert command(*words)[0] == 2


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("mysql://a:secret@b/c", "QUYTRINH_DATABASE_URL phải bắt đầu bằng sqlite:/// hoặc postgresql://: sửa rồi gọi lại."),
        ("postgresql://a:secret@b:port/c", "QUYTRINH_DATABASE_URL không đọc được: "),
    ],
    ids=["other kind", "unreadable"],
)
def test_a_database_address_that_cannot_be_used_is_one_line(
    command: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, url: str, line: str
) -> None:
    monkeypatch.setenv("QUYTRINH_DATABASE_URL", url)
    code, out, err = command("migrate")
    assert (code, out, err.startswith(line), err.count("\n"), "secret" in err) == (1, "", True, 1, False)


def test_an_unforeseen_error_is_one_line_and_its_place_is_kept(command: Callable[..., Answer], tmp_path: Path) -> None:
    assert command("agencies", "add", "H31", "UBND thành phố Hải Phòng", "--kind", "province")[0] == 0
    code, out, err = command("tokens", "create", "x" * 5, "--days", "9" * 30)
    assert (code, out, "Traceback" in err, err.count("\n")) == (1, "", False, 1)


def test_anchors_have_a_usual_place_and_are_always_compared(command: Callable[..., Answer], tmp_path: Path) -> None:
    assert command("agencies", "add", "H31", "UBND thành phố Hải Phòng", "--kind", "province")[0] == 0
    assert command("journal", "anchor")[0] == 0
    (file,) = (tmp_path / "data" / "anchors").iterdir()
    assert command("journal", "verify")[0] == 0
    file.write_text("{}\n", encoding="ascii")
    altered = f"Tệp neo {file.name} bị sửa ở dòng 1: chữ ký hoặc nối dòng không đúng.\n"
    assert command("journal", "verify") == (1, "", altered)


def test_a_database_without_tables_is_named(
    command: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("QUYTRINH_DATABASE_URL", f"sqlite:///{tmp_path / 'empty.db'}")
    code, _out, err = command("tokens", "create", "clerk")
    assert (code, err.splitlines()[0]) == (1, "Cơ sở dữ liệu chưa có bảng của bản này: chạy `quytrinh migrate` rồi gọi lại.")
    assert command("migrate")[0] == 0
    assert command("tokens", "create", "clerk")[2] == "Không có tài khoản clerk.\n"


def test_doctor_is_content_with_a_demo_on_this_machine(command: Callable[..., Answer]) -> None:
    assert command("seed", "demo")[0] == 0
    code, out, _err = command("doctor")
    assert code == 0
    assert "demo-only" not in out
    assert "CHƯA ĐẠT" not in out


def test_doctor_names_the_demo_password_on_a_public_address(
    command: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert command("seed", "demo")[0] == 0
    monkeypatch.setenv("QUYTRINH_BASE_URL", "https://quytrinh.example")
    code, out, _err = command("doctor")
    assert (code, "CHƯA ĐẠT   mật khẩu mẫu: " in out) == (1, True)


def test_a_production_start_refuses_the_demo_password(command: Callable[..., Answer], monkeypatch: pytest.MonkeyPatch) -> None:
    assert command("seed", "demo")[0] == 0
    for name in ("QUYTRINH_TESTING", "QUYTRINH_TEST_CHEAP_PASSWORDS"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("QUYTRINH_ENV", "production")
    assert command("serve")[2].startswith("QUYTRINH_SECRET_KEY")
    monkeypatch.setenv("QUYTRINH_SECRET_KEY", "k" * 40)
    assert [command(word)[2].startswith("Còn tài khoản mẫu") for word in ("serve", "work")] == [True, True]
    assert command("seed", "demo")[0] == 1


@pytest.fixture
def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def running(tmp_path: Path, free_port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """``quytrinh run`` in a process of its own, and its address."""
    environment = {
        **os.environ,
        "QUYTRINH_DATA_DIR": str(tmp_path / "var"),
        "QUYTRINH_TESTING": "1",
        "QUYTRINH_TEST_CHEAP_PASSWORDS": "1",
    }
    words = [sys.executable, "-c", "import sys; from web import cli; sys.exit(cli.main(sys.argv[1:]))", "run", "--port"]
    process = subprocess.Popen(
        [*words, str(free_port)], cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    yield process, f"http://127.0.0.1:{free_port}"
    process.kill()
    process.wait()


def test_run_brings_everything_up_and_stops_in_order(running: tuple[subprocess.Popen[str], str]) -> None:
    process, address = running
    lines = read_until(process, "admin ")
    assert f"Mở trình duyệt tại {address}  (dừng: Ctrl+C)" in lines
    assert "Đã ban hành quy trình: document_approval, dossier." in lines
    assert ready(address) == {"status": "ok", "checks": {"database": "ok", "migrations": "ok", "worker": "ok"}}
    process.send_signal(signal.SIGTERM)
    assert process.wait(40) == 0


def test_run_names_a_busy_port_in_one_sentence(command: Callable[..., Answer], free_port: int) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", free_port))
        holder.listen()
        code, _out, err = command("run", "--port", str(free_port))
    assert (code, err.startswith(f"Không mở được cổng {free_port} (đang bận hoặc bị cấm): chọn cổng khác")) == (1, True)


def read_until(process: subprocess.Popen[str], word: str) -> list[str]:
    assert process.stdout is not None
    lines: list[str] = []
    for line in process.stdout:
        lines.append(line.rstrip("\n"))
        if word in line:
            break
    return lines


def ready(address: str) -> dict[str, object]:
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/readyz", timeout=5) as answer:
                found: dict[str, object] = json.load(answer)
                return found
        except OSError:
            time.sleep(0.2)
    raise AssertionError("never ready")
