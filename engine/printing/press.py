"""The printing press: one child process per application process, started when first needed, ended when it misbehaves.

A healthy child prints a slip in some 20 ms; starting one takes longer than that, so it is kept. Threads take turns.
"""

import atexit
import contextlib
import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

from engine.errors import EngineError
from engine.printing.compositor import read_frame, write_frame

#: How long one paper may take, in seconds, before the child is ended (R51).
TIME_LIMIT = 30.0

#: After so many papers a fresh child is started, because Typst keeps what it has set in memory.
PAPERS_PER_CHILD = 500

_PROGRAM = Path(__file__).with_name("compositor.py")
_FONTS = Path(__file__).with_name("fonts")
#: Port 9 (discard) of this machine: a template that asks for a Typst package gets a refused connection.
_NOWHERE = "http://127.0.0.1:9"

#: What ``need`` in ``house.typ`` says before the name of an absent value.
_MISSING_DATA = "thiếu dữ liệu in phiếu: "

#: How the PDF/A export names a character the font lacks, or one no text may hold.
_UNPRINTABLE = re.compile(r'the text (?:contains the disallowed codepoint )?`"(.+?)"`')


class PrintingFailed(EngineError):
    """A paper could not be made. ``detail`` is for the author of the template: what Typst said and in which file."""

    code = "printing_failed"

    def __init__(self, message: str, *, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


class Press:
    """The child process and the lock that lets one thread at a time use it. Making a press starts nothing.

    ``program`` is what the child runs: it speaks the frames of ``compositor``.
    """

    def __init__(self, program: Path = _PROGRAM) -> None:
        self._program = program
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._printed = 0
        #: Children of the process we were forked from: not ours to use or to end, kept so that nothing flushes their pipes.
        self._inherited: list[subprocess.Popen[bytes]] = []
        atexit.register(self.close)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._forget_child)

    def print(self, request: Mapping[str, Any], *, time_limit: float = TIME_LIMIT) -> list[bytes]:
        """The pages for a request as ``compositor`` takes it; refuses with ``PrintingFailed`` and leaves a usable press."""
        with self._lock:
            answer = self._ask(json.dumps(request).encode(), time_limit)
        if answer is None:
            raise PrintingFailed(
                "Không in được phiếu: mẫu in chạy quá 30 giây hoặc quá bộ nhớ cho phép. Hãy báo người quản lý quy trình sửa mẫu.",
                detail="compositor ended",
            )
        head, pages = answer
        if "refused" in head:
            raise _refusal(head["refused"], head["detail"])
        return pages

    def close(self) -> None:
        """End the child; the next paper starts another."""
        child, self._child = self._child, None
        if child is None:
            return
        child.kill()
        child.wait()
        for pipe in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                _open(pipe).close()

    def _ask(self, request: bytes, time_limit: float) -> tuple[dict[str, Any], list[bytes]] | None:
        """Head and pages; ``None`` when the child ended on the way. A half-read child is never used again."""
        child = self._ready_child()
        alarm = threading.Timer(time_limit, child.kill)
        alarm.daemon = True
        alarm.start()
        answer = None
        try:
            answer = _exchange(child, request)
        finally:
            alarm.cancel()
            if answer is None:
                self.close()
        return answer

    def _ready_child(self) -> subprocess.Popen[bytes]:
        if self._child is None or self._child.poll() is not None or self._printed >= PAPERS_PER_CHILD:
            self.close()
            self._child, self._printed = _start_child(self._program), 0
        self._printed += 1
        return self._child

    def _forget_child(self) -> None:
        self._lock = threading.Lock()
        if self._child is not None:
            self._child.returncode = 0
            self._inherited.append(self._child)
            self._child = None


def _start_child(program: Path) -> subprocess.Popen[bytes]:
    environment = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"), _NOWHERE)
    environment |= {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    environment["RAYON_NUM_THREADS"] = "1"
    return subprocess.Popen(
        [sys.executable, "-I", str(program), str(_FONTS)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=_FONTS,
    )


def _exchange(child: subprocess.Popen[bytes], request: bytes) -> tuple[dict[str, Any], list[bytes]] | None:
    try:
        write_frame(_open(child.stdin), request)
        _open(child.stdin).flush()
    except OSError:
        return None
    head = read_frame(_open(child.stdout))
    if head is None:
        return None
    answer = json.loads(head)
    pages = [page for _ in range(answer.get("pages", 0)) if (page := read_frame(_open(child.stdout))) is not None]
    return (answer, pages) if len(pages) == answer.get("pages", 0) else None


def _open(pipe: IO[bytes] | None) -> BinaryIO:
    return cast(BinaryIO, pipe)  # never None: both were asked for with PIPE


def _refusal(kind: str, detail: str) -> PrintingFailed:
    if kind == "font":
        return PrintingFailed(
            f"Mẫu in dùng phông chữ “{detail}” không có trong hệ thống; hãy sửa mẫu, chỉ dùng phông Tinos.", detail=detail
        )
    if unprintable := _UNPRINTABLE.search(detail):
        return PrintingFailed(
            f"Ký tự “{unprintable[1]}” không in được trên giấy (phông chữ không có). Hãy sửa nội dung có ký tự này rồi in lại.",
            detail=detail,
        )
    if _MISSING_DATA in detail:
        name = detail.partition(_MISSING_DATA)[2].partition(";")[0]
        return PrintingFailed(f"Không in được phiếu: hồ sơ còn thiếu dữ liệu “{name}”. Hãy bổ sung rồi in lại.", detail=detail)
    return PrintingFailed("Không in được phiếu vì mẫu in có lỗi. Hãy báo người quản lý quy trình sửa mẫu.", detail=detail)


#: The press of this process.
PRESS = Press()
