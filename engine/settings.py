"""Effective settings, read from ``QUYTRINH_*`` in the environment and nowhere else."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from engine import failpoints

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
    #: The only hosts webhooks may go to; empty: any public one.
    webhook_hosts: frozenset[str] = frozenset()
    #: What a watching machine must bring to read ``/metrics``; empty: only this machine itself may.
    metrics_token: str = field(repr=False, default="")
    #: Log lines as ``json`` or ``text``; empty: JSON in production, in the demo only problems, as text.
    log: str = ""
    environment: str = "demo"
    is_testing: bool = False
    #: Whether webhooks may go to this machine itself, unencrypted: in tests alone.
    is_loopback_allowed: bool = False

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
        webhook_hosts=frozenset(os.environ.get("QUYTRINH_WEBHOOK_HOSTS", "").replace(",", " ").lower().split()),
        metrics_token=os.environ.get("QUYTRINH_METRICS_TOKEN", ""),
        log=os.environ.get("QUYTRINH_LOG", ""),
        environment=os.environ.get("QUYTRINH_ENV") or "demo",
        is_testing=os.environ.get("QUYTRINH_TESTING") == "1",
        is_loopback_allowed=all(os.environ.get(name) == "1" for name in ("QUYTRINH_TESTING", "QUYTRINH_TEST_WEBHOOK_LOOPBACK")),
    )
    refuse_unsafe(settings)
    return settings


def refuse_unsafe(settings: Settings) -> None:
    """Raise ``UnsafeSettings`` for a database of another kind, and where a production start would be unsafe (R32)."""
    if settings.database_url.partition("://")[0] not in DATABASES:
        raise UnsafeSettings("QUYTRINH_DATABASE_URL phải bắt đầu bằng sqlite:/// hoặc postgresql://: sửa rồi gọi lại.")
    if settings.log not in ("", "json", "text"):
        raise UnsafeSettings("QUYTRINH_LOG phải là json hoặc text: sửa rồi gọi lại.")
    if settings.metrics_token and len(settings.metrics_token) < 16:
        raise UnsafeSettings("QUYTRINH_METRICS_TOKEN phải dài ít nhất 16 ký tự.")
    _refuse_unknown_fail_points(settings)
    if not settings.is_production:
        return
    if settings.secret_key == DEMO_SECRET or len(settings.secret_key) < 32:
        raise UnsafeSettings("QUYTRINH_SECRET_KEY phải được đặt, ít nhất 32 ký tự.")
    switches = [name for name in ("QUYTRINH_TESTING", "QUYTRINH_TEST_CLOCK", "QUYTRINH_FAIL") if os.environ.get(name)]
    if switches:
        raise UnsafeSettings(f"Không được bật {', '.join(switches)} khi QUYTRINH_ENV=production.")


def _refuse_unknown_fail_points(settings: Settings) -> None:
    aims = os.environ.get("QUYTRINH_FAIL")
    if not aims or not settings.is_testing:
        return
    try:
        failpoints.read(aims)
    except ValueError as error:
        raise UnsafeSettings("QUYTRINH_FAIL phải viết như before_commit:crash:3, xem engine/failpoints.py.") from error
