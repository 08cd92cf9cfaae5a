"""``kill -9`` while many deadlines come: no reminder is lost, and none comes twice.

GATEWAY_TEST_KILLS says how often in all (12 unless set); GATEWAY_TEST_SEED repeats a run, as far
as threads can be repeated.
"""

import contextlib
import os
import random
import smtplib
import threading
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from gateway.core.clocks import What
from gateway.core.model import EntryKind
from gateway.core.targets import Target
from gateway.store import Connection, deadlines, entries, ledger, outbox, tickets
from gateway.store.database import Database
from gateway.store.ledger import LedgerRow
from gateway.store.outbox import OutboxRow, OutboxState
from tests.e2e.conftest import Make
from tests.e2e.gateway import SUPPORT, Gateway, compose
from tests.e2e.sink import Sink
from tests.e2e.test_kill import SEED, kill_at_random, opened, until_empty
from tests.servers import wait_until

pytestmark = pytest.mark.soak
KILLS = max(int(os.environ.get("GATEWAY_TEST_KILLS", "12")) // 2, 3)  # for each of the two tests
NEAR = timedelta(seconds=1)
PAUSE = 0.15  # seconds between tickets, each of which has five steps before it
UNTIL_OVER = 120.0  # seconds; the last deadlines, and what a dead process had in its hands

# Every notice by itself, so that it can be accounted for.
UNFOLDED = "burst_notices = 0"
STEPS = {
    Target.FIRST_RESPONSE: ("50%", "due", "due+4s"),
    Target.RESOLUTION: ("50%", "due"),
}
SLA = """
[[sla]]
name = "default"
calendar = "always"
first_response = { low = "6s", normal = "6s", high = "6s", urgent = "6s" }
resolution = { low = "14s", normal = "14s", high = "14s", urgent = "14s" }

[[sla.escalation]]
on = "first_response"
at = "50%"
notify = ["assignee"]

[[sla.escalation]]
on = "first_response"
at = "due"
notify = ["lead"]
raise_priority = true

[[sla.escalation]]
on = "first_response"
at = "due+4s"
notify = ["lead"]
raise_tier = true

[[sla.escalation]]
on = "resolution"
at = "50%"
notify = ["assignee"]

[[sla.escalation]]
on = "resolution"
at = "due"
notify = ["queue", "lead"]
"""
BY_CLOCK = ("reminder", "overdue", "escalated")


@dataclass
class Customers:
    """Write one mail after the other, each until it is acknowledged."""

    ports: list[int]
    stop: threading.Event = field(default_factory=threading.Event)
    acknowledged: int = 0

    def run(self) -> None:
        dice = random.Random(SEED)
        while not self.stop.is_set():
            number = self.acknowledged
            mail = compose(
                f"It burns: {number}.", sender=f"p{number}@example.org", subject=f"Fire {number}"
            )
            while not self._delivered(mail, dice) and not self.stop.wait(0.05):
                pass
            self.acknowledged += 1
            self.stop.wait(PAUSE)

    def _delivered(self, mail: object, dice: random.Random) -> bool:
        try:
            with smtplib.SMTP("127.0.0.1", dice.choice(self.ports), timeout=20) as smtp:
                smtp.send_message(mail, to_addrs=[SUPPORT])  # type: ignore[arg-type]
        except (OSError, smtplib.SMTPException):
            return False
        return True


@contextlib.contextmanager
def writing(ports: list[int]) -> Iterator[Customers]:
    customers = Customers(ports)
    thread = threading.Thread(target=customers.run)
    thread.start()
    try:
        yield customers
    finally:
        customers.stop.set()
        thread.join()


def until_near(database: Database) -> None:
    """The first deadline is about to come."""

    def near() -> bool:
        with database.read() as conn:
            due = deadlines.next_due_at(conn)
        return due is not None and due - datetime.now(UTC) < NEAR

    wait_until(near, "the first deadline")


def until_over(database: Database) -> None:
    def over() -> bool:
        with database.read() as conn:
            return deadlines.next_due_at(conn) is None

    wait_until(over, "every deadline to come", UNTIL_OVER)
    until_empty(database)


def account_for_steps(lines: list[LedgerRow]) -> list[LedgerRow]:
    """Each clock started once and was late once, and each of its steps came once, or was skipped.

    Those that were not skipped.
    """
    assert {line.target for line in lines} == set(STEPS)
    came: list[LedgerRow] = []
    for target, steps in STEPS.items():
        own = [line for line in lines if line.target is target]
        assert Counter(line.what for line in own if line.what is not What.STEP) == {
            What.STARTED: 1,
            What.BREACHED: 1,
        }
        taken = [line for line in own if line.what is What.STEP]
        assert Counter(line.because.split(": ")[0] for line in taken) == dict.fromkeys(steps, 1)
        came += [line for line in taken if ": skipped" not in line.because]
    return came


def people_told(came: list[LedgerRow]) -> int:
    """How many people the steps say that they told."""
    told = [line.because.partition("told ")[2] for line in came]
    return sum(words.count(",") + 1 for words in told if words)


def account_for_changes(conn: Connection, number: int, came: list[LedgerRow]) -> None:
    """What the steps changed is in the history as often as they did it."""
    history = entries.history(conn, number)
    changed = Counter(str((e.change or {}).get("what")) for e in history if e.change)
    for what in ("priority", "tier"):
        said = [line for line in came if f": {what} " in line.because]
        assert changed[what] == len(said) <= 1, (number, what)
    notices = [e.body.text for e in history if e.kind is EntryKind.NOTICE and e.body]
    told = [words for words in notices if words.rpartition(": ")[2] in BY_CLOCK]
    assert sum(words.count(",") + 1 for words in told) == people_told(came), (number, told)


def account_for_tickets(database: Database, rows: list[OutboxRow]) -> tuple[int, int]:
    """How many steps came, and how many were skipped."""
    by_ticket = Counter(row.ticket for row in rows if row.kind in BY_CLOCK)
    taken = skipped = 0
    with database.read() as conn:
        for ticket in tickets.listing(conn):
            lines = ledger.of_ticket(conn, ticket.number)
            came = account_for_steps(lines)
            account_for_changes(conn, ticket.number, came)
            assert by_ticket[ticket.number] == people_told(came), (ticket.number, came)
            taken += len(came)
            skipped += sum(line.what is What.STEP for line in lines) - len(came)
    return taken, skipped


def account_for_mails(rows: list[OutboxRow], sink: Sink) -> None:
    """Everything arrived; what arrived again has the same Message-ID and content."""
    assert {row.state for row in rows} == {OutboxState.SENT}
    arrived: dict[str, set[str]] = defaultdict(set)
    for received in sink.received():
        arrived[received.message_id].add(received.raw)
    assert set(arrived) == {row.message_id for row in rows}
    assert [own for own, forms in arrived.items() if len(forms) > 1] == []


def play(gateways: list[Gateway], sink: Sink, capsys: pytest.CaptureFixture[str]) -> None:
    for gateway in gateways:
        gateway.start()
    with writing([gateway.port for gateway in gateways]) as customers:
        with opened(gateways[0]) as database:
            until_near(database)
        kill_at_random(gateways, KILLS)
    with opened(gateways[0]) as database:
        until_over(database)
        for gateway in gateways:
            assert gateway.stop() == 0
        with database.read() as conn:
            rows = outbox.rows(conn)
            made = len(tickets.listing(conn))
        taken, skipped = account_for_tickets(database, rows)
    account_for_mails(rows, sink)
    assert made in (customers.acknowledged, customers.acknowledged - 1)  # the last may be in doubt
    with capsys.disabled():
        print(f"\n{KILLS} kills, seed {SEED}: {made} tickets, {taken} steps, {skipped} skipped")
    assert taken > 2 * made


@pytest.mark.xdist_group("kill-deadlines-sqlite")
def test_one_process_on_sqlite(make: Make, sink: Sink, capsys: pytest.CaptureFixture[str]):
    print(f"seed {SEED}")
    play([make(extra={"desk": UNFOLDED, "listen": SLA})], sink, capsys)


@pytest.mark.postgres
@pytest.mark.xdist_group("kill-deadlines-postgresql")
def test_three_processes_on_postgresql(
    make: Make, postgres_url: str, tmp_path: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
):
    print(f"seed {SEED}")
    extra = {"desk": UNFOLDED, "listen": SLA}
    names = ("one", "two", "three")
    play([make(url=postgres_url, name=name, extra=extra) for name in names], sink, capsys)
