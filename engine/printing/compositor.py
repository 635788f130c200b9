"""The child process that sets type. Started by ``press``; it never runs inside the application.

It stands apart because a template is data somebody uploaded: here it can neither outlive its time (the parent ends the process)
nor fill the memory (``RLIMIT_AS``), it sees no secret (empty environment), reads no file but the fonts, and reaches no network
(the package registry of Typst is sent to a closed port). Standard library and typst only: the application is not imported.

Frames on standard input and output: four bytes length, big endian, then that many bytes. A request is one JSON frame
``{files, data, issued_at, format, ppi, most}``; the answer is one JSON frame, ``{pages}`` or ``{refused, detail}``, and pages.
"""

import json
import os
import re
import struct
import sys
from pathlib import Path
from typing import Any, BinaryIO

import typst

#: How much address space this process may take (R51).
MEMORY_BYTES = 512 * 1024 * 1024
#: Where a diagnostic of Typst says a mistake stands: file, line and column.
PLACE = re.compile(r"\u250c\u2500 (\S+:\d+:\d+)")


def main() -> None:
    """Answer requests until the parent closes the pipe."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    fonts_folder = Path(sys.argv[1])
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[fonts_folder])
    limit_memory()
    while (request := read_frame(sys.stdin.buffer)) is not None:
        try:
            pages = compose(json.loads(request), fonts, fonts_folder)
        except typst.TypstError as error:
            write_frame(answers, json.dumps({"refused": "template", "detail": describe(error, fonts_folder)}).encode())
        except UnknownFont as error:
            write_frame(answers, json.dumps({"refused": "font", "detail": str(error)}).encode())
        else:
            write_frame(answers, json.dumps({"pages": len(pages)}).encode())
            for page in pages:
                write_frame(answers, page)
        answers.flush()


class UnknownFont(Exception):
    """The template asked for a family that is not vendored; Typst itself would only warn."""


def compose(request: dict[str, Any], fonts: typst.Fonts, root: Path) -> list[bytes]:
    """One PDF/A-2a, or one PNG per page. The PDF is made in either case: only its export refuses a missing glyph."""
    paper, warnings = compiler(request, fonts, root).compile_with_warnings(
        format="pdf", pdf_standards="a-2a", timestamp=request["issued_at"]
    )
    for warning in warnings:
        if warning.message.startswith("unknown font family"):
            raise UnknownFont(warning.message.partition(": ")[2])
    if request["format"] == "pdf":
        return as_list(paper)
    pages = as_list(compiler(request, fonts, root).compile(format="png", ppi=request["ppi"], timestamp=request["issued_at"]))
    return pages[: request.get("most")]


def compiler(request: dict[str, Any], fonts: typst.Fonts, root: Path) -> typst.Compiler:
    """A compiler that sees the request's files, the folder of fonts and nothing else; good for one paper."""
    files: dict[str, bytes] = {name: text.encode() for name, text in request["files"].items()}
    return typst.Compiler(
        input=files,  # type: ignore[type-var]  # the stub forgets the documented mapping of file names to contents
        root=root,
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs={"data": request["data"]},
        package_path=root,
        package_cache_path=root,
    )


def as_list(made: bytes | list[bytes] | None) -> list[bytes]:
    """Typst gives one page as itself, several as a list."""
    return made if isinstance(made, list) else [made] if made is not None else []


def describe(error: typst.TypstError, root: Path) -> str:
    """What Typst says and where, without the paths of this machine."""
    trace = [str(line) for line in error.trace or []]
    place = PLACE.search(error.diagnostic or "")
    found = [f"at {place[1]}"] if place else []
    return "; ".join([error.message, *trace, *found]).replace(f"{root}{os.sep}", "/")


def limit_memory() -> None:
    """Bound the address space where the system can (POSIX)."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


def read_frame(pipe: BinaryIO) -> bytes | None:
    """The next frame, or nothing when the other side has gone."""
    head = pipe.read(4)
    if len(head) < 4:
        return None
    (size,) = struct.unpack(">I", head)
    body = pipe.read(size)
    return body if len(body) == size else None


def write_frame(pipe: BinaryIO, body: bytes) -> None:
    """Write one frame; the caller flushes."""
    pipe.write(struct.pack(">I", len(body)))
    pipe.write(body)


if __name__ == "__main__":
    main()
