"""What was taken from npm stands as built, with its licences; nothing in it needs more than the strict policy."""

import hashlib
import json
import re
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
VENDOR = WEB / "static" / "vendor"
OWN = sorted(path for folder in ("js", "css") for path in (WEB / "static" / folder).iterdir())
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))


def test_vendored_files_are_those_of_the_sums() -> None:
    lines = [line.split("  ") for line in (VENDOR / "SHA256SUMS").read_text().splitlines()]
    listed = {name: digest for digest, name in lines}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(VENDOR.rglob("*"))
        if path.is_file() and path.name != "SHA256SUMS" and "licences" not in path.parts
    }
    assert found == listed


def test_every_vendored_package_has_its_licence_and_exact_version() -> None:
    lock = json.loads((WEB / "frontend" / "package-lock.json").read_text())["packages"]
    for line in (VENDOR / "licences" / "PACKAGES").read_text().splitlines():
        name, version, _licence = line.split(" ", 2)
        assert lock[f"node_modules/{name}"]["version"] == version
        assert (VENDOR / "licences" / f"{name.replace('/', '__')}.txt").stat().st_size > 300


def test_the_lock_names_no_host_and_the_versions_are_exact() -> None:
    lock = json.loads((WEB / "frontend" / "package-lock.json").read_text())["packages"]
    assert [name for name, package in lock.items() if "resolved" in package] == []
    assert [name for name, package in lock.items() if name and "integrity" not in package] == []
    wanted = json.loads((WEB / "frontend" / "package.json").read_text())["dependencies"]
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []


def test_the_mark_of_the_diagram_library_is_in_the_bundle() -> None:
    assert "bjs-powered-by" in (VENDOR / "bpmn-viewer.js").read_text()
    assert "bjs-powered-by" not in (WEB / "static" / "css" / "app.css").read_text()


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(WEB / "templates")))
def test_templates_hold_no_script_style_or_handler(template: Path) -> None:
    text = template.read_text()
    inline = re.findall(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=|javascript:", text)
    assert inline == []


@pytest.mark.parametrize("path", OWN, ids=lambda path: path.name)
def test_own_files_ask_no_other_host(path: Path) -> None:
    assert re.findall(r"https?://", path.read_text()) == []


def test_colours_stand_in_the_tokens_alone() -> None:
    rules = re.sub(r"@media print \{.*", "", (WEB / "static" / "css" / "app.css").read_text(), flags=re.DOTALL)
    assert sorted(set(re.findall(r"#[0-9a-fA-F]{3,8}\b", rules))) == []


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    ("text", "ground"),
    [
        ("ink", "paper"), ("ink", "ground"), ("ink-muted", "paper"), ("ink-muted", "ground"), ("brand", "paper"),
        ("brand", "ground"), ("paper", "brand"), ("paper", "brand-strong"), ("brand-strong", "brand-soft"),
        ("good", "good-soft"), ("soon", "soon-soft"), ("late", "late-soft"), ("late", "paper"), ("calm", "calm-soft"),
        ("paused", "paused-soft"), ("paper", "flag-red"), ("focus-ink", "focus"), ("ink-muted", "brand-soft"),
    ],
)  # fmt: skip
def test_text_has_enough_contrast(text: str, ground: str) -> None:
    tokens = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", (WEB / "static" / "css" / "tokens.css").read_text()))
    light, dark = sorted((luminance(tokens[text]), luminance(tokens[ground])), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5
