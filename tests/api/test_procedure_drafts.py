"""Drafts through the API: made from a folder or a foreign model, replaced, changed file by file, taken away."""

import base64
import json
from typing import Any

from werkzeug.test import TestResponse

from engine.procedures import folder
from tests.api.conftest import Office, told
from tests.procedures.foreign import flow, foreign, shown
from tests.web.drafted import FOLDER

MODEL = foreign('<bpmn:startEvent id="s"/><bpmn:serviceTask id="t" name="Gửi thư"/>', flow("s", "t"), shapes=("s", "t", "s_t"))


def send(office: Office, path: str, content: bytes, kind: str, key: str = "", login: str = "secretary") -> TestResponse:
    headers = {"Authorization": f"Bearer {office.token_of(login)}", "Content-Type": kind}
    headers |= {"Idempotency-Key": key} if key else {}
    return office.app.test_client().post(f"/api/v1/procedures{path}", data=content, headers=headers)


def zipped(**changed: str) -> bytes:
    files = dict(folder.read(FOLDER).files)
    return folder.zipped(files | {f"{name}.md": text.encode() for name, text in changed.items()})


def make(office: Office) -> dict[str, Any]:
    made: dict[str, Any] = told(send(office, "/dossier/drafts", zipped(), "application/zip"), 201)
    return made


def test_a_folder_becomes_a_draft_of_the_revision_in_force(office: Office) -> None:
    made = make(office)
    listed = told(office("leader").get("/procedures/drafts"))["items"]
    assert [item["id"] for item in listed] == [made["id"]]
    assert (made["code"], made["version"], made["state"], made["sha256"]) == ("dossier", 1, "open", folder.read(FOLDER).sha256)
    assert made["base_revision_id"] is not None
    packed = office("secretary").get(f"/procedures/drafts/{made['id']}.zip").data
    assert folder.read(packed) == folder.read(FOLDER)


def test_the_open_draft_is_replaced_by_whoever_read_its_version(office: Office) -> None:
    made = make(office)
    again = zipped(README="Khác.")
    assert send(office, "/dossier/drafts", again, "application/zip").status_code == 409
    assert send(office, "/dossier/drafts?version=7", again, "application/zip").status_code == 409
    replaced = told(send(office, "/dossier/drafts?version=1", again, "application/zip"), 201)
    assert (replaced["id"], replaced["version"]) == (made["id"], 2)


def test_a_repeated_request_makes_one_draft(office: Office) -> None:
    first = send(office, "/don_tu/drafts", MODEL, "application/xml", key="một")
    second = send(office, "/don_tu/drafts", MODEL, "application/xml", key="một")
    assert (first.status_code, first.data) == (201, second.data)
    assert len(told(office("secretary").get("/procedures/drafts"))["items"]) == 1


def test_a_foreign_model_is_taken_in_with_its_changes_named(office: Office) -> None:
    made = told(send(office, "/don_tu/drafts", MODEL, "application/xml"), 201)
    assert [change["code"] for change in made["changes"]] == ["made_executable", "task_by_hand", "end_added"]
    assert [finding["code"] for finding in made["findings"]] == ["import.by_hand", "lane.missing"]
    drawn = office("secretary").get(f"/procedures/drafts/{made['id']}.bpmn").data
    assert shown(drawn) == shown(MODEL)


def test_files_are_written_at_the_version_that_was_read(office: Office) -> None:
    made = make(office)
    path = f"/procedures/drafts/{made['id']}/files"
    body = {"version": 1, "files": {"README.md": base64.b64encode(b"Moi").decode(), "slips/README.md": None}}
    written = told(office("secretary").post(path, body))
    assert (written["version"], "slips/README.md" in written["files"]) == (2, False)
    assert office("secretary").post(path, body).status_code == 409
    broken = {"version": 2, "files": {"README.md": "không phải base64"}}
    assert office("secretary").post(path, broken).status_code == 422


def test_a_folder_of_another_code_is_refused(office: Office) -> None:
    answer = send(office, "/khac/drafts", zipped(), "application/zip")
    refused = json.loads(answer.data)["errors"]
    message = "Thư mục ghi mã “dossier”, địa chỉ gửi tới ghi “khac”: sửa một trong hai."
    assert (answer.status_code, refused) == (422, {"procedure.yaml: code": [message]})
    assert send(office, "/dossier/drafts", zipped(), "application/zip", login="leader").status_code == 403
