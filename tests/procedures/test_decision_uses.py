"""Decision tables under another id: the table, the tables that need it and the steps that ask it say the same as before."""

import pytest

from engine.errors import AnswersRejected, ProcedureRejected
from engine.procedures import decision_files, decision_uses, folder
from engine.procedures.folder import Folder
from tests.procedures import dmn

MODEL = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:qt="http://quytrinh.vn/bpmn/1.0"><process id="p">'
    '<businessRuleTask id="r" name="Tính phí" qt:decision="phi"/><businessRuleTask id="s" qt:decision="muc"/></process></definitions>'
)
TABLE = dmn.table([("loai", "string")], [("ket_qua", "number")], [('"a"', "1")])


def folder_of(**files: bytes) -> Folder:
    content = {"rules/phi.dmn": dmn.definitions(dmn.decision(dmn.formula("1"), "phi"))} | {
        f"rules/{name}.dmn": text for name, text in files.items()
    }
    return folder.of([("p.bpmn", MODEL.encode()), ("hong.bpmn", b"<"), *content.items()])


def test_the_steps_that_ask_a_table_are_known() -> None:
    assert decision_uses.uses(folder_of()) == {"phi": ["Tính phí"], "muc": ["s"]}


def test_a_renamed_table_keeps_what_expressions_call_its_answer() -> None:
    before = folder_of(phi=dmn.definitions(dmn.decision(dmn.formula("1"), "phi"), dmn.decision(TABLE, "sau", requires=["phi"])))
    changes = decision_uses.renamed(before, "rules/phi.dmn", "phi", "muc_phi")
    assert sorted(changes) == ["p.bpmn", "rules/muc_phi.dmn", "rules/phi.dmn"]
    assert changes["rules/phi.dmn"] is None
    moved = changes["rules/muc_phi.dmn"] or b""
    known = {decision.id: decision for decision in decision_files.read("rules/muc_phi.dmn", moved, [])}
    assert {id_: (one.variable, one.requires) for id_, one in known.items()} == {
        "muc_phi": ("phi", ()),
        "sau": ("sau", ("muc_phi",)),
    }
    after = folder.of([("p.bpmn", changes["p.bpmn"] or b"")])
    assert decision_uses.uses(after) == {"muc_phi": ["Tính phí"], "muc": ["s"]}


def test_a_table_in_a_file_of_another_name_leaves_the_file_where_it_is() -> None:
    before = folder_of(chung=dmn.definitions(dmn.decision(TABLE, "muc"), dmn.decision(TABLE, "khac")))
    assert sorted(decision_uses.renamed(before, "rules/chung.dmn", "muc", "moi")) == ["p.bpmn", "rules/chung.dmn"]


@pytest.mark.parametrize("wanted", ["phi", "muc", "", "1a", "có dấu", "a" * 61, "a b"])
def test_an_id_that_is_taken_or_none_is_refused(wanted: str) -> None:
    before = folder_of(muc=dmn.definitions(dmn.decision(TABLE, "muc")))
    with pytest.raises(AnswersRejected):
        decision_uses.renamed(before, "rules/muc.dmn", "muc", wanted)


def test_a_table_that_is_not_there_is_refused() -> None:
    with pytest.raises(ProcedureRejected) as refusal:
        decision_uses.renamed(folder_of(), "rules/phi.dmn", "khac", "moi")
    assert [finding.code for finding in refusal.value.findings] == ["decision.missing"]
