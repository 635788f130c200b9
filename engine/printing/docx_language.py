"""The closed language of Word templates: name a field, repeat over a list, show something only where it is given. Nothing else.

Jinja by itself runs code; here every tag is read as a syntax tree first and refused unless it is one of a few kinds, over fields
that exist. So a template can neither call anything nor run longer than its lists are long. Standard library and jinja2 only: the
child that fills templates imports it without the application.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jinja2 import ChainableUndefined, nodes
from jinja2.exceptions import TemplateSyntaxError
from jinja2.sandbox import SandboxedEnvironment

#: Characters one part of a filled document may have, loops inside one another, loops in one part.
MOST_OUTPUT, DEEPEST, MOST_LOOPS = 8_000_000, 2, 60
#: Ways to change a text, and what a loop says of itself.
FILTERS, LOOP = ("upper", "lower"), {"index": 1, "first": True, "last": True}
_JOINED = (nodes.And, nodes.Or)


class Refused(Exception):
    """The template says something this language does not have: a Vietnamese sentence that says how to write it."""


def environment() -> SandboxedEnvironment:
    """Where checked templates are filled: sandboxed besides, texts escaped, absent values empty."""
    made = SandboxedEnvironment(autoescape=True, undefined=ChainableUndefined, finalize=printed)
    made.globals.clear()
    made.filters = {name: made.filters[name] for name in FILTERS} | {"escape": made.filters["escape"]}
    return made


def printed(value: Any) -> Any:
    """A value as it stands in a text: nothing for none, lists with commas, a record by its name."""
    if value is None or isinstance(value, ChainableUndefined):
        return ""
    if isinstance(value, bool):
        return "có" if value else ""
    if isinstance(value, list | tuple):
        return ", ".join(str(printed(part)) for part in value)
    return printed(value.get("name")) if isinstance(value, dict) else value


def check(source: str, shape: Mapping[str, Any]) -> None:
    """Refuse (``Refused``) whatever is not of this language. ``shape``: sample data with every field; lists hold one sample."""
    try:
        tree = environment().parse(source)
    except TemplateSyntaxError as error:
        raise Refused(f"Thẻ viết chưa đúng: {error.message}. Kiểm tra cặp {{{{ }}}} và {{% %}}.") from error
    except RecursionError as error:
        raise Refused("Thẻ lồng nhau quá sâu.") from error
    if sum(1 for _ in tree.find_all(nodes.For)) > MOST_LOOPS:
        raise Refused(f"Mẫu có quá {MOST_LOOPS} vòng lặp.")
    for node in tree.body:
        _statement(node, dict(shape), 0)


def _statement(node: nodes.Node, known: dict[str, Any], depth: int) -> None:
    if isinstance(node, nodes.Output):
        for written in node.nodes:
            if not isinstance(written, nodes.TemplateData):
                _leaf(written, known)
    elif isinstance(node, nodes.For):
        _loop(node, known, depth)
    elif isinstance(node, nodes.If):
        _condition(node.test, known)
        for part in (*node.body, *node.elif_, *node.else_):
            _statement(part, known, depth)
    else:
        raise Refused(f"Thẻ “{type(node).__name__}” không dùng được: chỉ có {{{{ trường }}}}, {{% for %}} và {{% if %}}.")


def _loop(node: nodes.For, known: dict[str, Any], depth: int) -> None:
    values = _value(node.iter, known)
    if not isinstance(values, list) or not isinstance(node.target, nodes.Name) or node.recursive or node.test is not None:
        raise Refused("Vòng lặp chỉ viết như {% for dòng in components %}, trên một trường là danh sách.")
    if depth >= DEEPEST:
        raise Refused(f"Vòng lặp lồng nhau quá {DEEPEST} lớp.")
    inside = known | {node.target.name: values[0] if values else "", "loop": LOOP}
    for part in node.body:
        _statement(part, inside, depth + 1)
    for part in node.else_:
        _statement(part, known, depth)


def _condition(node: nodes.Node, known: dict[str, Any]) -> None:
    if isinstance(node, nodes.Not):
        _condition(node.node, known)
    elif isinstance(node, _JOINED):
        _condition(node.left, known)
        _condition(node.right, known)
    elif isinstance(node, nodes.Compare):
        if [part.op for part in node.ops] not in (["eq"], ["ne"]):
            raise Refused("Điều kiện chỉ so sánh == hoặc !=.")
        _operand(node.expr, known)
        _operand(node.ops[0].expr, known)
    else:
        _value(node, known)


def _operand(node: nodes.Node, known: dict[str, Any]) -> None:
    if not isinstance(node, nodes.Const):
        _value(node, known)


def _leaf(node: nodes.Node, known: dict[str, Any]) -> None:
    if isinstance(node, nodes.Filter):
        if node.name not in FILTERS or node.args or node.kwargs or node.node is None:
            raise Refused(f"Sau dấu | chỉ dùng {' hoặc '.join(FILTERS)}.")
        _leaf(node.node, known)
        return
    if isinstance(_value(node, known), Mapping):
        raise Refused(f"“{'.'.join(_path(node))}” là một nhóm: ghi rõ trường bên trong, ví dụ agency.name.")


def _value(node: nodes.Node, known: Mapping[str, Any]) -> Any:
    """What a dotted name stands for in the sample; refused where it is no dotted name of a field."""
    path = list(_path(node))
    found: Any = known
    for place, name in enumerate(path, 1):
        if not isinstance(found, Mapping) or name not in found:
            raise Refused(f"Không có trường “{'.'.join(path[:place])}”: chọn trong danh sách dữ liệu mẫu phiếu được dùng.")
        found = found[name]
    return found


def _path(node: nodes.Node) -> Iterator[str]:
    if isinstance(node, nodes.Getattr):
        yield from _path(node.node)
        yield node.attr
    elif isinstance(node, nodes.Name):
        yield node.name
    else:
        raise Refused("Trong {{ }} chỉ ghi tên trường, ví dụ {{ owner.full_name }}; không tính toán, không gọi hàm.")
