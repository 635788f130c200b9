"""While the database is away every door says so, and the processes neither end nor forget who is signed in (R21)."""

import http.client
from pathlib import Path

import pytest

from tests.faults import cluster, installation
from tests.faults.installation import Installation, Plan
from tests.faults.processes import until

pytestmark = [pytest.mark.faults, pytest.mark.postgresql]


def asked(there: Installation, path: str, *, method: str = "GET", **headers: str) -> tuple[int, str]:
    """Status and kind of what is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", there.port, timeout=20)
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, str(answer.headers["Content-Type"]).partition(";")[0]


def test_every_door_says_that_the_database_is_away(tmp_path: Path) -> None:
    with cluster.running() as server:
        server.fill()
        with installation.running(server.url, tmp_path / "there", Plan(web=1, workers=0)) as there:
            bearer = {"Authorization": f"Bearer {there.tokens['clerk']}"}
            before = asked(there, "/api/v1/steps", **bearer)
            server.crash()
            away = {
                "api": asked(there, "/api/v1/steps", **bearer),
                "api act": asked(there, "/api/v1/dossiers", method="POST", **bearer, **{"Content-Type": "application/json"}),
                "page of somebody signed in": asked(there, "/inbox", Cookie="quytrinh=abc"),
                "public page": asked(there, "/tra-cuu/AAAAAAAAAAAAAAAAAAAAAA"),
                "process": asked(there, "/healthz"),
                "readiness": asked(there, "/readyz"),
            }
            server.start()
            until(lambda: asked(there, "/api/v1/steps", **bearer)[0] == 200, "the same process answers again", 20)

    assert before == (200, "application/json")
    assert away == {
        "api": (503, "application/problem+json"),
        "api act": (503, "application/problem+json"),
        "page of somebody signed in": (503, "text/html"),
        "public page": (503, "text/html"),
        "process": (200, "application/json"),
        "readiness": (503, "application/json"),
    }
