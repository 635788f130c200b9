"""The web's database sessions: Flask-SQLAlchemy over the engine's own tables and the engine's own connection settings."""

from typing import Any

import sqlalchemy as sa
from flask import Flask, has_app_context
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy.orm import Session

from engine import db as engine_db
from engine import transaction
from engine.db import Base
from engine.transaction import Joining


class _Session(Joining, FlaskSession):
    """Flask-SQLAlchemy's session, joining the transaction a door has opened."""


class _Database(SQLAlchemy):
    """Flask-SQLAlchemy, at the two places where it would make things of its own."""

    def _make_declarative_base(self, model_class: Any, disable_autonaming: bool = False) -> Any:
        # The extension would copy the base class with its type map, which SQLAlchemy 2.1 refuses; the engine's serves as it is.
        Base.metadata.info["bind_key"] = None
        self.metadatas[None] = Base.metadata
        return Base

    def _make_engine(self, bind_key: str | None, options: dict[str, Any], app: Flask) -> sa.Engine:
        # Ours carries what R18 and R19 ask of every connection.
        return engine_db.create_engine(app.config["SQLALCHEMY_DATABASE_URI"])


#: One for the process; its session belongs to the running request.
database = _Database(model_class=Base, session_options={"expire_on_commit": False, "class_": _Session})


def bind(app: Flask, url: str) -> None:
    """Give ``app`` the database at ``url``, and the engine's services its sessions.

    Inside a request it is the request's session; outside (a worker's thread beside the pages) one for each thread.
    """
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    database.init_app(app)
    with app.app_context():
        outside = transaction.sessions_of(database.engine)

    def current() -> Session:
        return database.session() if has_app_context() else outside()

    transaction.use(current)
