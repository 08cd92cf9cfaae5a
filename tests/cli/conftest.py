import json
import logging
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.cli.main import run
from gateway.store.database import Database
from tests.servers import wait_until

CONFIG = """
[desk]
address = "support@acme.example"
secret = "a-secret-of-the-tests"
timezone = "Europe/Madrid"

[database]
url = "sqlite:///gateway.db"

[[agents]]
name = "Bea Ruiz"
email = "bea@acme.example"
tier = 2
lead = true

[[agents]]
name = "Carla Ruiz"
email = "carla@acme.example"
"""


MAIL = """
[email.listen]
port = {port}

[email.send]
maildir = "out"
"""
ADA = "Ada Byron <ada@example.org>"
SUPPORT = "support@acme.example"


def letter(
    text: str = "It burns.",
    *,
    sender: str = ADA,
    to: str = SUPPORT,
    subject: str = "Printer on fire",
    id: str = "<1@example.org>",
    date: str = "Mon, 05 Jan 2026 09:00:00 +0100",
    **headers: str,
) -> bytes:
    """A plain mail; of ``headers`` a _ stands for -, and empty ones are left out."""
    usual = {"From": sender, "To": to, "Subject": subject, "Message-ID": id, "Date": date}
    usual |= {name.replace("_", "-"): value for name, value in headers.items()}
    head = "".join(f"{name}: {value}\n" for name, value in usual.items() if value)
    return f"{head}\n{text}\n".encode()


@dataclass(frozen=True)
class Ended:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        assert self.status == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """A person at a terminal, with a config of their own."""

    config: Path
    capture: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Ended:
        self.capture.readouterr()
        status = run(["--config", str(self.config), *arguments])
        said = self.capture.readouterr()
        return Ended(status, said.out, said.err)


@pytest.fixture(autouse=True)
def _untouched_logs() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    logging.captureWarnings(False)
    structlog.reset_defaults()


@pytest.fixture
def shell(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    monkeypatch.delenv("GATEWAY_CONFIG", raising=False)
    monkeypatch.delenv("GATEWAY_DEBUG", raising=False)
    config = tmp_path / "gateway.toml"
    config.write_text(CONFIG)
    return Shell(config, capsys)


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with its tables, made once: that takes longer than most commands."""
    folder = tmp_path_factory.mktemp("empty")
    Database.open(f"sqlite:///{folder}/gateway.db", files=folder / "content").close()
    return folder / "gateway.db"


@pytest.fixture
def desk(shell: Shell, free_port: int) -> Shell:
    """A shell whose config has mail in and out."""
    with shell.config.open("a") as config:
        config.write(MAIL.format(port=free_port))
    return shell


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Iterator[Database]:
    """The database that the shell's commands open, too."""
    shutil.copy(empty_database, tmp_path)
    opened = Database.open(f"sqlite:///{tmp_path}/gateway.db", files=tmp_path / "content")
    yield opened
    opened.close()


@contextmanager
def daemon(desk: Shell) -> Iterator[None]:
    """The desk's daemon, while it is ready; it must end well."""
    log = desk.config.with_suffix(".log")
    with log.open("w") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "gateway.cli.main", "--config", str(desk.config), "serve"],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )

    def ready() -> bool:
        assert process.poll() is None, log.read_text()
        return "ready" in log.read_text()

    try:
        wait_until(ready, "the daemon to be ready", 30)
        yield
        process.terminate()
        assert process.wait(30) == 0, log.read_text()
    finally:
        process.kill()
        process.wait()
