"""Keys, versions, problems: what every call keeps to."""

import threading
from typing import Any

import pytest

from tests.api.conftest import Office, make_intake, make_owner, told


def test_same_key_gets_the_same_bytes_and_nothing_twice(office: Office) -> None:
    first = office("clerk").post("/dossiers", make_intake(), key="k-1")
    again = office("clerk").post("/dossiers", make_intake(), key="k-1")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert first.headers["Location"] == again.headers["Location"]
    assert len(told(office("clerk").get("/dossiers"))["items"]) == 1


def test_same_key_for_another_body_is_refused(office: Office) -> None:
    office("clerk").post("/dossiers", make_intake(), key="k-1")
    other = make_intake(owner=make_owner(full_name="Trần Văn Nam"))
    problem = told(office("clerk").post("/dossiers", other, key="k-1"), 422)
    assert list(problem["errors"]) == ["Idempotency-Key"]


def test_same_key_of_another_person_is_another_request(office: Office) -> None:
    first = told(office("clerk").post("/dossiers", make_intake(), key="k-1"), 201)
    second = told(office("clerk_b").post("/dossiers", make_intake(), key="k-1"), 201)
    assert first["code"] != second["code"]


def test_refused_request_leaves_its_key_free(office: Office) -> None:
    told(office("clerk").post("/dossiers", make_intake(channel="pigeon"), key="k-1"), 422)
    told(office("clerk").post("/dossiers", make_intake(), key="k-1"), 201)


def test_completing_without_a_version_is_428(office: Office) -> None:
    step = office.open()["open_steps"][0]
    problem = told(office("clerk").post(f"/steps/{step['id']}/complete", {"answers": {}}), 428)
    assert problem["code"] == "precondition_required"


def test_second_completion_is_409_with_who_and_when(office: Office) -> None:
    step = office.open()["open_steps"][0]
    body = {"answers": {}, "version": step["version"]}
    told(office("clerk").post(f"/steps/{step['id']}/complete", body))
    problem = told(office("clerk_b").post(f"/steps/{step['id']}/complete", body), 409)
    assert (problem["who"], problem["at"], problem["version"]) == ("Nguyễn Thị Thu Hà", "2026-11-18T08:00:00+07:00", 2)
    own = told(office("clerk").post(f"/steps/{step['id']}/complete", body), 409)
    assert (own["who"], own["at"], own["version"]) == ("Nguyễn Thị Thu Hà", "2026-11-18T08:00:00+07:00", 2)


@pytest.mark.parametrize("acts", [["claim"], ["claim", "release"]], ids=["held", "nobody's"])
def test_stale_version_is_409_with_who_acted_last(office: Office, acts: list[str]) -> None:
    step = office.open()["open_steps"][0]
    for act in acts:
        told(office("clerk").post(f"/steps/{step['id']}/{act}"))
    problem = told(office("clerk").post(f"/steps/{step['id']}/complete", {"answers": {}, "version": step["version"]}), 409)
    known = ("Nguyễn Thị Thu Hà", "2026-11-18T08:00:00+07:00", step["version"] + len(acts))
    assert (problem["who"], problem["at"], problem["version"]) == known


def test_a_body_that_is_not_json_is_415_and_broken_json_is_400(office: Office) -> None:
    client, headers = office.app.test_client(), {"Authorization": f"Bearer {office.token_of('clerk')}"}
    form = client.post("/api/v1/dossiers", data={"public_service": "1"}, headers=headers)
    assert (form.status_code, form.json and form.json["code"]) == (415, "unsupported_media_type")
    broken = client.post("/api/v1/dossiers", data="{", content_type="application/json", headers=headers)
    assert broken.status_code == 400
    assert broken.json is not None
    assert broken.json["detail"].startswith("Nội dung gửi lên không phải là JSON đúng dạng")


def test_fields_that_do_not_fit_say_where_to_look(office: Office) -> None:
    problem = told(office("clerk").post("/dossiers", {}), 422)
    assert problem["detail"] == "Thông tin gửi chưa đúng, xem từng mục trong errors rồi gửi lại."


def test_times_in_the_history_are_the_offices(office: Office) -> None:
    opened = office.open()
    events = told(office("clerk").get(f"/cases/{opened['case_id']}/history"))["items"]
    assert [event["kind"] for event in events if "+00:00" in str(event)] == []


def test_a_person_may_be_named_by_account(office: Office) -> None:
    code = office.open()["code"]
    office.do(code, "hand_over", "clerk")
    office.do(code, "assign", "head", officer="officer")
    step = office.step(code, "process")
    assert step["holder"]["id"] == str(office.person_id("officer"))
    sent = {"to": "nobody", "reason": "Nghỉ phép", "version": step["version"]}
    assert list(told(office("head").post(f"/steps/{step['id']}/reassign", sent), 422)["errors"]) == ["to"]
    again = told(office("head").post(f"/steps/{step['id']}/reassign", sent | {"to": "officer"}))
    assert again["holder"]["id"] == str(office.person_id("officer"))


