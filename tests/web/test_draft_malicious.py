"""Harmful models saved while drawing: kept as text at most, the board says why they cannot be used, and no page runs anything of them."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.procedures import malice
from tests.web.conftest import Browser
from tests.web.drafted import FOLDER, files_of, make_draft

Browse = Callable[..., Browser]
MODELS = {**malice.EXPRESSIONS, **malice.MODELS}
#: Those that hold together badly only together with their sheet: they are proved elsewhere.
PROVED = {"flow.unopened"}
NAME = "<script>alert(1)</script>"
ESCAPED = "&lt;script&gt;alert(1)&lt;/script&gt;"


def saved(browser: Browser, base: str, bpmn: str, version: int, token: str) -> tuple[int, Any]:
    headers = {"X-CSRFToken": token, "Accept": "application/json", "Origin": "http://localhost", "Referer": "http://localhost/"}
    body = json.dumps({"version": version, "bpmn": bpmn, "sheet": None})
    answer = browser.client.post(f"{base}/model", data=body, content_type="application/json", headers=headers)
    return answer.status_code, answer.get_json(silent=True)


def test_a_harmful_model_that_is_drawn_is_kept_but_never_run(
    app: Flask, browse: Browse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft_id, secretary = make_draft(app), browse("secretary")
    base = f"/admin/procedures/drafts/{draft_id}"
    model = secretary.get(f"{base}/model").get_json()
    version, empty = model["version"], tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    for kind, (content, code) in MODELS.items():
        status, answer = saved(secretary, base, content.decode(), version, model["csrf_token"])
        if kind == "30 MB":
            assert (kind, status) == (kind, 413)
            continue
        assert (kind, status) == (kind, 200)
        version = answer["version"]
        told = secretary.get(f"{base}/model/findings").get_json()
        assert code in PROVED or code in {one["code"] for one in told["errors"]}, kind
        assert told["errors"] != [], kind
    assert list(empty.iterdir()) == []


def test_a_draft_full_of_scripts_shows_them_as_text_on_every_page(app: Flask, browse: Browse) -> None:
    files = dict(files_of(app, make_draft(app)))
    model = files["dossier.bpmn"].decode().replace("Ký kết quả", ESCAPED).replace("Hồ sơ của công dân từ khi nộp", ESCAPED)
    sheet = (FOLDER / "procedure.yaml").read_text().replace("title: Tiếp nhận", f"title: '{NAME}' # Tiếp nhận", 1)
    form = (FOLDER / "forms" / "sign.yaml").read_text().replace("title: ", f"title: '{NAME}' # ", 1)
    draft_id = make_draft(
        app, {"dossier.bpmn": model.encode(), "procedure.yaml": sheet.encode(), "forms/sign.yaml": form.encode()}
    )
    secretary, base = browse("secretary"), f"/admin/procedures/drafts/{draft_id}"
    for tab in ("", "/forms", "/forms/sign", "/rules", "/slips", "/scenarios", "/play", "/proof", "/diff"):
        answer = secretary.get(base + tab)
        if answer.status_code == 308:
            answer = secretary.get(answer.headers["Location"])
        assert (tab, answer.status_code) == (tab, 200)
        assert (tab, NAME in answer.text) == (tab, False)
        assert (tab, ESCAPED in answer.text) == (tab, True)


def test_a_dirty_picture_of_a_folder_is_only_ever_saved_to_disk(app: Flask, browse: Browse) -> None:
    draft_id = make_draft(app, {"slips/dirty.svg": malice.DIRTY_PICTURE.encode()})
    answer = browse("secretary").get(f"/admin/procedures/drafts/{draft_id}/download.zip")
    assert answer.mimetype == "application/zip"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    for tab in ("", "/slips", "/proof"):
        assert "onload=" not in browse("secretary").get(f"/admin/procedures/drafts/{draft_id}{tab}").text
