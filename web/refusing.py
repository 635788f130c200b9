"""Reasons why this machine cannot start the product, each one clear sentence in Vietnamese and English. Standard library only."""

import contextlib
import os
import socket
import tempfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEFAULT_PORT = 8000

_SYSTEM: "dict[type[OSError], str]" = {
    FileNotFoundError: "không có tệp hoặc thư mục này",
    PermissionError: "không có quyền đọc hoặc ghi",
    IsADirectoryError: "đây là thư mục, cần một tệp",
    NotADirectoryError: "đường dẫn đi qua một tệp, không phải thư mục",
    FileExistsError: "đã có tệp mang tên này",
}


class CannotStart(Exception):
    """The machine lacks something; the message says what to do, in both languages."""

    def __init__(self, vietnamese: str, english: str) -> None:
        super().__init__(f"{vietnamese}\n{english}")


def first_line(refusal: Exception) -> str:
    """What a command says: the Vietnamese line alone, and the system's own refusals in words."""
    if not isinstance(refusal, OSError):
        return str(refusal).split("\n", 1)[0]
    reason = next((words for kind, words in _SYSTEM.items() if isinstance(refusal, kind)), "hệ thống từ chối")
    return f"Không dùng được {refusal.filename or 'tệp'}: {reason} (mã {refusal.errno}). Kiểm tra rồi gọi lại."


def check_machine(arguments: Sequence[str]) -> None:
    """Before ``run``: the port must be free and the data directory writable. Refuses with ``CannotStart``."""
    if arguments[:1] != ["run"] or {"-h", "--help"} & set(arguments):
        return
    check_port(wanted_port(arguments))
    check_writable(Path(os.environ.get("QUYTRINH_DATA_DIR") or ROOT / "var"))


def wanted_port(arguments: Sequence[str]) -> int | None:
    """The port of ``--port N`` or ``--port=N``, the usual one without; ``None`` when it is no number (the command says so)."""
    text = str(DEFAULT_PORT)
    for position, argument in enumerate(arguments):
        if argument == "--port":
            text = "".join(arguments[position + 1 : position + 2])
        elif argument.startswith("--port="):
            text = argument.removeprefix("--port=")
    return int(text) if text.isdecimal() and int(text) < 65536 else None


def check_port(port: int | None) -> None:
    """Refuse a port that another program holds on the loopback address."""
    if port is None:
        return
    with contextlib.closing(socket.socket()) as probe:
        if os.name == "posix":
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Không mở được cổng {port} (đang bận hoặc bị cấm): chọn cổng khác, ví dụ `python3 -m web run --port 8080`.",
                f"Port {port} is in use or not allowed: choose another, for example `python3 -m web run --port 8080`.",
            ) from error


def check_writable(folder: Path) -> None:
    """Refuse a folder where nothing can be written, or a full disk."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"\0" * 4096)
    except OSError as error:
        raise unwritable(folder, error) from error


def unwritable(folder: Path, error: OSError) -> CannotStart:
    """The sentence for a folder that cannot be written."""
    reason = error.strerror or str(error)
    return CannotStart(
        f"Không ghi được vào {folder} ({reason}): cấp quyền ghi hoặc giải phóng dung lượng đĩa rồi gọi lại.",
        f"Cannot write to {folder} ({reason}): grant access or free disk space, then call again.",
    )
