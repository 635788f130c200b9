"""What a new procedure begins with could be published as it is."""

from collections.abc import Callable

import pytest

from engine.errors import AnswersRejected
from engine.procedures import definition, publishing, skeleton
from engine.procedures.folder import Folder
from web import first_contents

Make = Callable[[str, str], Folder]
BOTH = pytest.mark.parametrize("make", [skeleton.from_template, skeleton.empty], ids=["template", "empty"])


@BOTH
def test_a_new_procedure_has_its_own_name_and_no_fault(make: Make) -> None:
    made = make("tiep_dan", 'Tiếp "công dân" & đơn <thư>')
    assert publishing.check(made, capabilities={}) == []
    described = definition.read(made)
    assert (described.code, described.title, described.facts.name) == (
        "tiep_dan",
        'Tiếp "công dân" & đơn <thư>',
        'Tiếp "công dân" & đơn <thư>',
    )


@BOTH
@pytest.mark.parametrize(
    ("code", "title", "wrong"),
    [
        pytest.param("Tiếp dân", "Tiếp dân", ["code"], id="no code"),
        pytest.param("tiep_dan", " ", ["title"], id="no title"),
        pytest.param("", "", ["title", "code"], id="nothing"),
    ],
)
def test_a_new_procedure_needs_a_code_and_a_title(make: Make, code: str, title: str, wrong: list[str]) -> None:
    with pytest.raises(AnswersRejected) as refusal:
        make(code, title)
    assert list(refusal.value.fields) == wrong


def test_folders_to_be_copied_are_not_published_at_the_start() -> None:
    names = [path.name for path in first_contents.folders()]
    assert "dossier" in names
    assert [name for name in names if name.startswith("_")] == []


@pytest.mark.parametrize(
    ("lane", "role"),
    [
        ("Bộ phận Một cửa", "clerk"),
        ("Lãnh đạo phòng", "head"),
        ("Lãnh đạo UBND", "leader"),
        ("Văn thư", "registrar"),
        ("Billing Department", "accountant"),
        ("Fachabteilung", "officer"),
    ],
)
def test_a_lane_tells_its_role(lane: str, role: str) -> None:
    assert skeleton.role_of(lane) == role
