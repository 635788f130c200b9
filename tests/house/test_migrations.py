"""A migration says itself what it changes: it must still do the same when the models have moved on."""

import re

from tests.house import source

_MODELS = re.compile(r"engine\.tables|engine\.\w+\.models|engine\.\w+ import models|create_all")


def test_no_migration_reads_the_models() -> None:
    migrations = [path for path in source.files("engine/migrations/versions") if path.suffix == ".py"]

    assert [source.name(path) for path in migrations if _MODELS.search(path.read_text(encoding="utf-8"))] == []


def test_migrations_are_numbered_without_holes() -> None:
    numbers = [path.name[:4] for path in source.files("engine/migrations/versions") if path.suffix == ".py"]

    assert numbers == [f"{number:04d}" for number in range(1, len(numbers) + 1)]
    assert numbers != []
