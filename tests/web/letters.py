"""The letter procedure of the case tests behind the pages: a small one that can be made to fail."""

from engine.cases import capabilities, troubles
from engine.cases.models import Case
from engine.people import agencies, directory
from engine.procedures import folder, publishing
from engine.transaction import transaction
from tests.cases.conftest import LETTER, Office
from tests.clocks import StoppedClock


def publish(clock: StoppedClock) -> Office:
    """Put the letter procedure in force for the demo province."""
    officer, root = directory.by_login("officer"), agencies.root()
    assert officer is not None
    assert root is not None
    with transaction():
        known = capabilities.facts()
        revision = publishing.publish(root.id, folder.read(LETTER), capabilities=known, basis="QĐ 01/QĐ-UBND", by=None)
    division_id = next(position.division_id for position in officer.positions if position.division_id)
    return Office(officer.agency_id, division_id, revision, clock)


def broken(office: Office) -> tuple[Case, str]:
    """A letter at the officer's desk whose capability has failed once; the reference that was told."""
    case = office.to_draft()
    try:
        office.complete(case, "draft", "officer", decision="ask", text="hỏng")
    except troubles.ActFailed as refusal:
        return case, refusal.reference
    raise AssertionError("the capability worked")
