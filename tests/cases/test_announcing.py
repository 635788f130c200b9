"""A person gives a signal: whom it reaches, what the journal says of it, what is refused."""

from typing import Any

import pytest
import sqlalchemy as sa

from engine.cases import announcing, history, settling, starting
from engine.cases.models import Case, Incident
from engine.errors import AnswersRejected, NotAllowed, NotFound
from engine.journal import queries as journal
from engine.people import agencies
from engine.schedule import sweeps
from engine.transaction import session, transaction
from tests.bench.model import Process
from tests.cases.conftest import Office
from tests.cases.drawn import publish
from tests.cases.test_broadcasts import EXTRA, FLOOD, make_answering, make_watch, open_case, opened, states


def make_rescue() -> Process:
    """Begins with the signal."""
    process = Process("rescue").element("startEvent", "s", FLOOD).element("userTask", "go")
    return process.element("endEvent", "e").chain("s", "go", "e")


def announce(office: Office, name: str = "flood", login: str = "secretary", **values: Any) -> int:
    with transaction():
        return announcing.announce(office.agency_id, name, values, by=office.actor(login))


def test_a_signal_of_a_person_reaches_waiting_cases_and_opens_others(office: Office) -> None:
    watch = publish(office.agency_id, make_watch(), extra=EXTRA)
    waiting = [open_case(office, watch) for _ in range(2)]
    publish(office.agency_id, make_rescue(), extra=EXTRA)
    assert announce(office, level="cao") == 3
    assert (sweeps.deliver_messages(), sorted(states())) == (3, [("signal", "delivered")] * 3 + [("signal", "spread")])
    assert [office.open_elements(case) for case in waiting] == [["watch_act"], ["watch_act"]]
    [rescue] = opened("rescue")
    assert (rescue.title, rescue.values["level"], rescue.division_id) == ("Quy trình rescue: flood", "cao", None)
    assert (sweeps.deliver_messages(), announce(office), len(opened("rescue"))) == (0, 1, 1)


def test_the_journal_says_who_gave_it_and_who_received_it(office: Office) -> None:
    case = open_case(office, publish(office.agency_id, make_watch(), extra=EXTRA))
    announce(office, level="cao")
    sweeps.deliver_messages()
    secretary = office.actor("secretary")
    [sent] = journal.page(office.agency_id, kind="signal.sent").items
    assert (sent.person_id, sent.facts) == (
        secretary.person_id,
        {"name": "flood", "values": {"level": "cao"}, "receiver_count": 1},
    )
    [received] = [event for event in history.of(case) if event.kind == "signal.received"]
    assert received.facts == {
        "message": "flood",
        "title": "flood",
        "answers": {"level": "cao"},
        "from_person_id": str(secretary.person_id),
    }


def test_a_signal_known_but_awaited_by_nobody_finds_none(office: Office) -> None:
    publish(office.agency_id, make_watch(), extra=EXTRA)
    assert (announce(office), states()) == (0, [("signal", "unclaimed")])


def test_a_case_of_a_revision_out_of_force_still_receives(office: Office) -> None:
    case = open_case(office, publish(office.agency_id, make_watch(), extra=EXTRA))
    publish(
        office.agency_id,
        Process("watch")
        .element("startEvent", "s")
        .element("userTask", "a")
        .chain("s", "a")
        .element("endEvent", "e")
        .flow("a", "e"),
    )
    assert (announce(office), sweeps.deliver_messages(), office.open_elements(case)) == (1, 1, ["watch_act"])
    with pytest.raises(AnswersRejected):
        announce(office)


def test_a_receiver_that_cannot_begin_is_an_incident_of_its_procedure(office: Office) -> None:
    broken = Process("rescue").element("startEvent", "s", FLOOD)
    broken.element("scriptTask", "x", "<bpmn:script>y = 1 + level</bpmn:script>").element("userTask", "go")
    publish(office.agency_id, broken.element("endEvent", "e").chain("s", "x", "go", "e"), extra=EXTRA)
    assert (announce(office, level="cao"), sweeps.deliver_messages()) == (1, 0)
    [incident] = session().scalars(sa.select(Incident)).all()
    assert (incident.case_id, incident.procedure_code, incident.agency_id) == (None, "rescue", office.agency_id)
    with transaction():
        settling.dismiss(incident, "Mô hình sai", by=office.actor("admin"))
    assert sorted(states()) == [("signal", "failed"), ("signal", "spread")]


def test_cases_of_another_agency_do_not_hear_it(office: Office) -> None:
    root = agencies.root()
    assert root is not None
    watch = publish(root.id, make_watch(), extra=EXTRA)
    own = open_case(office, watch)
    other = office.actor("secretary2")
    with transaction():
        foreign = starting.create(watch, agency_id=other.agency_id, title="Việc xã bên", values={}, by=None)
        starting.begin(foreign, by=None)
    assert (announce(office), sweeps.deliver_messages()) == (1, 1)
    assert (office.open_elements(own), office.open_elements(foreign)) == (["watch_act"], ["watch_a"])
    with pytest.raises(NotFound), transaction():
        announcing.announce(office.agency_id, "flood", {}, by=other)


@pytest.mark.parametrize("login", ["registrar", "leader", "inspector"])
def test_only_secretary_and_admin_give_signals(office: Office, login: str) -> None:
    publish(office.agency_id, make_watch(), extra=EXTRA)
    with pytest.raises(NotAllowed):
        announce(office, login=login)
    assert (announce(office, login="admin"), states()) == (0, [("signal", "unclaimed")])


@pytest.mark.parametrize(
    ("name", "values", "refusal"),
    [
        pytest.param(
            "fire",
            {},
            {"name": ["Không có quy trình nào đang hiệu lực ở cơ quan này nhận tín hiệu “fire”. Hãy chọn một trong: flood."]},
            id="unknown",
        ),
        pytest.param("flood", {"mức": 1}, {"mức": ["Tên giá trị chỉ gồm chữ không dấu, số, gạch dưới."]}, id="name"),
        pytest.param("flood", {f"a{n}": 1 for n in range(51)}, {"values": ["Chỉ được nêu tối đa 50 giá trị."]}, id="many"),
    ],
)
def test_what_is_no_signal_is_refused_and_leaves_nothing(
    office: Office, name: str, values: dict[str, Any], refusal: dict[str, list[str]]
) -> None:
    publish(office.agency_id, make_rescue(), extra=EXTRA)
    with pytest.raises(AnswersRejected) as refused:
        announce(office, name, **values)
    assert (refused.value.fields, states()) == (refusal, [])


def test_where_nothing_waits_for_signals_it_is_said(office: Office) -> None:
    with pytest.raises(AnswersRejected) as refused:
        announce(office)
    sentence = (
        "Không có quy trình nào đang hiệu lực ở cơ quan này nhận tín hiệu “flood”. Cơ quan chưa có quy trình nào chờ tín hiệu."
    )
    assert refused.value.fields == {"name": [sentence]}


def test_a_message_opens_a_case_of_the_procedure_named(office: Office) -> None:
    first, second = make_answering(), make_answering()
    second.id = "another"
    for process in (first, second):
        publish(office.agency_id, process, extra=EXTRA)
    with transaction():
        case = starting.start_by_message("ask", "Hỏi", {"question": "?"}, by=office.actor("registrar"), procedure="answering")
    assert (case.procedure_code, office.open_elements(case)) == ("answering", ["think"])
    with transaction():
        other = starting.start_by_message("ask", "Hỏi", {}, by=office.actor("registrar"))
    assert other.procedure_code == "another"
    assert session().scalars(sa.select(sa.func.count(Case.id))).one() == 2
