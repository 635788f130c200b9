"""YAML as a procedure's sheets use it: plain values of YAML 1.2, each key once, no aliases, bounded."""

import re
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node

from engine.errors import Finding, ProcedureRejected

_MAX_SHEET = 64 * 1024
_MAX_LEVELS = 20
_PLAIN = {"tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:null"}


class _Loader(yaml.SafeLoader):
    """``yes``, ``on`` and dates stay texts; a key written twice and an alias are mistakes."""

    yaml_implicit_resolvers = {  # noqa: RUF012 - the library's own class attribute
        first: [pair for pair in pairs if pair[0] in _PLAIN] for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }

    def fetch_flow_collection_start(self, token: Any) -> None:
        if self.flow_level >= _MAX_LEVELS:
            raise _mistake("Các mục lồng nhau quá sâu.", self.get_mark())
        super().fetch_flow_collection_start(token)

    def compose_node(self, parent: Node | None, index: int) -> Node | None:
        if self.check_event(yaml.AliasEvent):
            raise _mistake("Không dùng bí danh (*tên) trong YAML.", self.get_mark())
        return super().compose_node(parent, index)

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _value in node.value:
            if not isinstance(key.value, str):
                raise _mistake("Tên mục phải là chữ.", key.start_mark)
            if key.value in seen:
                raise _mistake(f"Mục “{key.value}” ghi hai lần.", key.start_mark)
            seen.add(key.value)
        return {str(name): value for name, value in super().construct_mapping(node, deep).items()}


_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("true|false"), list("tf"))


def load(content: bytes, place: str) -> Any:
    """The plain value written in ``content``. ``ProcedureRejected`` with the line where it cannot be read."""
    if len(content) > _MAX_SHEET:
        raise _refused(place, f"Tệp YAML quá {_MAX_SHEET // 1024} kB.")
    try:
        return yaml.load(content.decode("utf-8-sig"), Loader=_Loader)  # noqa: S506 - a subclass of SafeLoader
    except UnicodeDecodeError as error:
        raise _refused(place, "Tệp phải lưu theo bảng mã UTF-8.") from error
    except RecursionError as error:
        raise _refused(place, "Các mục lồng nhau quá sâu.") from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line = f"{place}:{mark.line + 1}" if mark else place
        raise _refused(line, f"Không đọc được YAML: {error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        raise _refused(place, "Không đọc được YAML: có ký tự lạ.") from error


def _mistake(message: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.MarkedYAMLError(problem=message, problem_mark=mark)


def _refused(place: str, message: str) -> ProcedureRejected:
    return ProcedureRejected([Finding(place, "sheet.unreadable", message)])
