"""A checked folder becomes one immutable revision; the nearest agency's revision is the one that runs."""

import base64
import json
import uuid
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from engine.cases.capabilities import Capability
from engine.errors import Conflict, NotFound, ProcedureRejected
from engine.journal.models import JournalEntry
from engine.people import agencies
from engine.procedures import catalogue, definition, publishing
from engine.procedures.folder import Folder
from engine.procedures.models import Procedure, ProcedureRevision
from engine.transaction import session, transaction
from tests.decisions import DECISION

BASIS = str(DECISION)


@pytest.fixture
def chain(db: Engine) -> list[uuid.UUID]:
    """A commune and its province, nearest first."""
    with transaction():
        province = agencies.create("H31", "UBND thành phố Hải Phòng", "province")
        commune = agencies.create("H31.12", "UBND phường Đằng Lâm", "commune", parent=province)
        return [commune.id, province.id]


@pytest.fixture
def publish(known: Mapping[str, Capability]) -> Callable[[uuid.UUID, Folder], ProcedureRevision]:
    """Publish a folder at an agency."""

    def act(agency_id: uuid.UUID, folder: Folder) -> ProcedureRevision:
        with transaction():
            return publishing.publish(agency_id, folder, capabilities=known, basis=DECISION, by=None)

    return act


Publish = Callable[[uuid.UUID, Folder], ProcedureRevision]
Change = Callable[[str, str, str], Folder]


def published(agency_id: uuid.UUID) -> list[str]:
    query = sa.select(JournalEntry.kind).where(JournalEntry.agency_id == agency_id, JournalEntry.kind.like("procedure.%"))
    return list(session().scalars(query))


def test_publish_keeps_the_folder_to_the_byte(chain: list[uuid.UUID], publish: Publish, dossier: Folder) -> None:
    revision = publish(chain[1], dossier)
    session().expire_all()
    kept = {path: base64.b64decode(content) for path, content in revision.files.items()}
    assert (revision.number, revision.state, revision.sha256, revision.approval_basis) == (1, "effective", dossier.sha256, BASIS)
    assert (kept, revision.procedure.title, published(chain[1])) == (
        dict(dossier.files),
        "Tiếp nhận, giải quyết hồ sơ và trả kết quả theo cơ chế một cửa",
        ["procedure.published"],
    )


def test_publish_again_changes_nothing(chain: list[uuid.UUID], publish: Publish, dossier: Folder) -> None:
    first, second = publish(chain[1], dossier), publish(chain[1], dossier)
    assert (second.id, published(chain[1])) == (first.id, ["procedure.published"])


def test_publish_a_change_makes_the_former_obsolete(
    chain: list[uuid.UUID], publish: Publish, dossier: Folder, changed: Change
) -> None:
    first = publish(chain[1], dossier)
    second = publish(chain[1], changed("procedure.yaml", "term: 16h", "term: 24h"))
    session().expire_all()
    states = [(revision.number, revision.state) for revision in catalogue.revisions(second.procedure)]
    assert states == [(2, "effective"), (1, "obsolete")]
    assert catalogue.current("dossier", chain).id == second.id
    assert [definition.of(revision).steps["process"].term_minutes for revision in (first, second)] == [960, 1440]
    catalogue.require_effective(second)
    with pytest.raises(Conflict):
        catalogue.require_effective(first)


def test_publish_back_to_an_older_folder_is_a_new_revision(
    chain: list[uuid.UUID], publish: Publish, dossier: Folder, changed: Change
) -> None:
    numbers = [publish(chain[1], folder).number for folder in (dossier, changed("README.md", "Mục đích", "Ý nghĩa"), dossier)]
    assert numbers == [1, 2, 3]


@pytest.mark.parametrize("basis", ["", "  "])
def test_publish_refuses_without_basis(
    chain: list[uuid.UUID], known: Mapping[str, Capability], dossier: Folder, basis: str
) -> None:
    with pytest.raises(ProcedureRejected) as refusal, transaction():
        publishing.publish(chain[1], dossier, capabilities=known, basis=basis, by=None)
    assert [finding.code for finding in refusal.value.findings] == ["basis.missing"]


