"""Damaged files: whatever an upload holds, it is refused in words or runs; nothing else happens."""

import copy
import random
from typing import Any

import pytest
from lxml import etree

from engine.errors import EngineError, ProcedureRejected
from engine.flow import model as models
from engine.flow import run
from tests.flow.grower import VALUES, Grower, model_xml

TAGS = [
    "userTask",
    "endEvent",
    "exclusiveGateway",
    "parallelGateway",
    "eventBasedGateway",
    "subProcess",
    "callActivity",
    "boundaryEvent",
]
TEXTS = ["", "x", "s_b1", "=x", "PT1H", "main", "true", "a" * 2000, "☃", "1e400", "__class__"]


def damage(xml: bytes, chance: random.Random) -> bytes:
    """The file with a few random wounds."""
    root = etree.fromstring(xml)
    for _ in range(chance.randint(1, 3)):
        nodes: list[Any] = [node for node in root.iter() if node.getparent() is not None]
        if not nodes:
            break
        node, wound = chance.choice(nodes), chance.randrange(6)
        if wound == 0:
            node.getparent().remove(node)
        elif wound == 1 and node.attrib:
            del node.attrib[chance.choice(sorted(node.attrib))]
        elif wound == 2 and node.attrib:
            node.set(chance.choice(sorted(node.attrib)), chance.choice(TEXTS))
        elif wound == 3:
            node.tag = "{http://www.omg.org/spec/BPMN/20100524/MODEL}" + chance.choice(TAGS)
        elif wound == 4:
            node.text = chance.choice(TEXTS)
        else:
            target = chance.choice(nodes)
            target.append(copy.deepcopy(node)) if target is not node else None
    return bytes(etree.tostring(root))


@pytest.mark.parametrize("seed", range(40))
def test_damaged_file_is_refused_or_runs(seed: int) -> None:
    chance = random.Random(seed)
    xml = model_xml(Grower(seed).block(2))
    for _ in range(15):
        try:
            model = models.load(damage(xml, chance), "x")
        except ProcedureRejected as refusal:
            assert all(finding.place and finding.message for finding in refusal.findings)
            continue
        try:
            move = run.start(model, VALUES)
            assert bool(run.waiting(model, move.marking)) is not move.is_completed
        except EngineError as refusal:
            assert str(refusal)
