"""The words cases are found by, kept beside them for the databases' full-text indexes."""

import uuid

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column

from engine.db import Base


class CaseSearch(Base):
    """The lexemes of one case (``search_words``).

    The index itself is each database's own and stands in the migration: GIN on PostgreSQL, FTS5 beside the table on SQLite.
    No fence stands around it: behind one PostgreSQL would read every row instead of its index. Its lexemes begin with the key of
    their agency, and nobody is shown a row of it: what is found is read from ``case``, whose fence holds.
    """

    __tablename__ = "case_search"
    __table_args__ = (sa.UniqueConstraint("case_id"),)

    #: Newer cases have larger ones. SQLite: the row of the full-text table; PostgreSQL: ``searching.stretch_of`` the opening,
    #: then a sequence.
    number: Mapped[int] = mapped_column(sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True)
    case_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("case.id"))
    words: Mapped[str] = mapped_column(sa.Text().with_variant(TSVECTOR(), "postgresql"))
