"""Size and form: modules stay small, have names that say something, and do nothing on import of a package."""

import ast

import pytest

from tests.house import source

LONGEST_MODULE = 300
LONGEST_FUNCTION = 60
NAMELESS = {"utils", "util", "helpers", "helper", "common", "base", "manager", "handler", "misc", "tools"}


def test_modules_stay_readable() -> None:
    lengths = {source.name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in source.modules("engine", "web")}

    assert {name: length for name, length in lengths.items() if length > LONGEST_MODULE} == {}


def test_functions_stay_readable() -> None:
    too_long = [
        f"{source.name(path)}:{node.lineno} {node.name}"
        for path in source.modules("engine", "web")
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert too_long == []


def test_modules_have_names_that_say_something() -> None:
    words = {
        source.name(path): set(path.stem.split("_")) | set(path.parent.name.split("_"))
        for path in source.modules("engine", "web")
    }

    assert [name for name, parts in words.items() if parts & NAMELESS] == []


def test_packages_hold_a_docstring_and_nothing_else() -> None:
    with_more = [
        source.name(path)
        for path in source.modules("engine", "web", "tests")
        if path.name == "__init__.py" and not _is_docstring_only(source.tree(path))
    ]

    assert with_more == []


@pytest.mark.parametrize(("text", "expected"), [('"""Words."""', True), ("", False), ('"""Words."""\nimport os', False)])
def test_a_docstring_only_module_is_told_from_others(text: str, expected: bool) -> None:
    assert _is_docstring_only(ast.parse(text)) is expected


def _is_docstring_only(module: ast.Module) -> bool:
    return len(module.body) == 1 and ast.get_docstring(module) is not None
