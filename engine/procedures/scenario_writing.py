"""A play written as a scenario, the way people write one by hand: one act after another, each with what followed from it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

import yaml
from yaml.nodes import ScalarNode

from engine.errors import AnswersRejected
from engine.procedures import scenarios
from engine.procedures.folder import Folder
from engine.procedures.plays import Done
from engine.procedures.scenarios import Act, Expectation
from engine.text import clean

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")


def path_of(name: str, folder: Folder) -> str:
    """Where a new scenario of that name stands. ``AnswersRejected`` where the name is no name, or is taken."""
    path = f"{scenarios.DIRECTORY}/{name}.yaml"
    if not _NAME.fullmatch(name):
        raise AnswersRejected({"name": ["Tên tệp chỉ gồm chữ thường không dấu, chữ số và gạch dưới, bắt đầu bằng chữ."]})
    if path in folder.files:
        raise AnswersRejected({"name": ["Đã có kịch bản mang tên này. Chọn tên khác."]})
    return path


def write(title: str, done: Sequence[Done]) -> bytes:
    """The file of a scenario that does ``done`` and expects what happened. ``AnswersRejected`` without a title or an act."""
    if not clean(title):
        raise AnswersRejected({"title": ["Ghi tên kịch bản: chuyện gì xảy ra với hồ sơ."]})
    if not done:
        raise AnswersRejected({"title": ["Chưa có thao tác nào để lưu. Bắt đầu chạy thử trước."]})
    lines = [f"title: {_flow(clean(title))}", "acts:"]
    for one in done:
        entries = {**_act(one.act), "expect": _expected(one.after)}
        rows = [f"{key}: {_flow(value)}" for key, value in entries.items()]
        lines += [f"  - {rows[0]}", *(f"    {row}" for row in rows[1:])]
    return ("\n".join(lines) + "\n").encode()


def _act(act: Act) -> dict[str, Any]:
    if act.kind == "start":
        entries: dict[str, Any] = {"start": dict(act.answers), "at": act.to}
    else:
        entries = {act.kind: act.subject, "to": act.to, "answers": dict(act.answers)}
    entries |= {"returns": {name: dict(part) for name, part in act.returns.items()}, "fails": dict(act.fails)}
    return {key: value for key, value in entries.items() if value or key in ("start", act.kind)}


def _expected(after: Expectation) -> Mapping[str, Any]:
    found = {"open": list(after.open or ()), "ran": list(after.ran or ()), "waits": list(after.waits or ())}
    told = {"slips": list(after.slips or ()), "status": after.status, "end": after.end}
    return {**found, **{key: value for key, value in told.items() if value}}


def _flow(value: Any) -> str:
    text = yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, default_flow_style=True, width=10**9)
    return text.removesuffix("\n").removesuffix("\n...").rstrip("\n")


class _Dumper(yaml.SafeDumper):
    """Never writes an alias: the reader refuses them. A text of several lines stands in one, with ``\\n``."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style='"' if "\n" in text else None)


_Dumper.add_representer(str, _Dumper.represent_text)
