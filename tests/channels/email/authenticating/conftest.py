from collections.abc import Iterator

import pytest

from tests.servers.dns import DnsServer, dns_server


@pytest.fixture(scope="session")
def _one_dns_server() -> Iterator[DnsServer]:
    with dns_server() as server:
        yield server


@pytest.fixture
def dns_zone(_one_dns_server: DnsServer) -> DnsServer:
    """A name server that knows nothing yet."""
    server = _one_dns_server
    server.records.clear()
    server.failures.clear()
    server.asked.clear()
    return server
