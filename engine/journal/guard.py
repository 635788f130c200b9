"""What the database itself refuses: changing or removing a journal entry, and moving a chain's end backwards (R38).

SQLite and PostgreSQL get triggers of the same names. The migration creates them; so does a test that makes its own tables.
"""

from sqlalchemy.engine import Connection

_REFUSAL = "journal is append-only"

_SQLITE = (
    *(
        f"CREATE TRIGGER IF NOT EXISTS journal_entry_no_{verb.lower()} BEFORE {verb} ON journal_entry "
        f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
        for verb in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE removes the former row without asking the delete trigger
    "CREATE TRIGGER IF NOT EXISTS journal_entry_no_replace BEFORE INSERT ON journal_entry "
    "WHEN EXISTS (SELECT 1 FROM journal_entry WHERE agency_id = NEW.agency_id AND number = NEW.number) "
    "BEGIN SELECT RAISE(ABORT, 'journal is append-only'); END",
    "CREATE TRIGGER IF NOT EXISTS journal_head_no_delete BEFORE DELETE ON journal_head "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
    "CREATE TRIGGER IF NOT EXISTS journal_head_forward BEFORE UPDATE ON journal_head "
    "WHEN NEW.number <= OLD.number OR NEW.agency_id <> OLD.agency_id "
    f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END",
)

_POSTGRESQL = (
    "CREATE OR REPLACE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'insufficient_privilege'; END $$",
    "CREATE OR REPLACE TRIGGER journal_entry_no_change BEFORE UPDATE OR DELETE ON journal_entry "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE OR REPLACE TRIGGER journal_entry_no_truncate BEFORE TRUNCATE ON journal_entry "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    "CREATE OR REPLACE TRIGGER journal_head_no_delete BEFORE DELETE ON journal_head "
    "FOR EACH ROW EXECUTE FUNCTION journal_refuse()",
    "CREATE OR REPLACE TRIGGER journal_head_no_truncate BEFORE TRUNCATE ON journal_head "
    "FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()",
    "CREATE OR REPLACE TRIGGER journal_head_forward BEFORE UPDATE ON journal_head "
    "FOR EACH ROW WHEN (NEW.number <= OLD.number OR NEW.agency_id <> OLD.agency_id) EXECUTE FUNCTION journal_refuse()",
)


def statements(dialect: str) -> tuple[str, ...]:
    """The SQL of the guards for ``sqlite`` or ``postgresql`` (14 or later)."""
    return _SQLITE if dialect == "sqlite" else _POSTGRESQL


def create_guards(connection: Connection) -> None:
    """Create the triggers on this connection's database, inside its transaction. Running it again changes nothing."""
    for statement in statements(connection.dialect.name):
        connection.exec_driver_sql(statement)
