import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from gateway.cli.main import run
from gateway.store.database import Database

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


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """The database that the shell's commands open, too."""
    opened = Database.open(f"sqlite:///{tmp_path}/gateway.db", files=tmp_path / "content")
    yield opened
    opened.close()


Fill = Callable[..., int]
