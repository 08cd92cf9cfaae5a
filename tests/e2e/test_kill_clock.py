"""``kill -9`` at random moments while deadlines come: no reminder is lost, none comes twice.

GATEWAY_TEST_KILLS says how often in all tests of this kind (50), GATEWAY_TEST_SEED repeats a run.
"""

from collections import Counter
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest

from gateway.app import App, read_config
from gateway.core.events import AgentActed
from gateway.core.model import State
from gateway.core.ports import Incoming
from gateway.runtime import actions
from gateway.store import inbox, outbox, tickets
from gateway.store.database import Database
from gateway.store.outbox import OutboxState
from tests.e2e.conftest import Make
from tests.e2e.gateway import BEA, SUPPORT, Gateway
from tests.e2e.sink import Sink
from tests.e2e.test_kill import KILLS, SEED, kill_at_random, opened, until_empty
from tests.runtime.desk import mail
from tests.servers import wait_until

pytestmark = pytest.mark.soak
TICKETS = 40
KILLED = max(4, KILLS // 4)
UNTIL_RESOLVED = 240.0  # seconds
DESK = """
remind_requester = ["2s", "5s"]
resolve_unanswered = "9s"
remind_promise = "4s"
caps = { overall = 1000 }
"""
_serial = count(1)


def waiting_tickets(gateway: Gateway) -> None:
    """Tickets that were answered with a question, and that somebody promised to look after."""
    app = App(loaded=read_config(gateway.config, {}))
    database = app.open_database()
    try:
        worker = app.worker(database, careful=0)
        with database.write() as conn:
            inbox.accept_many(conn, [_mail() for _ in range(TICKETS)])
        worker.drain()
        for number in range(1, TICKETS + 1):
            act(app, database, number, "pending", "promise 6s", text="Which printer is it?")
    finally:
        database.close()


def _mail() -> Incoming:
    own = next(_serial)
    raw = mail(f"It burns, says {own}.", from_=f"a{own}@example.org", subject=f"Printer {own}")
    return Incoming(
        channel="email",
        external_id=f"kill-{own}",
        raw=raw,
        received_at=datetime.now(UTC),
        envelope={"v": 1, "from": f"a{own}@example.org", "to": [SUPPORT]},
        lane="",
    )


def act(app: App, database: Database, number: int, *commands: str, text: str) -> None:
    def now() -> datetime:
        return datetime.now(UTC)

    event = AgentActed(agent=BEA, ticket=number, commands=commands, text=text, at=now())
    assert actions.do(database, app.handler, event, now).refused == ()


def all_resolved(database: Database) -> bool:
    with database.read() as conn:
        return {t.state for t in tickets.listing(conn)} == {State.RESOLVED}


def account_for_reminders(database: Database, sink: Sink) -> None:
    """Every ticket: one reminder or two, then that it is resolved; and its promise was due once."""
    with database.read() as conn:
        rows = outbox.rows(conn)
        odd = inbox.rows(conn, failed=True, held=True)
    assert odd == []
    assert {row.state for row in rows} == {OutboxState.SENT}
    told = Counter((row.ticket, row.kind) for row in rows)
    for number in range(1, TICKETS + 1):
        assert told[number, "waiting"] in (1, 2), number
        assert told[number, "resolved"] == 1, number
        assert told[number, "reminder"] <= 1, number
        assert told[number, "overdue"] <= 1, number
    arrived = {received.message_id for received in sink.received()}
    assert arrived == {row.message_id for row in rows}


def play(gateways: list[Gateway], sink: Sink, capsys: pytest.CaptureFixture[str]) -> None:
    waiting_tickets(gateways[0])
    for gateway in gateways:
        gateway.start()
    kill_at_random(gateways, KILLED)
    for gateway in gateways:
        gateway.wait_ready()
    with opened(gateways[0]) as database:
        wait_until(lambda: all_resolved(database), "all to be resolved", UNTIL_RESOLVED)
        until_empty(database)
        for gateway in gateways:
            assert gateway.stop() == 0
        account_for_reminders(database, sink)
    with capsys.disabled():
        print(f"\n{KILLED} kills, seed {SEED}: {TICKETS} tickets reminded and resolved, once each")


@pytest.mark.xdist_group("kill-sqlite")
def test_reminders_of_one_process_on_sqlite(
    make: Make, sink: Sink, capsys: pytest.CaptureFixture[str]
):
    play([make(extra={"desk": DESK})], sink, capsys)


@pytest.mark.postgres
@pytest.mark.xdist_group("kill-postgresql")
def test_reminders_of_three_processes_on_postgresql(
    make: Make, postgres_url: str, tmp_path: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
):
    names = ("one", "two", "three")
    made = [make(url=postgres_url, name=name, extra={"desk": DESK}) for name in names]
    play(made, sink, capsys)
