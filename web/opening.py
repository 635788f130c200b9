"""Open the database for a command that runs without pages."""

from sqlalchemy.engine import Engine
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session, scoped_session

from engine import assembly, db, migrate, transaction
from engine.people import agencies
from engine.people.models import Agency
from engine.settings import Settings
from web.refusing import CannotStart


class _Opened:
    """What a command has opened: a process runs one."""

    sessions: scoped_session[Session] | None = None


def raw_engine(settings: Settings) -> Engine:
    """The database as it stands, migrated or not; the folder of a SQLite file is made."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        return db.create_engine(settings.database_url)
    except (ArgumentError, ValueError) as error:
        raise CannotStart(
            "QUYTRINH_DATABASE_URL không đọc được: viết như sqlite:////duong/dan/quytrinh.db hoặc postgresql://ten:matkhau@may/csdl.",
            "QUYTRINH_DATABASE_URL cannot be read: write sqlite:////path/quytrinh.db or postgresql://name:password@host/database.",
        ) from error


def services(settings: Settings) -> Engine:
    """The engine's services ready for use. Refuses (``CannotStart``) a database that does not stand at the newest migration."""
    engine = raw_engine(settings)
    require_head(engine)
    _Opened.sessions = transaction.use_engine(engine)
    assembly.assemble()
    return engine


def close() -> None:
    """Give back what this command's questions hold of the database; nothing where none was opened."""
    if _Opened.sessions is not None:
        _Opened.sessions.remove()
        _Opened.sessions = None


def require_head(engine: Engine) -> None:
    """Refuse a database whose tables are older or newer than this program."""
    if not migrate.is_at_head(engine):
        raise CannotStart(
            "Cơ sở dữ liệu chưa có bảng của bản này: chạy `quytrinh migrate` rồi gọi lại.",
            "The database does not have this version's tables: run `quytrinh migrate`, then call again.",
        )


def agency(code: str | None) -> Agency:
    """The agency a command works for: the one named, else the top of the tree. ``CannotStart`` where there is none."""
    found = agencies.by_code(code) if code else agencies.root()
    if found is None:
        raise CannotStart(
            "Chưa có cơ quan nào: chạy `quytrinh agencies add MÃ TÊN` (hoặc `quytrinh seed demo`) trước.",
            "There is no agency yet: run `quytrinh agencies add CODE NAME` (or `quytrinh seed demo`) first.",
        )
    return found
