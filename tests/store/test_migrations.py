"""The schema is brought up to date once, is what the code says, and a newer one is refused."""

import re
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect

import gateway.store
from gateway.store import migrate
from gateway.store.database import Database
from gateway.store.errors import SchemaTooNewError, StoreError
from gateway.store.schema import metadata
from gateway.store.statements import run


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'deep' / 'down' / 'gateway.db'}"
    url: str = request.getfixturevalue("postgres_url")
    return url


def _ours(name: str | None, kind: str, _parents: object) -> bool:
    """The full-text tables are not tables to SQLAlchemy."""
    return not (kind == "table" and (name or "").startswith(("search_", "alembic_")))


def test_the_migrations_make_what_the_code_expects(database):
    with database.read() as conn:
        options = {"compare_type": True, "include_name": _ours}
        context = MigrationContext.configure(conn, opts=options)
        assert compare_metadata(context, metadata) == []
        indexes = {
            (table, index["name"])
            for table in metadata.tables
            for index in inspect(conn).get_indexes(table)
        }
    expected = {
        (table.name, index.name) for table in metadata.tables.values() for index in table.indexes
    }
    assert expected <= indexes


def test_partial_indexes_are_partial(database):
    """An index that had lost its condition would grow with every message."""
    partial = {
        index.name
        for table in metadata.tables.values()
        for index in table.indexes
        if index.dialect_kwargs.get(f"{database.dialect}_where") is not None
    }
    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
        if database.dialect == "sqlite"
        else "SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%% WHERE %%'"
    )
    with database.read() as conn:
        assert {row[0] for row in run(conn, sql).fetchall()} == partial


def test_the_known_versions_are_those_of_the_migrations():
    folder = Path(gateway.store.__file__).parent / "migrations"
    scripts = ScriptDirectory(str(folder))
    known = [script.revision for script in scripts.walk_revisions()]
    assert tuple(reversed(known)) == migrate.VERSIONS
    assert scripts.get_heads() == [migrate.HEAD]


def test_an_empty_database_is_filled_and_opened_again(empty_url, tmp_path):
    for _ in range(2):
        database = Database.open(empty_url, files=tmp_path / "files")
        with database.read() as conn:
            assert inspect(conn).has_table("ticket")
        database.close()


def test_several_processes_may_start_on_an_empty_database_at_once(empty_url, tmp_path):
    problems: list[BaseException] = []

    def start() -> None:
        try:
            Database.open(empty_url, files=tmp_path / "files").close()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_a_long_migration_of_another_process_is_waited_for(tmp_path, monkeypatch):
    monkeypatch.setattr("gateway.store.engine.BUSY_MS", 20)
    path = tmp_path / "gateway.db"
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("PRAGMA journal_mode=WAL")
    other.execute("BEGIN IMMEDIATE")
    done = threading.Timer(0.3, other.execute, ("COMMIT",))
    done.start()
    try:
        Database.open(f"sqlite:///{path}", files=tmp_path / "files").close()
    finally:
        done.join()
        other.close()


def test_a_newer_schema_is_refused_with_words(url, tmp_path):
    database = Database.open(url, files=tmp_path)
    with database.write() as conn:
        run(conn, "UPDATE alembic_version SET version_num = '9999'")
    database.close()
    for migrates in (True, False):
        with pytest.raises(
            SchemaTooNewError, match=rf"version 9999.*knows {migrate.HEAD}.*newer gateway"
        ):
            Database.open(url, files=tmp_path, migrate=migrates)


def test_without_migrating_an_empty_database_is_refused(empty_url, tmp_path):
    with pytest.raises(StoreError, match=f"schema version None, expected {migrate.HEAD}"):
        Database.open(empty_url, files=tmp_path, migrate=False)


def test_a_migration_that_fails_leaves_nothing_behind(empty_url, tmp_path, monkeypatch):
    def half_done(conn) -> None:
        run(conn, "CREATE TABLE half (done int)")
        raise ZeroDivisionError

    monkeypatch.setattr(migrate, "_run_alembic", half_done)
    with pytest.raises(ZeroDivisionError):
        Database.open(empty_url, files=tmp_path)
    monkeypatch.undo()
    database = Database.open(empty_url, files=tmp_path)
    with database.read() as conn:
        assert not inspect(conn).has_table("half")
    database.close()


def test_alembic_is_not_imported_when_there_is_nothing_to_do(sqlite_database, tmp_path):
    """Importing it takes longer than all the rest of starting."""
    script = (
        "import sys; from pathlib import Path; from gateway.store.database import Database;"
        f"Database.open({str(sqlite_database.url)!r}, files=Path({str(tmp_path)!r})).close();"
        "print([name for name in sys.modules if re.match('alembic|psycopg', name)])"
    )
    found = subprocess.run(
        [sys.executable, "-c", "import re;" + script], capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
    assert not re.search("Traceback", found.stderr)
