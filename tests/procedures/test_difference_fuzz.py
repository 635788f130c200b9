"""Whatever an author edits, alone or with other things: the list names it, and only it; drawing it elsewhere is no difference."""

import dataclasses
import random
from typing import Any

import pytest

from engine.flow.facts import ElementFacts, FlowFacts
from engine.procedures import definition, difference_words, differences
from engine.procedures.decision_logic import Input, Output, Table
from engine.procedures.definition import Definition
from engine.procedures.fields import Choice, Field
from engine.procedures.forms import Form, Section
from engine.procedures.parts import HandsOut, MessageDefinition, StartDefinition, StepDefinition
from tests.procedures import edits_drawn, edits_written
from tests.procedures.edits_drawn import Line
from tests.procedures.everything import Work, work

EDITS = {**edits_drawn.EDITS, **edits_written.EDITS}
ROUNDS, MOST_EDITS = 60, 12
BASE = definition.read(work().folder())


def lines(changed: Work) -> list[Line]:
    """The list of differences; each one has its sentence."""
    found = differences.between(BASE, definition.read(changed.folder())).changes
    assert all(difference_words.sentence(change) for change in found)
    return sorted((change.kind, change.what, change.place, change.aspect) for change in found)


@pytest.mark.parametrize("name", sorted(EDITS))
def test_an_edit_is_named_and_only_it(name: str) -> None:
    changed = work()
    wanted = EDITS[name](changed, random.Random(name))
    assert lines(changed) == sorted(wanted)


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_edits_made_together_are_all_named_and_nothing_else(seed: int) -> None:
    chance, changed = random.Random(seed), work()
    wanted: list[Line] = []
    for name in chance.sample(sorted(EDITS), chance.randint(2, MOST_EDITS)):
        try:
            wanted += EDITS[name](changed, chance)
        except LookupError:
            continue  # what it would edit was edited already
    assert lines(changed) == sorted(wanted)


def test_every_kind_of_thing_is_edited() -> None:
    met = set[str]()
    for name, edit in EDITS.items():
        met |= {kind for kind, *_ in edit(work(), random.Random(name))}
    assert met == set(difference_words.KINDS) - {"subprocess"}


#: What is compared of each value that makes up a definition. A field that is new must be compared, then named here.
COMPARED = {
    Definition: "code title iso_clauses legal_basis owner_role record_class retention_years register_columns public_services"
    " statuses start lanes steps waits messages ends calls decisions asks slips forms coverage separate model templates scenarios"
    " documentation",
    StartDefinition: "form roles values has_subject",
    StepDefinition: "element name role of_division form term_minutes borrows_from status help reminder escalations is_hand_over"
    " hands_out signs is_personal given_to",
    MessageDefinition: "name title form roles closed_while",
    HandsOut: "to receiver when note",
    Form: "name title help sections",
    Section: "title help fields",
    Field: "name type label help section is_required required_when visible_when choices display minimum maximum min_length"
    " max_length pattern decimals unit default role assigns routes",
    Choice: "value label help",
    Table: "policy aggregation inputs outputs rules",
    Input: "label expression kind allowed",
    Output: "name label kind allowed priority default",
    # the lane says the role of its steps, its process what it stands in
    ElementFacts: "id kind name documentation lane process_id scope capability attached_to event message called decision result"
    " signal timer correlation is_handler interrupts content particulars",
    FlowFacts: "id source target name condition is_default",
}


@pytest.mark.parametrize("kind", COMPARED, ids=lambda kind: kind.__name__)
def test_nothing_that_is_new_in_a_definition_is_forgotten(kind: Any) -> None:
    assert [field.name for field in dataclasses.fields(kind)] == COMPARED[kind].split()