def test_publish_refuses_a_change_of_what_runs_without_approval_or_decision(
    chain: list[uuid.UUID], known: Mapping[str, Capability], publish: Publish, dossier: Folder, changed: Change
) -> None:
    commune, province = chain
    publish(province, dossier)
    for agency_id in (province, commune):
        with pytest.raises(ProcedureRejected) as refusal, transaction():
            publishing.publish(
                agency_id, changed("README.md", "Mục đích", "Ý nghĩa"), capabilities=known, basis="Theo lệ", by=None
            )
        assert [finding.code for finding in refusal.value.findings] == ["basis.decision"]
    assert (published(province), published(commune)) == (["procedure.published"], [])


def test_the_decision_that_replaced_a_revision_is_journalled(
    chain: list[uuid.UUID], publish: Publish, dossier: Folder, changed: Change
) -> None:
    publish(chain[1], dossier)
    publish(chain[1], changed("README.md", "Mục đích", "Ý nghĩa"))
    query = sa.select(JournalEntry.content).where(JournalEntry.kind == "procedure.published").order_by(JournalEntry.number)
    told = [json.loads(content) for content in session().scalars(query)]
    assert [entry["decision"] for entry in told] == [{"number": "02/QĐ-UBND", "on": "2026-01-05", "signer": DECISION.signer}] * 2
    assert [(entry["basis"], entry.get("former")) for entry in told] == [(BASIS, None), (BASIS, 1)]


def test_publish_refuses_findings_and_writes_nothing(chain: list[uuid.UUID], publish: Publish, changed: Change) -> None:
    with pytest.raises(ProcedureRejected):
        publish(chain[1], changed("procedure.yaml", "status: received", "status: recieved"))
    assert (list(session().scalars(sa.select(Procedure))), published(chain[1])) == ([], [])


def test_catalogue_prefers_the_nearest_agency(chain: list[uuid.UUID], publish: Publish, dossier: Folder, changed: Change) -> None:
    commune, province = chain
    shared = publish(province, dossier)
    assert catalogue.current("dossier", chain).id == shared.id
    own = publish(commune, changed("procedure.yaml", "title: Tiếp nhận", "title: Quy trình tiếp nhận"))
    assert catalogue.current("dossier", chain).id == own.id
    assert catalogue.current("dossier", [province]).id == shared.id
    assert [procedure.agency_id for procedure in catalogue.listing(chain)] == [commune]
    assert catalogue.get_number("dossier", 1, chain).id == own.id


def test_catalogue_refuses_what_is_not_there(chain: list[uuid.UUID]) -> None:
    for ask in (
        lambda: catalogue.current("dossier", chain),
        lambda: catalogue.get(uuid.uuid4()),
        lambda: catalogue.get_number("dossier", 1, chain),
        lambda: definition.of_id(uuid.uuid4()),
    ):
        with pytest.raises(NotFound):
            ask()


def test_definition_of_a_revision_is_read_once(chain: list[uuid.UUID], publish: Publish, dossier: Folder) -> None:
    revision = publish(chain[1], dossier)
    session().expire_all()
    assert definition.of_id(revision.id) is definition.of(revision) is definition.of_id(revision.id)


def test_definition_of_a_revision_says_what_its_folder_says(chain: list[uuid.UUID], publish: Publish, dossier: Folder) -> None:
    revision = publish(chain[1], dossier)
    kept, written = definition.read(dossier, revision.bpmn), definition.read(dossier)
    assert kept.steps == written.steps
    assert {element: use.capability for element, use in kept.calls.items()} == {
        element: use.capability for element, use in written.calls.items()
    }


def test_publish_by_two_at_once_gives_each_its_number(
    chain: list[uuid.UUID], publish: Publish, dossier: Folder, changed: Change
) -> None:
    folders = [dossier, changed("README.md", "Mục đích", "Ý nghĩa")]
    with ThreadPoolExecutor(2) as people:
        numbers = list(people.map(lambda folder: publish(chain[1], folder).number, folders))
    states = [revision.state for revision in catalogue.revisions(catalogue.current("dossier", chain).procedure)]
    assert (sorted(numbers), states) == ([1, 2], ["effective", "obsolete"])
