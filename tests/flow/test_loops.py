"""Steps done by several people, one after another, or again."""

import pytest

from engine.flow.moves import Waiting
from tests.bench.model import Process, document, each
from tests.flow.stock import Stock
from tests.flow.walker import Walk, linear, make_model


def test_loop_items_are_told_by_name() -> None:
    process = linear("vote")
    process.parts[2] = f'<bpmn:userTask id="vote">{each("voters", "voter")}</bpmn:userTask>'
    walk = Walk(make_model(process), {"voters": ["u1"]})
    assert walk.find("vote") == Waiting(1, "vote", "user", item="u1", items={"loopCounter": 0, "voter": "u1"})


def test_parallel_instances_carry_their_item_and_stop_when_enough_agree() -> None:
    done = "<bpmn:completionCondition>numberOfCompletedInstances &gt;= 2</bpmn:completionCondition>"
    process = linear("vote", "after")
    process.parts[2] = f'<bpmn:userTask id="vote">{each("voters", "voter", inner=done)}</bpmn:userTask>'
    walk = Walk(make_model(process), {"voters": ["u1", "u2", "u3"]})
    assert [found.item for found in walk.waiting] == ["u1", "u2", "u3"]
    walk.complete("vote", 1)
    assert [found.item for found in walk.waiting] == ["u1", "u3"]
    walk.complete("vote", 1)
    assert (walk.open, walk.move.closed, walk.move.cancelled) == (["after"], (1, 3), (1,))


def test_sequential_instances_collect_their_results_and_may_be_done_again() -> None:
    output = '<bpmn:loopDataOutputRef>ket_qua</bpmn:loopDataOutputRef><bpmn:outputDataItem id="o" name="y_kien"/>'
    loop = each("bac", "b", sequential=True, inner=output)
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("userTask", "hoi", loop)
    process.element("userTask", "xet").element("exclusiveGateway", "x", default="d").element("endEvent", "e")
    process.chain("s", "m", "hoi", "xet", "x").flow("x", "m", "lai").flow("x", "e", id_="d")
    walk = Walk(make_model(process), {"bac": ["xa", "tinh"]})
    for answers in (["có", "không"], ["có", "có"]):
        for item, answer in zip(["xa", "tinh"], answers, strict=True):
            assert walk.find("hoi").item == item
            walk.complete("hoi", y_kien=answer)
        assert walk.values["ket_qua"] == answers
        walk.complete("xet", lai=answers[1] == "không")
    assert walk.move.is_completed


def test_empty_list_is_passed_by() -> None:
    process = linear("vote", "after")
    process.parts[2] = f'<bpmn:userTask id="vote">{each("voters", "voter")}</bpmn:userTask>'
    assert Walk(make_model(process), {"voters": []}).open == ["after"]


def test_standard_loop_goes_on_while_its_condition_holds() -> None:
    process = linear("a", "after")
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>thieu</bpmn:loopCondition></bpmn:standardLoopCharacteristics>"
    process.parts[2] = f'<bpmn:userTask id="a">{loop}</bpmn:userTask>'
    walk = Walk(make_model(process)).complete("a", thieu=True).complete("a")
    assert walk.open == ["a"]
    assert walk.complete("a", thieu=False).open == ["after"]


def test_items_reach_conditions_inside_a_repeated_sub_process() -> None:
    inner = Process("inside").element("startEvent", "is").element("exclusiveGateway", "x", default="d")
    inner.element("userTask", "big").element("userTask", "small").chain("is", "x").flow("x", "big", "khoan &gt; 100").flow(
        "x", "small", id_="d"
    )
    process = Process().element("startEvent", "s").add(inner, each("khoans", "khoan")).chain("s", "inside")
    walk = Walk(make_model(process), {"khoans": [50, 500]})
    assert sorted((found.element, found.item) for found in walk.waiting) == [("big", 500), ("small", 50)]


def make_votes(loop: str, enough: str) -> Process:
    """Three vote, until enough of them have said the same; the chair may ask for another round."""
    collects = '<bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef><bpmn:outputDataItem id="o" name="vote"/>'
    done = f"<bpmn:completionCondition>{enough}</bpmn:completionCondition>"
    loop = loop.format(inner=collects + done)
    process = Process().element("startEvent", "s").element("exclusiveGateway", "m").element("userTask", "ask", loop)
    process.element("userTask", "chair").element("exclusiveGateway", "x", default="d").element("endEvent", "e")
    return process.chain("s", "m", "ask", "chair", "x").flow("x", "m", "again").flow("x", "e", id_="d")


def group(source: str, sequential: bool) -> str:
    return f'<bpmn:multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}">{source}{{inner}}</bpmn:multiInstanceLoopCharacteristics>'


