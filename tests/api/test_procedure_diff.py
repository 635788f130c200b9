"""What differs between two revisions, as another program reads it."""

from engine.cases import capabilities
from engine.people import agencies
from engine.procedures import folder, publishing
from engine.transaction import transaction
from tests.api.conftest import Office, told
from tests.contents import PROCEDURE
from tests.decisions import DECISION


def test_two_revisions_are_compared(office: Office) -> None:
    files = dict(folder.read(PROCEDURE).files)
    files["procedure.yaml"] = files["procedure.yaml"].replace(b"sign: {term: 4h", b"sign: {term: 6h")
    caller = office("officer")
    with caller.app.app_context(), transaction():
        root = agencies.root()
        assert root is not None
        publishing.publish(root.id, folder.of(files.items()), capabilities=capabilities.facts(), basis=DECISION, by=None)
    assert told(caller.get("/procedures/dossier/diff", **{"from": 1, "to": 2})) == {
        "from_number": 1,
        "to_number": 2,
        "items": [
            {
                "place": "sign",
                "kind": "step",
                "what": "changed",
                "aspect": "term",
                "name": "Ký kết quả",
                "before": "4 giờ",
                "after": "6 giờ",
                "sentence": "Đổi thời hạn của bước “Ký kết quả”: từ “4 giờ” thành “6 giờ”.",
                "old_elements": ["sign"],
                "new_elements": ["sign"],
            }
        ],
        "renamed": {},
    }


def test_a_revision_that_is_not_there_is_not_found(office: Office) -> None:
    told(office("officer").get("/procedures/dossier/diff", **{"from": 1, "to": 9}), 404)
    told(office("officer").get("/procedures/dossier/diff", to=1), 422)
