"""Steps that are signed: the password with the completion, one meaning for each person, nothing of the password kept."""

from collections.abc import Callable
from pathlib import Path

import pytest

from engine.cases import queries, signing, starting, steps
from engine.cases.models import Case, Step
from engine.errors import AnswersRejected, NotAllowed
from engine.people import demo, signatures
from engine.people.actors import Actor
from engine.procedures import folder, publishing
from engine.transaction import session, transaction
from tests.cases.conftest import Office

TEMPLATE = Path(__file__).parents[2] / "processes" / "_template"
SIGNED = {
    "{term: 8h, status: preparing": "{term: 8h, signs: author, status: preparing",
    "{term: 4h, status: checking": "{term: 4h, signs: review, status: checking",
    "{term: 4h, status: approving": "{term: 4h, signs: approve, status: approving",
}
ANSWERS = {
    "prepare": {"draft": "Nội dung trình"},
    "check": {"check_result": "pass"},
    "approve": {"approval_result": "approve"},
}


def open_signed(office: Office, **swaps: str) -> Case:
    """A case of the three-step template in which every step is signed; ``swaps``: further changes to its sheet."""
    files = dict(folder.read(TEMPLATE).files)
    sheet = files["procedure.yaml"].decode()
    for former, later in {**SIGNED, **swaps}.items():
        assert former in sheet
        sheet = sheet.replace(former, later)
    made = folder.of({**files, "procedure.yaml": sheet.encode()}.items())
    with transaction():
        publishing.publish(office.agency_id, made, capabilities={}, basis="QĐ 03/QĐ-UBND", by=None)
        return starting.open_case("three_steps", "Báo cáo tháng", {"content": "Báo cáo"}, by=office.actor("officer"))


def step_of(case: Case) -> Step:
    """The one open step."""
    session().rollback()
    [step] = queries.open_steps(case)
    return step


def do(office: Office, case: Case, login: str, password: str | None = demo.PASSWORD, **answers: str) -> None:
    """Complete the open step, signing with this password."""
    by, step = office.actor(login), step_of(case)
    version, element = step.version, step.element
    proof = signatures.prove(by, password) if password is not None else None
    with transaction():
        steps.complete(step, answers or ANSWERS[element], version=version, by=by, proof=proof)


def given(case: Case) -> list[tuple[str, str]]:
    """Who signed what, as it stands."""
    session().rollback()
    return [(one.name, one.meaning) for one in signing.signatures_of(case)]


def test_each_completed_step_leaves_a_signature(office: Office) -> None:
    case = open_signed(office)
    for login in ("officer", "head", "leader"):
        do(office, case, login)
    names = [office.actor(login).full_name for login in ("officer", "head", "leader")]
    assert given(case) == list(zip(names, ("author", "review", "approve"), strict=True))
    hashes = [one.sha256 for one in signing.signatures_of(case)]
    assert len(set(hashes)) == 3
    assert {(one.case_id, one.on_behalf_of_id) for one in signing.signatures_of(case)} == {(case.id, None)}


def test_a_step_that_is_signed_is_not_completed_without_the_password(office: Office) -> None:
    case = open_signed(office)
    with pytest.raises(AnswersRejected) as refusal:
        do(office, case, "officer", None)
    assert refusal.value.fields == {"password": ["Hãy nhập mật khẩu của anh/chị để ký."]}
    assert (step_of(case).element, given(case)) == ("prepare", [])


def as_head(step: Step, by: Actor) -> None:
    steps.claim(step, by=by)


def as_superior(step: Step, by: Actor) -> None:
    steps.reassign(step, by.person_id, "Nhờ làm giúp", version=step.version, by=by)


def as_signer(step: Step, by: Actor) -> None:
    proof = signatures.Proof(by.person_id, step.opened_at)
    steps.complete(step, ANSWERS["check"], version=step.version, by=by, proof=proof)


@pytest.mark.parametrize("act", [as_head, as_superior, as_signer], ids=["claim", "reassign", "complete"])
def test_who_signed_before_neither_takes_nor_gets_nor_signs_the_next_step(
    office: Office, act: Callable[[Step, Actor], None]
) -> None:
    case = open_signed(
        office, **{"Công chức: {role: officer}": "Công chức: {role: head}", "roles: [officer, head": "roles: [officer, head"}
    )
    do(office, case, "head")
    step, head = step_of(case), office.actor("head")
    with pytest.raises(NotAllowed) as refusal, transaction():
        act(session().get_one(Step, step.id), head)
    assert str(refusal.value).startswith(f"{head.full_name} đã ký “lập” ở hồ sơ này nên không ký “xem xét” được")
    assert step_of(case).assignee_id is None


def test_doing_a_step_anew_replaces_its_signature(office: Office) -> None:
    case = open_signed(office)
    do(office, case, "officer")
    do(office, case, "head", check_result="return", reason="Thiếu căn cứ")
    do(office, case, "officer")
    assert [meaning for _, meaning in given(case)] == ["review", "author"]
    do(office, case, "head")
    assert [meaning for _, meaning in given(case)] == ["author", "review"]
