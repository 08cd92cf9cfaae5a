"""The real daemon, on both databases, between a real sender and a real receiver."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.gateway import Gateway
from tests.e2e.sink import Sink, open_sink

Make = Callable[..., Gateway]


@pytest.fixture
def sink(tmp_path: Path) -> Iterator[Sink]:
    with open_sink(tmp_path) as opened:
        yield opened


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'gateway.db'}"
    address: str = request.getfixturevalue("postgres_url")
    return address


@pytest.fixture
def make(tmp_path: Path, sink: Sink) -> Iterator[Make]:
    """Makes desks; what still runs at the end is ended."""
    made: list[Gateway] = []

    def build(**fields: Any) -> Gateway:
        given: dict[str, Any] = {
            "folder": tmp_path,
            "url": f"sqlite:///{tmp_path / 'gateway.db'}",
            "relay": sink.port,
        }
        gateway = Gateway(**given | fields)
        made.append(gateway)
        return gateway

    yield build
    for gateway in made:
        if gateway.process is not None and gateway.process.poll() is None:
            gateway.process.kill()
            gateway.process.wait()


@pytest.fixture
def gateway(make: Make, url: str) -> Iterator[Gateway]:
    """A desk whose daemon runs."""
    with make(url=url).running() as running:
        yield running


@pytest.fixture
def light(make: Make) -> Iterator[Gateway]:
    """The same on SQLite alone, where the database makes no difference."""
    with make().running() as running:
        yield running
