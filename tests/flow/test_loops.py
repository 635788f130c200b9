"""Steps done by several people, one after another, or again."""

from engine.flow.moves import Waiting
from tests.bench.model import Process, each
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
