"""What Alembic runs for each command; the connection and its transaction belong to ``engine.migrate``."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from engine import failpoints, migrate
from engine.db import UtcDateTime
from engine.tables import metadata


def render_item(kind: str, item: Any, _autogenerate: AutogenContext) -> str | Literal[False]:
    """Write our own column types as plain SQLAlchemy ones, so that a migration never changes with the code."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


def run() -> None:
    """Migrate, or compare for a draft, on the connection handed over."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=metadata,
        render_as_batch=True,
        render_item=render_item,
        include_name=migrate.is_declared,
        compare_server_default=True,
        on_version_apply=lambda **_: failpoints.at("migration_step"),
    )
    with context.begin_transaction():
        context.run_migrations()


run()