PEOPLE = "<bpmn:loopDataInputRef>people</bpmn:loopDataInputRef>"
THREE = "<bpmn:loopCardinality>3</bpmn:loopCardinality>"


@pytest.mark.parametrize("source", [PEOPLE, THREE], ids=["for each of a list", "a number of times"])
@pytest.mark.parametrize("sequential", [False, True], ids=["at once", "one after another"])
@pytest.mark.parametrize(
    ("answers", "votes"),
    [
        (["yes", "yes"], ["yes", "yes"]),
        (["no", "yes", "yes"], ["no", "yes", "yes"]),
        (["no", "no", "yes"], ["no", "no", "yes"]),
    ],
    ids=["two at once", "two of three", "never two"],
)
def test_two_of_three_agree(source: str, sequential: bool, answers: list[str], votes: list[str]) -> None:
    process = make_votes(group(source, sequential), 'count_of(votes, "yes") &gt;= 2')
    walk = Walk(make_model(process), {"people": ["a", "b", "c"]})
    for again in (True, False):
        for answer in answers:
            assert "chair" not in walk.open
            walk.complete("ask", vote=answer)
        assert (walk.open, walk.values["votes"]) == (["chair"], votes)
        walk.complete("chair", again=again)
    assert walk.move.is_completed


@pytest.mark.parametrize(
    ("sequential", "enough", "asked"),
    [
        (False, "numberOfActiveInstances == 1", 2),
        (True, "numberOfActiveInstances == 1 and numberOfCompletedInstances == 2", 2),
        (False, "numberOfCompletedInstances * 2 &gt; numberOfInstances", 2),
        (False, "numberOfTerminatedInstances &gt; 0", 3),
    ],
    ids=["one left", "one after another", "more than half", "nobody was ended"],
)
def test_the_condition_knows_the_whole_group(sequential: bool, enough: str, asked: int) -> None:
    process = make_votes(group(THREE, sequential), enough)
    walk = Walk(make_model(process))
    for _ in range(asked):
        assert "chair" not in walk.open
        walk.complete("ask", vote="yes")
    assert walk.open == ["chair"]


def test_groups_inside_a_repeated_group_do_not_mix_their_results() -> None:
    output = '<bpmn:loopDataOutputRef>votes</bpmn:loopDataOutputRef><bpmn:outputDataItem id="o" name="vote"/>'
    enough = '<bpmn:completionCondition>count_of(votes, "yes") == 2</bpmn:completionCondition>'
    inner = (
        Process("inside").element("startEvent", "is").element("userTask", "ask", each("people", "person", inner=output + enough))
    )
    inner.element("userTask", "sum").chain("is", "ask", "sum")
    process = Process().element("startEvent", "s").add(inner, each("teams", "team")).element("userTask", "after")
    walk = Walk(make_model(process.chain("s", "inside", "after")), {"people": ["a", "b", "c"], "teams": ["x", "y"]})

    def vote(team: str, answer: str) -> list[str]:
        found = next(w for w in walk.waiting if w.element == "ask" and w.items["team"] == team)
        walk.act(found, vote=answer)
        return list(walk.values["votes"])

    assert (vote("x", "yes"), vote("y", "yes"), vote("y", "no")) == (["yes"], ["yes"], ["yes", "no"])
    assert vote("x", "yes") == ["yes", "yes"]
    assert walk.open == ["ask", "sum"]
    assert (vote("y", "no"), walk.open) == (["yes", "no", "no"], ["sum", "sum"])


def test_stock_reads_only_the_answer_given_last() -> None:
    """The reason for groups of our own: stock's condition cannot count votes."""
    process = linear("ask", "after")
    loop = each("people", "person", inner="<bpmn:completionCondition>votes.count('yes') &gt;= 2</bpmn:completionCondition>")
    process.parts[2] = f'<bpmn:userTask id="ask">{loop}</bpmn:userTask>'
    stock = Stock(document(process), {"people": ["a", "b", "c"], "votes": []})
    stock.act("ask", {"votes": ["yes"]})
    stock.act("ask", {"votes": ["yes"]})
    assert "after" not in stock.open


def test_a_loop_asked_first_may_not_run_at_all() -> None:
    process = linear("a", "after")
    loop = '<bpmn:standardLoopCharacteristics testBefore="true" loopMaximum="2"><bpmn:loopCondition>more</bpmn:loopCondition></bpmn:standardLoopCharacteristics>'
    process.parts[2] = f'<bpmn:userTask id="a">{loop}</bpmn:userTask>'
    model = make_model(process)
    assert Walk(model, {"more": False}).open == ["after"]
    assert Walk(model, {"more": True}).complete("a").complete("a").open == ["after"]
    assert Walk(model, {"more": True}).complete("a", more=False).open == ["after"]
