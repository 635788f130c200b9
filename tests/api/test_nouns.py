"""Every other noun: files, cases, procedures, registers, evidence."""

import csv
import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from engine.people import directory, policy
from engine.reports import exports
from tests.api.conftest import SERVICE, Office, told
from tests.cases.test_deciding import PERMIT
from tests.contents import PROCEDURE
from web import spreadsheets

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def packed(folder: Path, **changed: bytes) -> bytes:
    """A procedure folder as a zip, some of its files replaced."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path in sorted(p for p in folder.rglob("*") if p.is_file()):
            name = path.relative_to(folder).as_posix()
            archive.writestr(name, changed.get(name, path.read_bytes()))
    return out.getvalue()


def check(office: Office, body: bytes, kind: str, login: str = "secretary") -> Any:
    """Ask what stands against a procedure."""
    headers = {"Authorization": f"Bearer {office.token_of(login)}"}
    return office.app.test_client().post("/api/v1/procedures/check", data=body, content_type=kind, headers=headers)


def test_slip_is_a_pdf_and_the_same_bytes_again(office: Office) -> None:
    path = office.open()["slips"][0]["pdf"].removeprefix("/api/v1")
    first, again = office("clerk").get(path), office("officer").get(path)
    assert (first.status_code, first.mimetype, first.data[:5]) == (200, "application/pdf", b"%PDF-")
    assert hashlib.sha256(first.data).digest() == hashlib.sha256(again.data).digest()
    assert first.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"


def test_reissued_slip_voids_the_former(office: Office) -> None:
    opened = office.open()
    former = opened["slips"][0]
    fresh = told(office("clerk").post(f"/slips/{former['id']}/reissue", {"reason": "In sai"}), 201)
    listed = told(office("clerk").get(f"/dossiers/{opened['code']}/slips"))["items"]
    assert [(s["number"], s["is_void"], s["replaced_by"]) for s in listed if s["kind"] == "receipt"] == [
        ("01/TNHS", True, fresh["id"]),
        ("02/TNHS", False, None),
    ]


def test_control_sheet_is_printed_from_the_same_rows(office: Office) -> None:
    code = office.open()["code"]
    office.to_sign(code)
    rows = told(office("head").get(f"/dossiers/{code}/control-sheet.json"))["rows"]
    assert [row["sent_by"] for row in rows] == ["Nguyễn Thị Thu Hà", "Lê Thị Bích Ngọc", "Trần Văn Dũng", "Lê Thị Bích Ngọc"]
    assert office("head").get(f"/dossiers/{code}/control-sheet.pdf").data[:5] == b"%PDF-"


def test_step_carries_its_form_and_where_it_may_go_back(office: Office) -> None:
    code = office.open()["code"]
    office.to_sign(code)
    step = told(office("leader").get(f"/steps/{office.step(code, 'sign')['id']}"))
    assert step["form"]["properties"]["decision"]["oneOf"][0]["const"] == "sign"
    assert [target["element"] for target in step["returns_to"]] == ["check", "process", "assign", "hand_over"]


def test_step_goes_back_with_its_reason(office: Office) -> None:
    code = office.open()["code"]
    office.to_sign(code)
    step = office.step(code, "sign")
    body = {"to": "process", "reason": "Thiếu căn cứ", "version": step["version"]}
    done = told(office("leader").post(f"/steps/{step['id']}/return", body))
    assert (done["state"], [(s["element"], s["visit"], s["holder"]["full_name"]) for s in done["opened"]]) == (
        "returned",
        [("process", 2, "Trần Văn Dũng")],
    )


def test_step_is_claimed_released_and_given_to_another(office: Office) -> None:
    step = office.open()["open_steps"][0]
    claimed = told(office("clerk").post(f"/steps/{step['id']}/claim", {"version": step["version"]}))
    assert claimed["holder"] == {"id": str(office.person_id("clerk")), "full_name": "Nguyễn Thị Thu Hà"}
    assert [row["id"] for row in told(office("clerk").get("/steps"))["items"]] == [step["id"]]
    told(office("clerk").post(f"/steps/{step['id']}/release"))
    body = {"to": str(office.person_id("clerk_b")), "reason": "Nghỉ phép"}
    given = told(office("leader").post(f"/steps/{step['id']}/reassign", body))
    assert (given["holder"]["full_name"], given["claimed_at"]) == ("Phạm Minh Tuấn", None)
    problem = told(office("clerk").post(f"/steps/{step['id']}/claim"), 409)
    assert problem["who"] == "Phạm Minh Tuấn"


def test_inbox_finds_by_name_without_diacritics(office: Office) -> None:
    code = office.open()["code"]
    found = told(office("clerk").get("/steps", scope="unclaimed", q="nguyen thi anh"))["items"]
    assert [(row["dossier_code"], row["case"]["procedure"]) for row in found] == [(code, "dossier")]
    assert told(office("clerk").get("/steps", scope="unclaimed", q="không có"))["items"] == []


def test_case_tells_its_history_and_its_remarks(office: Office) -> None:
    case_id = office.open()["case_id"]
    kinds = [event["kind"] for event in told(office("officer").get(f"/cases/{case_id}/history"))["items"]]
    assert kinds[:2] == ["case.opened", "dossier.registered"]
    told(office("officer").post(f"/cases/{case_id}/comments", {"text": "Đã gọi điện cho công dân."}), 201)
    remarks = told(office("clerk").get(f"/cases/{case_id}/comments"))["items"]
    assert [(r["author"], r["text"]) for r in remarks] == [("Trần Văn Dũng", "Đã gọi điện cho công dân.")]
    assert [c["id"] for c in told(office("clerk").get("/cases", procedure="dossier"))["items"]] == [case_id]
    assert told(office("clerk").get(f"/cases/{case_id}"))["state"] == "running"


def test_dossier_is_not_opened_as_a_bare_case(office: Office) -> None:
    body = {"procedure": "dossier", "title": "Hồ sơ"}
    assert list(told(office("clerk").post("/cases", body), 422)["errors"]) == ["procedure"]


def test_file_is_uploaded_once_under_its_key_and_read_back(office: Office) -> None:
    case_id = office.open()["case_id"]
    client, headers = office.app.test_client(), {"Authorization": f"Bearer {office.token_of('clerk')}", "Idempotency-Key": "f-1"}

    def send() -> Any:
        form = {"case_id": case_id, "component": "0", "file": (io.BytesIO(PDF), "Tờ khai.pdf")}
        return told(client.post("/api/v1/files", data=form, headers=headers), 201)

    first = send()
    assert send() == first
    assert (first["file_name"], first["media_type"], first["size"]) == ("Tờ khai.pdf", "application/pdf", len(PDF))
    content = office("officer").get(f"/files/{first['id']}/content")
    assert (content.data, content.headers["Content-Disposition"].split(";")[0]) == (PDF, "attachment")
    assert [f["id"] for f in told(office("clerk").get(f"/cases/{case_id}/files"))["items"]] == [first["id"]]
    told(office("clerk").post(f"/files/{first['id']}/remove", {"reason": "Nhầm hồ sơ"}))
    told(office("clerk").get(f"/files/{first['id']}"), 404)


@pytest.mark.parametrize(
    ("content", "file_name"), [(b"MZ\x90", "a.exe"), (b"", "a.pdf"), (None, "")], ids=["program", "empty", "none"]
)
def test_unwanted_files_are_refused(office: Office, content: bytes | None, file_name: str) -> None:
    case_id = office.open()["case_id"]
    sent = {} if content is None else {"file": (io.BytesIO(content), file_name)}
    assert list(told(office("clerk").upload("/files", case_id=case_id, **sent), 422)["errors"]) == ["file"]


def test_file_of_another_agency_is_not_found(office: Office) -> None:
    case_id = office.open()["case_id"]
    told(office("clerk2").upload("/files", case_id=case_id, file=(io.BytesIO(PDF), "a.pdf")), 404)


def test_procedure_comes_back_as_it_was_published(office: Office) -> None:
    listed = told(office("officer").get("/procedures"))["items"]
    assert [(p["code"], p["current_revision"]["number"]) for p in listed] == [("dossier", 1)]
    assert [r["number"] for r in told(office("officer").get("/procedures/dossier/revisions"))["items"]] == [1]
    model = office("officer").get("/procedures/dossier/revisions/1.bpmn")
    assert model.data == (PROCEDURE / "dossier.bpmn").read_bytes()
    archive = zipfile.ZipFile(io.BytesIO(office("officer").get("/procedures/dossier/revisions/1.zip").data))
    assert archive.read("procedure.yaml") == (PROCEDURE / "procedure.yaml").read_bytes()
    detail = told(office("officer").get("/procedures/dossier/revisions/1"))
    assert {step["element"]: step["role"] for step in detail["steps"]}["sign"] == "leader"
    told(office("officer").get("/procedures/dossier/revisions/2"), 404)


def test_check_accepts_what_runs(office: Office) -> None:
    good = {"is_publishable": True, "findings": [], "remarks": []}
    assert told(check(office, packed(PROCEDURE), "application/zip")) == good
    assert told(check(office, (PROCEDURE / "dossier.bpmn").read_bytes(), "application/xml")) == good


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"PK\x03\x04 broken",
        b"<a/>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
    ],
    ids=["nothing", "words", "broken zip", "other xml", "entities"],
)
def test_check_says_what_stands_against_it(office: Office, body: bytes) -> None:
    found = told(check(office, body, "application/octet-stream"))
    assert found["is_publishable"] is False
    assert all(finding["message"] for finding in found["findings"])


def test_check_tells_what_deserves_another_look(office: Office) -> None:
    rules = (PERMIT / "rules" / "assess.dmn").read_bytes().replace(b"&gt;= 50000000", b"&gt; 50000000")
    found = told(check(office, packed(PERMIT, **{"rules/assess.dmn": rules}), "application/zip"))
    assert (found["is_publishable"], found["findings"]) == (True, [])
    assert found["remarks"] == [
        {
            "place": "rules/assess.dmn: size",
            "code": "decision.gap",
            "message": "Bảng “Quy mô” không có dòng nào cho trường hợp “Giá trị”: 50000000: kết quả sẽ để trống."
            " Hãy thêm dòng, hoặc ghi giá trị mặc định.",
        }
    ]


def test_check_names_the_unknown_capability(office: Office) -> None:
    model = (PROCEDURE / "dossier.bpmn").read_text(encoding="utf-8").replace("receive_dossier", "launch_rocket")
    found = told(check(office, packed(PROCEDURE, **{"dossier.bpmn": model.encode()}), "application/zip"))
    assert any("launch_rocket" in finding["message"] for finding in found["findings"])


def test_register_is_the_same_in_three_forms(office: Office) -> None:
    codes = [office.open(note=note)["code"] for note in ("=1+1", "thường")]
    book = told(office("clerk").get("/registers/dossiers"))
    assert [(line["number"], line["code"], line["note"]) for line in book["lines"]] == [
        (1, codes[0], "=1+1"),
        (2, codes[1], "thường"),
    ]
    table = list(csv.reader(office("clerk").get("/registers/dossiers", format="csv").data.decode("utf-8-sig").splitlines()))
    assert (table[0][1], [row[1] for row in table[1:]], table[1][-1]) == ("Mã hồ sơ", codes, "'=1+1")
    sheet = office("clerk").get("/registers/dossiers", format="xlsx")
    assert sheet.mimetype == spreadsheets.XLSX
    inside = zipfile.ZipFile(io.BytesIO(sheet.data)).read("xl/worksheets/sheet1.xml").decode()
    assert '<c t="inlineStr"><is><t xml:space="preserve">=1+1</t></is></c>' in inside
    assert "<f>" not in inside


def test_register_as_of_a_day_knows_nothing_later(office: Office) -> None:
    code = office.open()["code"]
    office.to_sign(code)
    office.clock.freeze("2026-11-19T09:00")
    office.open()
    office.finish(code)
    then = told(office("clerk").get("/registers/dossiers", as_of="2026-11-18"))
    now = told(office("clerk").get("/registers/dossiers"))
    assert [(line["number"], line["returned_at"], line["return_channel"]) for line in then["lines"]] == [(1, None, None)]
    assert [(line["number"], line["returned_at"], line["return_channel"]) for line in now["lines"]] == [
        (1, "2026-11-19T09:00:00+07:00", "Trực tiếp"),
        (2, None, None),
    ]


def test_exports_are_ordered_lines_of_ones_own_agencies(office: Office) -> None:
    case_id = office.open()["case_id"]
    lines = {
        name: [json.loads(line) for line in office("secretary").get(f"/export/{name}.ndjson").data.splitlines()]
        for name in ("cases", "steps", "timers", "numbers", "files", "outbox", "journal")
    }
    assert [row["id"] for row in lines["cases"]] == [case_id]
    assert [row["element"] for row in lines["steps"]] == ["hand_over"]
    assert {row["table"] for row in lines["numbers"]} == {"series", "register_entry", "slip"}
    assert [row["number"] for row in lines["journal"]] == list(range(1, len(lines["journal"]) + 1))
    assert [row["kind"] for row in lines["journal"]].count("data.exported") == 7
    other = office("secretary2").get("/export/cases.ndjson")
    assert (other.status_code, other.data) == (200, b"")
    assert len(office("inspector").get("/export/cases.ndjson").data.splitlines()) == 1
    told(office("secretary").get("/export/people.ndjson"), 404)


def test_export_is_one_snapshot_though_others_write_meanwhile(office: Office) -> None:
    office.open()
    with office.app.app_context():
        person = directory.by_login("secretary")
        assert person is not None
        rows = exports.rows("numbers", [person.agency_id])
        first = next(rows)
        office.open()
        tables = [first["table"], *(row["table"] for row in rows)]
    assert tables.count("slip") == 2
    after = office("secretary").get("/export/numbers.ndjson").data.splitlines()
    assert [json.loads(line)["table"] for line in after].count("slip") == 4


def test_journal_is_read_by_kind_and_verified(office: Office) -> None:
    office.open()
    issued = told(office("leader").get("/journal", kind="slip.issued", limit=1))
    assert (len(issued["items"]), issued["items"][0]["facts"]["slip_kind"]) == (1, "control_sheet")
    rest = told(office("leader").get("/journal", kind="slip.issued", cursor=issued["next_cursor"]))
    assert [entry["facts"]["slip_kind"] for entry in rest["items"]] == ["receipt"]
    verified = told(office("inspector").get("/journal/verify"))
    assert (verified["is_intact"], verified["agency_count"], verified["faults"]) == (True, 4, [])


def test_public_services_are_found_without_diacritics(office: Office) -> None:
    found = told(office("clerk").get("/public-services", q="tinh trang hon nhan"))["items"]
    assert SERVICE in [service["code"] for service in found]
    detail = told(office("clerk").get(f"/public-services/{SERVICE}"))
    assert (detail["limit"]["value"], detail["limit"]["unit"]) == (3.0, "working_day")


def test_notices_are_ones_own(office: Office) -> None:
    step = office.open()["open_steps"][0]
    body = {"to": str(office.person_id("clerk_b")), "reason": "Nghỉ phép"}
    told(office("leader").post(f"/steps/{step['id']}/reassign", body))
    mine = told(office("clerk_b").get("/notices"))
    assert (mine["unread_count"], [notice["step_id"] for notice in mine["items"]]) == (1, [step["id"]])
    assert told(office("clerk").get("/notices"))["items"] == []
    assert told(office("clerk_b").post("/notices/read")) == {"changed_count": 1, "unread_count": 0}


def test_colleagues_are_found_by_role(office: Office) -> None:
    found = told(office("head").get("/people", role="clerk"))["items"]
    assert [(person["login"], person["id"]) for person in found] == [
        ("clerk", str(office.person_id("clerk"))),
        ("clerk_b", str(office.person_id("clerk_b"))),
    ]


def test_permission_table_is_the_policy(office: Office) -> None:
    response = office("archivist").get("/permissions.csv")
    assert (response.mimetype, response.text) == ("text/csv", policy.as_csv())
