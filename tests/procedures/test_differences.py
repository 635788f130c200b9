"""What differs between two states of a procedure: said of the work, not of the drawing."""

from collections.abc import Callable

import pytest

from engine.procedures import definition, difference_words, differences, folder
from engine.procedures.differences import Differences
from engine.procedures.folder import Folder

Changed = Callable[[str, str, str], Folder]
SHEET, MODEL = "procedure.yaml", "dossier.bpmn"


def between(old: Folder, new: Folder) -> Differences:
    return differences.between(definition.read(old), definition.read(new))


def told(found: Differences) -> list[str]:
    return [difference_words.sentence(change) for change in found.changes]


def test_a_procedure_does_not_differ_from_itself(dossier: Folder) -> None:
    assert between(dossier, dossier) == Differences((), {})


def test_where_a_shape_is_drawn_makes_no_difference(dossier: Folder) -> None:
    content = dossier.files[MODEL].decode()
    moved = content.replace('<dc:Bounds x="', '<dc:Bounds x="9')
    assert moved != content
    assert between(dossier, folder.of({**dossier.files, MODEL: moved.encode()}.items())).changes == ()


@pytest.mark.parametrize(
    ("path", "before", "after", "sentences"),
    [
        (SHEET, "sign: {term: 4h", "sign: {term: 6h", ["Đổi thời hạn của bước “Ký kết quả”: từ “4 giờ” thành “6 giờ”."]),
        (SHEET, "Văn thư: {role: registrar}", "Văn thư: {role: clerk}", None),
        (
            "forms/sign.yaml",
            "required: true",
            "required: false",
            None,
        ),
    ],
    ids=["term", "role", "field"],
)
def test_a_change_is_a_sentence(
    dossier: Folder, changed: Changed, path: str, before: str, after: str, sentences: list[str] | None
) -> None:
    found = told(between(dossier, changed(path, before, after)))
    assert found != []
    if sentences is not None:
        assert found == sentences


def test_a_step_is_marked_in_both_diagrams_where_it_changed(dossier: Folder, changed: Changed) -> None:
    found = between(dossier, changed(SHEET, "sign: {term: 4h", "sign: {term: 6h"))
    assert (found.marks_before, found.marks_after) == ({"sign": "changed"}, {"sign": "changed"})
    assert (found.touched, found.touched_later) == (frozenset({"sign"}), frozenset({"sign"}))


def test_coming_and_going_are_each_others_mirror(dossier: Folder, changed: Changed) -> None:
    new = changed(MODEL, 'name="Ký kết quả"', 'name="Ký, ban hành"')
    there, back = between(dossier, new), between(new, dossier)
    assert told(there) == ["Đổi tên của bước “Ký, ban hành”: từ “Ký kết quả” thành “Ký, ban hành”."]
    assert [(change.before, change.after) for change in back.changes] == [("Ký, ban hành", "Ký kết quả")]
