"""Real servers for the tests: each on loopback, in a folder of its own, ended by its pid.

`tests/conftest.py` makes fixtures of them; the benchmarks use them directly. A `missing_…`
function says what keeps a server from being started on this machine, or returns None.
"""

from tests.servers.dovecot import Dovecot, dovecot_server, missing_dovecot
from tests.servers.postfix import SmtpSink, missing_postfix, smtp_sink, smtp_source
from tests.servers.postgres import PostgresCluster, missing_postgres, postgres_cluster
from tests.servers.processes import (
    eventually,
    free_port,
    listens,
    running,
    server_folder,
    wait_until,
)

__all__ = [
    "Dovecot",
    "PostgresCluster",
    "SmtpSink",
    "dovecot_server",
    "eventually",
    "free_port",
    "listens",
    "missing_dovecot",
    "missing_postfix",
    "missing_postgres",
    "postgres_cluster",
    "running",
    "server_folder",
    "smtp_sink",
    "smtp_source",
    "wait_until",
]
