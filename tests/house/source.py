"""What the house tests look at: the project's own files, and Python modules as syntax trees."""

import ast
from collections.abc import Iterator
from pathlib import Path

from web.refusing import ROOT

_NOT_OURS = {
    ".git", ".venv", "var", "node_modules", "__pycache__", ".hypothesis", ".pytest_cache", ".mypy_cache", ".ruff_cache",
    ".import_linter_cache", "vendor",
}  # fmt: skip
_TEXT = {
    ".py",
    ".toml",
    ".txt",
    ".md",
    ".yaml",
    ".yml",
    ".json",
    ".html",
    ".css",
    ".js",
    ".mjs",
    ".mako",
    ".typ",
    ".bpmn",
    ".csv",
    "",
}


def files(*folders: str) -> Iterator[Path]:
    """Every file of the project below ``folders`` (all of it when none is named), without what tools made."""
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        for path in sorted(start.rglob("*")):
            inside = path.relative_to(ROOT)
            if path.is_file() and not _NOT_OURS & set(inside.parts):
                yield path


def modules(*folders: str) -> list[Path]:
    """Every Python module we write by hand below ``folders``."""
    return [path for path in files(*folders) if path.suffix == ".py" and "versions" not in path.parts]


def texts() -> Iterator[tuple[str, str]]:
    """Name and content of every text file of the project."""
    for path in files():
        if path.suffix in _TEXT and path.stat().st_size < 2_000_000:
            yield name(path), path.read_text(encoding="utf-8", errors="replace")


def name(path: Path) -> str:
    """The path as people write it: from the root, with slashes."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """The module's syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def dotted(node: ast.expr) -> str:
    """``a.b.c`` of an attribute chain; empty when it starts with anything but a name."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else ""
    return ""


def calls(path: Path) -> Iterator[tuple[int, str, ast.Call]]:
    """Every call in the module: line, dotted name of what is called, node."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = dotted(node.func) or (f"….{node.func.attr}" if isinstance(node.func, ast.Attribute) else "")
            yield node.lineno, called, node
