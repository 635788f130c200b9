"""Look at an installation as an inspector would: settings in effect, and whether they are safe (R18, R19, R32)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import SQLAlchemyError

from engine import db, migrate
from engine.people import demo, passwords
from engine.people.models import Person
from engine.settings import DEMO_SECRET, Settings
from web import refusing


@dataclass(frozen=True)
class Check:
    """One question and its answer."""

    name: str
    is_good: bool
    answer: str


def effective(settings: Settings) -> Iterator[tuple[str, str]]:
    """Every setting as it takes effect; secrets are never shown."""
    yield "QUYTRINH_ENV", settings.environment
    yield "QUYTRINH_DATABASE_URL", make_url(settings.database_url).render_as_string(hide_password=True)
    yield "QUYTRINH_DATA_DIR", str(settings.data_dir)
    yield "QUYTRINH_BASE_URL", settings.base_url
    yield "QUYTRINH_SECRET_KEY", "mặc định của bản thử" if settings.secret_key == DEMO_SECRET else "đã đặt"
    yield (
        "QUYTRINH_MAIL_URL",
        make_url(settings.mail_url).render_as_string(hide_password=True) if settings.mail_url else "chưa đặt",
    )
    yield "QUYTRINH_SCANNER", settings.scanner or "chưa đặt: tệp tải lên không quét virus"
    yield "QUYTRINH_WEBHOOK_HOSTS", ", ".join(sorted(settings.webhook_hosts)) or "chưa đặt: gửi tới mọi máy công khai"
    yield "QUYTRINH_METRICS_TOKEN", "đã đặt" if settings.metrics_token else "chưa đặt: chỉ máy này đọc được /metrics"
    yield "QUYTRINH_LOG", settings.log or "mặc định"
    yield "QUYTRINH_TESTING", "bật" if settings.is_testing else "tắt"


def checks(settings: Settings) -> list[Check]:
    """Every check; the database ones only where it can be reached."""
    found = [_folder(settings), _address(settings)]
    engine = db.create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            found.append(_durability(connection))
            found.append(_role(connection))
        found.append(_tables(engine))
        if migrate.is_at_head(engine):
            found.append(_passwords(engine, settings))
    except SQLAlchemyError as error:
        found.append(Check("cơ sở dữ liệu", False, f"không kết nối được ({type(error).__name__})"))
    finally:
        engine.dispose()
    return found


def has_demo_password(engine: Engine) -> bool:
    """Whether a demo account can still sign in with the password everybody knows."""
    logins = [login for login, _title, _agency in demo.logins()]
    query = sa.select(Person.password_hash).where(Person.login.in_(logins), Person.is_active, Person.password_hash.is_not(None))
    with engine.connect() as connection:
        hashes = set(connection.scalars(query))
    return any(passwords.is_right(demo.PASSWORD, password_hash) for password_hash in hashes)


def _folder(settings: Settings) -> Check:
    try:
        refusing.check_writable(settings.data_dir)
    except refusing.CannotStart as refusal:
        return Check("thư mục dữ liệu", False, str(refusal).splitlines()[0])
    return Check("thư mục dữ liệu", True, "ghi được")


def _address(settings: Settings) -> Check:
    if settings.is_production and not settings.base_url.startswith("https://"):
        return Check("địa chỉ", False, "QUYTRINH_BASE_URL phải bắt đầu bằng https:// khi chạy thật")
    return Check("địa chỉ", True, settings.base_url)


def loses_what_it_promised(engine: Engine) -> bool:
    """Whether the PostgreSQL server answers before an act is on disk: nobody may serve on such a one (R19)."""
    if engine.dialect.name != "postgresql":
        return False
    with engine.connect() as connection:
        return "off" in {connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("fsync", "synchronous_commit")}


def _durability(connection: Connection) -> Check:
    """What a power cut may cost: nothing that was acknowledged."""
    if connection.dialect.name == "sqlite":
        wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
        ask: Callable[[str], object] = lambda name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()  # noqa: E731
    else:
        wanted = {"fsync": "on", "full_page_writes": "on"}
        ask = lambda name: connection.exec_driver_sql(f"SHOW {name}").scalar()  # noqa: E731
    bad = [f"{name}={ask(name)}" for name, value in wanted.items() if ask(name) != value]
    if connection.dialect.name != "sqlite" and ask("synchronous_commit") == "off":
        bad.append("synchronous_commit=off")
    return Check("ghi bền", not bad, ", ".join(bad) or "mọi giao dịch đã báo xong đều ở trên đĩa")


def _role(connection: Connection) -> Check:
    """Whether the database's own wall between agencies binds us (R43): a superuser walks through it."""
    if connection.dialect.name == "sqlite":
        return Check("tường giữa các cơ quan", True, "SQLite không có; quyền xem do chương trình giữ")
    passes = connection.scalar(sa.text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user"))
    if passes:
        return Check(
            "tường giữa các cơ quan", False, "tài khoản cơ sở dữ liệu là superuser hoặc có BYPASSRLS: dùng tài khoản thường"
        )
    return Check("tường giữa các cơ quan", True, "row-level security có hiệu lực")


def _tables(engine: Engine) -> Check:
    is_good = migrate.is_at_head(engine)
    return Check("bảng dữ liệu", is_good, f"phiên bản {migrate.head()}" if is_good else "chưa mới nhất: chạy `quytrinh migrate`")


def _passwords(engine: Engine, settings: Settings) -> Check:
    is_known = has_demo_password(engine)
    if is_known and (settings.is_production or not _is_loopback(settings)):
        return Check("mật khẩu mẫu", False, "còn tài khoản mẫu với mật khẩu ai cũng biết: ngừng hoặc đổi mật khẩu")
    return Check("mật khẩu mẫu", True, "chỉ dùng trên máy này" if is_known else "không còn")


def _is_loopback(settings: Settings) -> bool:
    return (make_url(settings.base_url).host or "") in ("127.0.0.1", "localhost", "::1")
