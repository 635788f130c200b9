"""Models and folders made to do harm: refused with a reason or harmless when checked and when taken in; nothing of them is ever run."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from engine.errors import ProcedureRejected
from engine.flow import model
from engine.procedures import folder, gates, importing
from engine.procedures.folder import Folder
from tests.procedures import malice

ALL = {**malice.EXPRESSIONS, **malice.MODELS}
#: How taking a model in says that something of it was taken out.
LEFT = {"condition.language", "import.script", "import.timer", "import.loop", "import.by_hand"}


@pytest.fixture(autouse=True)
def _nothing_was_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.chdir(tmp_path)
    yield
    assert list(tmp_path.iterdir()) == []


def found(content: Callable[[], Folder]) -> list[tuple[str, str]]:
    """(place, code) of everything that keeps the folder from being published; a folder may not even be one."""
    try:
        return [(finding.place, finding.code) for finding in gates.structure(content(), capabilities={}).errors]
    except ProcedureRejected as refusal:
        return [(finding.place, finding.code) for finding in refusal.findings]


@pytest.mark.parametrize("kind", ALL)
def test_a_harmful_model_is_refused_when_checked(kind: str) -> None:
    content, code = ALL[kind]
    codes = {code for _, code in found(lambda: folder.of(malice.folder_of(content).items()))}
    assert codes & {code, "folder.too_large"} != set()


@pytest.mark.parametrize("kind", ALL)
def test_a_harmful_model_that_is_taken_in_has_lost_its_harm_or_is_refused(kind: str) -> None:
    content, code = ALL[kind]
    try:
        taken = importing.read(content, code="harm", title="Mẫu")
    except ProcedureRejected as refusal:
        assert code in {finding.code for finding in refusal.findings}
        return
    told = {finding.code for finding in taken.findings}
    if not taken.is_runnable:
        assert code in told
        return
    loaded = model.load(taken.folder.files["harm.bpmn"], "taken")
    spoken = (*loaded.vocabulary.expressions, *loaded.vocabulary.scripts)
    assert [text for text in spoken if "__" in text] == []
    assert told & LEFT or found(lambda: taken.folder) != []


@pytest.mark.parametrize("kind", malice.FILES)
def test_harm_beside_the_model_is_refused_when_checked(kind: str) -> None:
    path, content, place, code = malice.FILES[kind]
    files = {**malice.folder_of(malice.HARMLESS), path: content}
    assert (place, code) in found(lambda: folder.of(files.items()))


def test_what_all_this_is_put_around_is_harmless() -> None:
    assert found(lambda: folder.of(malice.folder_of(malice.HARMLESS).items())) == []


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("../harm.bpmn", "folder.path", id="out of the folder"),
        pytest.param("/etc/harm.bpmn", "folder.path", id="from the root"),
        pytest.param("forms/../../harm.yaml", "folder.path", id="out through a folder"),
        pytest.param("C:\\harm.bpmn", "folder.path", id="another system's root"),
    ],
)
def test_a_zip_that_writes_elsewhere_is_refused(name: str, code: str) -> None:
    packed = malice.zip_of({**malice.folder_of(malice.HARMLESS), name: b"x"})
    assert [code for _, code in found(lambda: folder.read(packed))] == [code]


def test_a_zip_that_unpacks_to_a_hundred_megabytes_is_refused() -> None:
    packed = malice.bomb()
    assert len(packed) < 200_000
    assert found(lambda: folder.read(packed)) == [("README.md", "folder.too_large")]