def test_of_many_at_once_exactly_one_wins(office: Office) -> None:
    step = office.open()["open_steps"][0]
    body = {"answers": {}, "version": step["version"]}
    callers = [office(login) for login in ("clerk", "clerk_b") * 3]
    answers: list[int] = []

    def complete(caller: Any) -> None:
        answers.append(caller.post(f"/steps/{step['id']}/complete", body).status_code)

    threads = [threading.Thread(target=complete, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409, 409, 409]


def test_equal_requests_at_once_open_one_dossier(office: Office) -> None:
    caller = office("clerk")
    answers: list[bytes] = []

    def send() -> None:
        answers.append(caller.post("/dossiers", make_intake(), key="k-1").data)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len(told(caller.get("/dossiers"))["items"]) == 1


def test_foreign_rows_are_404_and_journalled(office: Office) -> None:
    opened = office.open()
    step = opened["open_steps"][0]
    paths = [f"/dossiers/{opened['code']}", f"/cases/{opened['case_id']}", f"/steps/{step['id']}", opened["slips"][0]["pdf"][7:]]
    assert [office("clerk2").get(path).status_code for path in paths] == [404] * 4
    refused = told(office("inspector").get("/journal", agency=_agency_of(office, "clerk2"), kind="access.refused"))
    assert sorted(entry["facts"]["what"] for entry in refused["items"]) == sorted(f"GET /api/v1{path}" for path in paths)


def test_nobody_gets_a_401_that_says_how(office: Office) -> None:
    response = office("").get("/steps")
    assert (response.status_code, response.mimetype) == (401, "application/problem+json")
    assert response.headers["WWW-Authenticate"] == 'Bearer realm="quytrinh"'


def test_wrong_method_is_405_with_allow(office: Office) -> None:
    response = office.app.test_client().delete(
        "/api/v1/dossiers", headers={"Authorization": f"Bearer {office.token_of('clerk')}"}
    )
    assert response.status_code == 405
    assert set(response.headers["Allow"].split(", ")) == {"GET", "HEAD", "OPTIONS", "POST"}


@pytest.mark.parametrize("path", ["/dossiers/%00", "/dossiers/a%0Ab", "/registers/%7F", "/nothing"])
def test_impossible_addresses_are_404(office: Office, path: str) -> None:
    assert told(office("clerk").get(path), 404)["status"] == 404


def test_words_are_kept_in_one_normal_form(office: Office) -> None:
    opened = office.open(owner=make_owner(full_name="Nguye\u0302\u0303n Thi\u0323 A\u0301nh "))
    assert opened["owner"]["full_name"] == "Nguyễn Thị Ánh"


def test_control_characters_are_refused_where_they_stand(office: Office) -> None:
    words = ["Có ký tự điều khiển không nhìn thấy: hãy xóa đi rồi gõ lại."]
    sent = told(office("clerk").post("/dossiers", make_intake(owner=make_owner(full_name="An\u0000h"))), 422)
    assert sent["errors"] == {"owner.full_name": words}
    assert told(office("clerk").get("/dossiers", q="a\u0008"), 422)["errors"] == {"q": words}
    step = office.open()["open_steps"][0]
    answered = {"answers": {"note": "a\u001fb"}, "version": step["version"]}
    assert told(office("clerk").post(f"/steps/{step['id']}/complete", answered), 422)["errors"] == {"answers.note": words}


def test_a_slip_is_printed_on_the_other_paper_too(office: Office) -> None:
    path = office.open()["slips"][0]["pdf"].removeprefix("/api/v1")
    sizes = [office("clerk").get(path, **asked).data for asked in ({}, {"paper": "a4"}, {"paper": "a5"}, {})]
    assert (sizes[0] == sizes[3], sizes[1] == sizes[2], sizes[0] in sizes[1:3]) == (True, False, True)
    assert list(told(office("clerk").get(path, paper="a3"), 422)["errors"]) == ["paper"]


def test_lists_are_paged_by_key(office: Office) -> None:
    codes = [office.open()["code"] for _ in range(5)]
    seen: list[str] = []
    cursor = ""
    while True:
        page = told(office("clerk").get("/dossiers", limit=2, cursor=cursor))
        seen += [row["code"] for row in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
    assert seen == codes[::-1]
    assert list(told(office("clerk").get("/dossiers", cursor="bừa"), 422)["errors"]) == ["cursor"]
    assert list(told(office("clerk").get("/steps", cursor="bừa"), 422)["errors"]) == ["cursor"]


def _agency_of(office: Office, login: str) -> str:
    from engine.people import directory

    with office.app.app_context():
        person = directory.by_login(login)
        assert person is not None
        return str(person.agency_id)
