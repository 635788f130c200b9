"""Effective settings, read from ``QUYTRINH_*`` in the environment and nowhere else."""

import os
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEMO_SECRET = "demo-only-not-a-secret"  # noqa: S105 - refused in production

#: What may stand before ``://`` in ``QUYTRINH_DATABASE_URL``.
DATABASES = ("sqlite", "postgresql", "postgresql+psycopg", "postgres")


class UnsafeSettings(Exception):
    """A start that must not happen; the message names the setting."""


@dataclass(frozen=True)
class Settings:
    """One process's settings. ``environment`` is ``demo`` (default) or ``production``."""

    database_url: str
    data_dir: Path
    secret_key: str = field(repr=False, default=DEMO_SECRET)
    base_url: str = "http://127.0.0.1:8000"
    mail_url: str = ""
    #: Address of clamd, ``host:port`` or the path of its socket; empty: uploads are not scanned.
    scanner: str = ""
    environment: str = "demo"
    is_testing: bool = False

    @property
    def is_production(self) -> bool:
        """Whether demo conveniences (known password, default secret) are refused."""
        return self.environment == "production"


def load() -> Settings:
    """Settings of this process. Refuses an unknown database and unsafe production settings with ``UnsafeSettings``."""
    data_dir = Path(os.environ.get("QUYTRINH_DATA_DIR") or ROOT / "var")
    settings = Settings(
        database_url=os.environ.get("QUYTRINH_DATABASE_URL") or f"sqlite:///{data_dir / 'quytrinh.db'}",
        data_dir=data_dir,
        secret_key=os.environ.get("QUYTRINH_SECRET_KEY") or DEMO_SECRET,
        base_url=(os.environ.get("QUYTRINH_BASE_URL") or "http://127.0.0.1:8000").rstrip("/"),
        mail_url=os.environ.get("QUYTRINH_MAIL_URL", ""),
        scanner=os.environ.get("QUYTRINH_SCANNER", ""),
        environment=os.environ.get("QUYTRINH_ENV") or "demo",
        is_testing=os.environ.get("QUYTRINH_TESTING") == "1",
    )
    refuse_unsafe(settings)
    return settings


def refuse_unsafe(settings: Settings) -> None:
    """Raise ``UnsafeSettings`` for a database of another kind, and where a production start would be unsafe (R32)."""
    if settings.database_url.partition("://")[0] not in DATABASES:
        raise UnsafeSettings("QUYTRINH_DATABASE_URL phải bắt đầu bằng sqlite:/// hoặc postgresql://: sửa rồi gọi lại.")
    if not settings.is_production:
        return
    if settings.secret_key == DEMO_SECRET or len(settings.secret_key) < 32:
        raise UnsafeSettings("QUYTRINH_SECRET_KEY phải được đặt, ít nhất 32 ký tự.")
    switches = [name for name in ("QUYTRINH_TESTING", "QUYTRINH_TEST_CLOCK", "QUYTRINH_FAIL") if os.environ.get(name)]
    if switches:
        raise UnsafeSettings(f"Không được bật {', '.join(switches)} khi QUYTRINH_ENV=production.")
