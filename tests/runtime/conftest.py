"""A desk in this process, on both databases, run until it is empty: no sockets, no sleeps."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store.database import Database
from tests.runtime.desk import Desk


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "gateway.db"
    Database.open(f"sqlite:///{path}", files=path.parent / "content").close()
    return path


def _migrate(url: str) -> None:
    Database.open(url, files=Path("/nonexistent")).close()


@pytest.fixture
def sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    shutil.copy(migrated_sqlite, tmp_path / "gateway.db")
    return f"sqlite:///{tmp_path / 'gateway.db'}"


@pytest.fixture
def migrated_postgres_url(request: pytest.FixtureRequest) -> Iterator[str]:
    cluster = request.getfixturevalue("postgres_cluster")
    name = cluster.create(cluster.template("runtime", _migrate))
    yield cluster.url(name)
    cluster.drop(name)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    """The address of a database with the newest schema and nothing in it."""
    fixture = "sqlite_url" if request.param == "sqlite" else "migrated_postgres_url"
    chosen: str = request.getfixturevalue(fixture)
    return chosen


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def sqlite_desk(sqlite_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(sqlite_url, tmp_path)
    yield made
    made.close()


@pytest.fixture
def postgres_desk(migrated_postgres_url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(migrated_postgres_url, tmp_path)
    yield made
    made.close()
