"""Searching at a million dossiers, on both kinds of databases: what a clerk of one office types, and an inspector of all."""

import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from engine import assembly, db, transaction
from engine.dossiers import queries, search
from engine.dossiers.queries import Filter
from engine.people import directory
from engine.people.actors import Actor, actor_of
from engine.text import fold
from tests.bench import filling, offices, places
from tests.bench.filling import Plan

DOSSIERS = 1_000_000
OFFICES = 20
#: Different searches of each person; each is made once, as people do.
SEARCHES = 60
_COMMON = ("nguyễn", "tran", "dang ky", "thi", "khai sinh", "văn", "2611", "h31", "ng", "mai thi")


def measure(place: Path, _rounds: int) -> dict[str, float]:
    """95th percentile in ms of a first page of the dossiers found, on each database, and the larger of the two without a name."""
    found: dict[str, float] = {}
    for kind in ("sqlite", "postgresql"):
        with places.database(kind, place, "search", "office") as url:
            filling.fill(url, Plan(DOSSIERS, offices=OFFICES))
            found |= {f"search.{name}.{kind}": value for name, value in on(url).items()}
    found["search.p95_ms"] = max(found[f"search.p95_ms.{kind}"] for kind in ("sqlite", "postgresql"))
    return found


def on(url: str) -> dict[str, float]:
    """The measure on one filled database."""
    assembly.assemble()
    engine = db.create_engine(url)
    sessions = transaction.use_engine(engine)
    times: dict[str, list[float]] = {"clerk": [], "inspector": []}
    for login, kept in times.items():
        actor = _actor(login)
        list_of(actor, "nguyễn văn an")  # what is compiled and remembered once is no part of it
        kept += [_timed(list_of, actor, query) for query in typed(seed=3)]
    whole = [_timed(_everything, _actor("clerk"), query) for query in typed(seed=4)]
    sessions.remove()
    engine.dispose()
    every = [ms for kept in times.values() for ms in kept]
    return {
        "p95_ms": _p95(every),
        "median_ms": statistics.median(every),
        "clerk_p95_ms": _p95(times["clerk"]),
        "inspector_p95_ms": _p95(times["inspector"]),
        "page_p95_ms": _p95(whole),
    }


def typed(seed: int) -> list[str]:
    """What people type: names with and without diacritics, in any order, half typed; numbers; words that half the dossiers hold."""
    chance = random.Random(seed)
    people = offices.citizens(seed=1)
    found = list(_COMMON)
    while len(found) < SEARCHES:
        one = chance.choice(people)
        words = one.name.split()
        shuffled = chance.sample(words, len(words))
        shapes = (
            one.name,
            fold(one.name),
            fold(" ".join(shuffled)),
            " ".join((*words[:-1], words[-1][:2])),
            fold(" ".join(words[1:])),
            one.id_number,
            one.id_number[:8],
            f"{one.name} khai sinh",
        )
        found.append(chance.choice(shapes))
    return found


def list_of(actor: Actor, query: str) -> int:
    """Read one page; how many stand on it."""
    return len(queries.listing(Filter(query), for_=actor, limit=30).items)


def _everything(actor: Actor, query: str) -> int:
    return len(search.everything(query, for_=actor, limit=30).dossiers.items)


def _timed(read: Callable[[Actor, str], int], actor: Actor, query: str) -> float:
    started = time.perf_counter()
    read(actor, query)
    took = (time.perf_counter() - started) * 1000
    transaction.session().rollback()
    transaction.session().expunge_all()
    return took


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _actor(login: str) -> Actor:
    person = directory.by_login(login)
    if person is None:
        raise RuntimeError(f"the demo office has no {login}")
    return actor_of(person)
