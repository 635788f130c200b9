"""Read what stands in a YAML sheet strictly: each unknown, missing or mistyped entry becomes a finding with its place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.errors import Finding, ProcedureRejected
from engine.procedures import yaml_text
from engine.text import clean

_MAX_TEXT = 5_000


class Sheet:
    """One mapping of a sheet. The getters note what they refuse and go on, so that an author sees everything at once.

    ``place`` is the file and the path inside it, e.g. ``forms/sign.yaml: fields[2]``.
    """

    def __init__(self, entries: Mapping[str, Any], place: str, findings: list[Finding]) -> None:
        self.place = place
        self.findings = findings
        self._entries = entries
        self._used: set[str] = set()

    @classmethod
    def parse(cls, content: bytes, place: str, findings: list[Finding]) -> "Sheet":
        """The mapping in a file; an unreadable file is noted and reads as empty."""
        try:
            entries = yaml_text.load(content, place)
        except ProcedureRejected as refusal:
            findings.extend(refusal.findings)
            return cls({}, place, [])
        if isinstance(entries, dict):
            return cls(entries, place, findings)
        findings.append(Finding(place, "sheet.shape", "Tệp phải gồm các mục “tên: giá trị”."))
        return cls({}, place, [])

    def __contains__(self, key: str) -> bool:
        return self._entries.get(key) is not None

    def note(self, code: str, message: str, key: str | None = None) -> None:
        """Add a finding about this mapping or one of its entries."""
        self.findings.append(Finding(self._at(key) if key else self.place, code, message))

    def text(self, key: str) -> str:
        """A text that must be there; empty when it was refused."""
        value = self.text_or(key)
        if value is None and not self._has_finding(key):
            self.note("sheet.missing", f"Thiếu mục “{key}”: hãy ghi thêm.", key)
        return value or ""

    def text_or(self, key: str) -> str | None:
        """A text, or None where there is none."""
        value = self._take(key)
        if value is None:
            return None
        if not isinstance(value, str) or len(value) > _MAX_TEXT or "\x00" in value:
            self.note("sheet.text", f"Mục “{key}” phải là chữ, tối đa {_MAX_TEXT} ký tự (đặt trong dấu nháy nếu là số).", key)
            return None
        return clean(value) or None

    def texts(self, key: str) -> list[str]:
        """A list of texts; empty where there is none."""
        value = self._take(key)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(part, str) and part.strip() for part in value):
            self.note("sheet.list", f"Mục “{key}” phải là danh sách các dòng chữ.", key)
            return []
        return [clean(part) for part in value]

    def whole(self, key: str, default: int | None = None) -> int | None:
        """A whole number not below zero."""
        value = self._take(key)
        if value is None:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            self.note("sheet.number", f"Mục “{key}” phải là số nguyên không âm.", key)
            return default
        return value

    def number(self, key: str) -> int | float | None:
        """Any finite number."""
        value = self._take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value or abs(value) > 10**15:
            self.note("sheet.number", f"Mục “{key}” phải là một số.", key)
            return None
        return value

    def flag(self, key: str, *, default: bool = False) -> bool:
        """``true`` or ``false``."""
        value = self._take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.note("sheet.flag", f"Mục “{key}” phải là true hoặc false.", key)
            return default
        return value

    def one_of(self, key: str, words: Sequence[str], default: str | None = None) -> str:
        """One of ``words``; the default (or the first word) where it was refused."""
        value = self.text(key) if default is None else self.text_or(key) or default
        if value and value not in words:
            self.note("sheet.word", f"“{value}” không dùng được ở mục “{key}”: chọn một trong {', '.join(words)}.", key)
        return value if value in words else default or words[0]

    def plain(self, key: str) -> Any:
        """Whatever stands there, unchecked: the caller judges."""
        return self._take(key)

    def part(self, key: str) -> "Sheet":
        """The mapping under ``key``; empty where there is none."""
        return Sheet(self._mapping(key), self._at(key), self.findings)

    def parts(self, key: str) -> Iterator[tuple[str, "Sheet"]]:
        """Name and mapping of each entry of the mapping under ``key``; an entry without content is an empty mapping."""
        for name, entry in self._mapping(key).items():
            place = f"{self._at(key)}.{name}"
            if entry is not None and not isinstance(entry, dict):
                self.findings.append(Finding(place, "sheet.shape", f"“{name}” phải gồm các mục “tên: giá trị”."))
                continue
            yield name, Sheet(entry or {}, place, self.findings)

    def rows(self, key: str) -> Iterator["Sheet"]:
        """Each mapping of the list under ``key``."""
        value = self._take(key)
        if value is not None and not isinstance(value, list):
            self.note("sheet.list", f"Mục “{key}” phải là danh sách.", key)
            return
        for index, entry in enumerate(value or []):
            place = f"{self._at(key)}[{index + 1}]"
            if not isinstance(entry, dict):
                self.findings.append(Finding(place, "sheet.shape", "Mỗi dòng phải gồm các mục “tên: giá trị”."))
                continue
            yield Sheet(entry, place, self.findings)

    def words(self, key: str) -> dict[str, Any]:
        """Name → plain value of the mapping under ``key``, unchecked."""
        return dict(self._mapping(key))

    def close(self) -> None:
        """Note every entry nobody asked for: a mistyped name must not be passed over."""
        for key in self._entries:
            if key not in self._used:
                self.note(
                    "sheet.unknown",
                    f"Không có mục “{key}”: hãy sửa tên hoặc xoá đi. Dùng được: {', '.join(sorted(self._used))}.",
                    key,
                )

    def _take(self, key: str) -> Any:
        self._used.add(key)
        return self._entries.get(key)

    def _mapping(self, key: str) -> dict[str, Any]:
        value = self._take(key)
        if value is None:
            return {}
        if not isinstance(value, dict):
            self.note("sheet.shape", f"Mục “{key}” phải gồm các mục “tên: giá trị”.", key)
            return {}
        return value

    def _at(self, key: str | None) -> str:
        return f"{self.place}{'.' if ':' in self.place else ': '}{key}"

    def _has_finding(self, key: str) -> bool:
        return any(finding.place == self._at(key) for finding in self.findings)
