"""Fixtures that every test may use, and what is said of tests that could not run."""

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from _pytest.terminal import TerminalReporter

from tests import servers

# Which servers a fixture stands for; a test that uses it gets the marker of that name.
SERVER_OF_FIXTURE = {
    "postgres_cluster": "postgres",
    "dovecot": "dovecot",
    "smtp_sink": "postfix",
    "smtp_source": "postfix",
}
MISSING: dict[str, Callable[[], str | None]] = {
    "postgres": servers.missing_postgres,
    "dovecot": servers.missing_dovecot,
    "postfix": servers.missing_postfix,
}
LEFT_OUT = "left out: "
SLOW_ROOMS = ("store", "runtime", "e2e")  # in this order, after everything else

hypothesis.settings.register_profile("default", deadline=None)
hypothesis.settings.register_profile("fuzz", deadline=None, max_examples=20_000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in SERVER_OF_FIXTURE:
                item.add_marker(SERVER_OF_FIXTURE[fixture])
    items.sort(key=_slowness)


def _slowness(item: pytest.Item) -> tuple[int, bool]:
    """Quick tests first, so that a simple mistake shows at once."""
    rooms = item.path.relative_to(item.config.rootpath).parts
    room = next((n for n, name in enumerate(SLOW_ROOMS, 1) if name in rooms), 0)
    return room, any(item.get_closest_marker(server) for server in MISSING)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave a test out when its server is missing; in CI, where nothing may be missing, fail."""
    for server, missing in MISSING.items():
        if item.get_closest_marker(server) and (reason := missing()):
            if os.environ.get("CI", "").lower() in ("1", "true"):
                pytest.fail(f"{server} must be there in CI: {reason}", pytrace=False)
            pytest.skip(LEFT_OUT + reason)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    left_out: dict[str, list[str]] = {}
    for report in terminalreporter.getreports("skipped"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        if LEFT_OUT in reason:
            left_out.setdefault(reason.split(LEFT_OUT, 1)[1], []).append(report.nodeid)
    for reason, tests in left_out.items():
        terminalreporter.section(f"left out ({len(tests)}): {reason}", yellow=True)
        for test in sorted(tests):
            terminalreporter.line(test)


@pytest.fixture(autouse=True)
def _core_is_pure(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of the core may open a socket or wait."""
    if Path(__file__).parent / "core" not in request.path.parents:
        return

    def forbidden(*_args: object, **_options: object) -> None:
        raise AssertionError("the core is pure: its tests open no socket and do not sleep")

    monkeypatch.setattr(socket, "socket", forbidden)
    monkeypatch.setattr("time.sleep", forbidden)


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[servers.PostgresCluster]:
    """One PostgreSQL for each pytest process, started when the first test asks for it."""
    with servers.postgres_cluster() as cluster:
        yield cluster


@pytest.fixture
def postgres_url(postgres_cluster: servers.PostgresCluster) -> Iterator[str]:
    """The SQLAlchemy address of an empty database that only this test has."""
    name = postgres_cluster.create()
    yield postgres_cluster.url(name)
    postgres_cluster.drop(name)


@pytest.fixture(scope="session")
def dovecot() -> Iterator[servers.Dovecot]:
    """One IMAP server for each pytest process; take a `new_user()` of your own."""
    with servers.dovecot_server() as server:
        yield server


@pytest.fixture
def smtp_sink() -> Iterator[servers.SmtpSink]:
    """A foreign mail server that keeps what it is sent."""
    with servers.smtp_sink() as sink:
        yield sink


@pytest.fixture(scope="session")
def smtp_source() -> Callable[..., float]:
    """`servers.smtp_source`, for a test that then counts as one that needs Postfix."""
    return servers.smtp_source


@pytest.fixture
def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on."""
    return servers.free_port()
