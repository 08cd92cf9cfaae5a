"""Every test of the store runs on both databases, each time on a fresh copy of a migrated one."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.database import Database


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "gateway.db"
    Database.open(f"sqlite:///{path}", files=path.parent / "files").close()
    return path


def _migrate(url: str) -> None:
    Database.open(url, files=Path("/nonexistent")).close()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with the newest schema and nothing in it."""
    if request.param == "sqlite":
        source = request.getfixturevalue("migrated_sqlite")
        shutil.copy(source, tmp_path / "gateway.db")
        yield f"sqlite:///{tmp_path / 'gateway.db'}"
        return
    cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create(cluster.template("store", _migrate))
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture
def database(url: str, tmp_path: Path) -> Iterator[Database]:
    database = Database.open(url, files=tmp_path / "files")
    yield database
    database.close()


@pytest.fixture
def sqlite_database(migrated_sqlite: Path, tmp_path: Path) -> Iterator[Database]:
    """For what SQLite alone has: files beside the database, and one writer."""
    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    database = Database.open(f"sqlite:///{tmp_path / 'gateway.db'}", files=tmp_path / "files")
    yield database
    database.close()


@pytest.fixture
def other(url: str, tmp_path: Path) -> Iterator[Database]:
    """The same database as another process sees it."""
    database = Database.open(url, files=tmp_path / "files")
    yield database
    database.close()


@pytest.fixture(
    scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]
)
def property_database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """One database for all examples of a property: they use names of their own, or clean up."""
    folder = tmp_path_factory.mktemp("property")
    if request.param == "sqlite":
        database = Database.open(f"sqlite:///{folder / 'gateway.db'}", files=folder / "files")
        yield database
        database.close()
        return
    cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create(cluster.template("store", _migrate))
    database = Database.open(cluster.url(name), files=folder / "files")
    yield database
    database.close()
    cluster.drop(name)
