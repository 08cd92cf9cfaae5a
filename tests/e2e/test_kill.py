"""``kill -9`` at random moments, under load: what was acknowledged is there once, and all is sent.

GATEWAY_TEST_KILLS says how often in all (50); GATEWAY_TEST_SEED repeats a run, as far as threads
can be repeated.
"""

import contextlib
import os
import random
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.core.bursts import Sort
from gateway.core.model import Direction, EntryKind
from gateway.store import entries, inbox, kept, outbox, tickets
from gateway.store.database import Database
from gateway.store.inbox import InboxState
from gateway.store.outbox import OutboxRow, OutboxState
from tests.e2e.conftest import Make
from tests.e2e.gateway import BEA, Gateway
from tests.e2e.load import Sender
from tests.e2e.sink import Sink
from tests.servers import wait_until

pytestmark = pytest.mark.soak
KILLS = int(os.environ.get("GATEWAY_TEST_KILLS", "50")) // 2  # for each of the two tests
SEED = int(os.environ.get("GATEWAY_TEST_SEED", random.randrange(10**6)))
SENDERS = 4
WHILE_IT_STARTS = 0.2  # of the kills
AT_ONCE, WITHIN = 5, timedelta(seconds=5)
FOLDING = 'burst_notices = 5\nburst_within = "5s"'
# A thousand kills take more than an hour's worth of confirmations to one domain.
NO_CAPS = "[desk.caps]\nper_domain = 1000000\noverall = 1000000\n"
EXTRA = {"desk": FOLDING, "tables": NO_CAPS}
UNTIL_EMPTY = 240.0  # seconds; a dead process's messages wait for the end of its lease


@contextlib.contextmanager
def load(ports: list[int]) -> Iterator[list[Sender]]:
    """Several SMTP sessions until the block ends."""
    stop = threading.Event()
    senders = [Sender(f"s{n}", ports, random.Random(f"{SEED}-{n}"), stop) for n in range(SENDERS)]
    threads = [threading.Thread(target=s.run) for s in senders]
    for thread in threads:
        thread.start()
    try:
        yield senders
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def kill_at_random(gateways: list[Gateway], kills: int) -> None:
    """Kill one at a time, now and then while it starts, and start it again."""
    dice = random.Random(SEED)
    for _ in range(kills):
        victim = dice.choice(gateways)
        if dice.random() < WHILE_IT_STARTS:
            time.sleep(dice.uniform(0.1, 2.0))
        else:
            victim.wait_ready()
            time.sleep(dice.uniform(0.0, 1.5))
        victim.kill()
        victim.launch()


def until_all_go_on(senders: list[Sender]) -> None:
    """Each sender gets a mail through after the last kill."""
    before = [len(sender.acknowledged) for sender in senders]

    def gone_on() -> bool:
        return all(len(s.acknowledged) > n for s, n in zip(senders, before, strict=True))

    wait_until(gone_on, "each sender to get a mail through")


@contextlib.contextmanager
def opened(gateway: Gateway) -> Iterator[Database]:
    database = Database.open(gateway.url, files=gateway.folder / "content", migrate=False)
    try:
        yield database
    finally:
        database.close()


def until_empty(database: Database) -> None:
    def empty() -> bool:
        with database.read() as conn:
            under_way = [r for r in outbox.rows(conn) if r.state in UNDER_WAY]
            return inbox.waiting(conn) == 0 and not under_way

    wait_until(empty, "all to be handled and sent", UNTIL_EMPTY)


UNDER_WAY = (OutboxState.QUEUED, OutboxState.SENDING)


def account_for_what_came_in(database: Database, senders: list[Sender]) -> None:
    """Each acknowledged mail is on exactly one ticket once, beside the others of its kind."""
    found: dict[str, list[int]] = defaultdict(list)
    with database.read() as conn:
        odd = inbox.rows(conn, failed=True, held=True)
        for ticket in tickets.listing(conn):
            for entry in entries.history(conn, ticket.number):
                if entry.kind is EntryKind.MESSAGE and entry.direction is Direction.IN:
                    found[f"<{entry.message_id}>"].append(ticket.number)
        arrived = [row for row in inbox.rows(conn) if row.channel == "email"]
    states = Counter(row.state for row in arrived)
    assert [row.error for row in odd] == []
    acknowledged = {own for sender in senders for own in sender.acknowledged}
    doubtful = {own for sender in senders for own in sender.doubtful}
    assert [own for own in acknowledged if own not in found] == []
    assert set(found) <= acknowledged | doubtful
    assert [own for own, at in found.items() if len(at) > 1] == []
    for conversation in (c for sender in senders for c in sender.conversations):
        assert len({found[own][0] for own in conversation.ids}) <= 1, conversation
    assert set(states) <= {InboxState.DONE, InboxState.DUPLICATE}
    assert states[InboxState.DONE] == len(found)


def account_for_what_went_out(database: Database, senders: list[Sender], sink: Sink) -> None:
    """Each outgoing message arrived; what arrived again has the same Message-ID and content."""
    with database.read() as conn:
        rows = outbox.rows(conn)
    assert {row.state for row in rows} == {OutboxState.SENT}
    arrived: dict[str, set[str]] = defaultdict(set)
    for received in sink.received():
        arrived[received.message_id].add(received.raw)
    assert set(arrived) == {row.message_id for row in rows}
    assert [own for own, forms in arrived.items() if len(forms) > 1] == []
    assert most_for_one_purpose(rows) == 1
    confirmed = Counter(row.to.address for row in rows if row.kind == "confirmation")
    asked = {c.person for sender in senders for c in sender.conversations if c.ids}
    assert asked <= set(confirmed)
    assert set(confirmed.values()) == {1}


def most_for_one_purpose(rows: list[OutboxRow]) -> int:
    """How many messages there are at most for one person about one entry, or the same tickets."""
    return max(Counter(map(_purpose, rows)).values())


def _purpose(row: OutboxRow) -> tuple[object, ...]:
    # A summary is about no entry, but about several tickets; in a long run there are several.
    lists = tuple(row.message.get("lists", ()))
    return row.to.address, row.kind, row.ticket, row.entry, lists


def account_for_what_was_folded(database: Database) -> int:
    """Each new ticket was told to each agent once: by itself, in a summary, or it is kept still.

    And nobody got more at once than the config allows. How many summaries there were.
    """
    with database.read() as conn:
        rows = [row for row in outbox.rows(conn) if row.kind in ("new_ticket", "summary")]
        waiting = kept.of(conn, BEA, Sort.EVERYDAY, 10**6)
        numbers = {ticket.number for ticket in tickets.listing(conn)}
    assert {row.to.address for row in rows} == {BEA}
    alone = [row.ticket for row in rows if row.kind == "new_ticket"]
    summaries = [row for row in rows if row.kind == "summary"]
    listed = [number for row in summaries for number in row.message["lists"]]
    fresh = {one.ticket for one in waiting if one.kind == "new_ticket"}
    assert len(set(alone)) == len(alone)
    assert {*alone, *listed, *fresh} == numbers
    assert not set(alone) & fresh
    assert not set(listed) & fresh
    for first in rows:
        span = [r for r in rows if timedelta() <= r.created_at - first.created_at < WITHIN]
        assert len(span) <= AT_ONCE
    return len(summaries)


def play(gateways: list[Gateway], sink: Sink, capsys: pytest.CaptureFixture[str]) -> None:
    for gateway in gateways:
        gateway.start()
    with load([gateway.port for gateway in gateways]) as senders:
        kill_at_random(gateways, KILLS)
        until_all_go_on(senders)
    with opened(gateways[0]) as database:
        until_empty(database)
        for gateway in gateways:
            assert gateway.stop() == 0
        account_for_what_came_in(database, senders)
        account_for_what_went_out(database, senders, sink)
        summaries = account_for_what_was_folded(database)
    refused = [words for sender in senders for words in sender.refused]
    assert [words for words in refused if "451" not in words and "421" not in words] == []
    mails = sum(len(sender.acknowledged) for sender in senders)
    repeats = sum(sender.repeats for sender in senders)
    sent = len(sink.received())
    with capsys.disabled():
        print(f"\n{KILLS} kills, seed {SEED}: {mails} mails in, {repeats} repeats, {sent} sent")
        print(f"{summaries} summaries")
    assert mails > KILLS


@pytest.mark.xdist_group("kill-sqlite")
def test_one_process_on_sqlite(make: Make, sink: Sink, capsys: pytest.CaptureFixture[str]):
    print(f"seed {SEED}")
    play([make(extra=EXTRA)], sink, capsys)


@pytest.mark.postgres
@pytest.mark.xdist_group("kill-postgresql")
def test_three_processes_on_postgresql(
    make: Make, postgres_url: str, tmp_path: Path, sink: Sink, capsys: pytest.CaptureFixture[str]
):
    print(f"seed {SEED}")
    names = ("one", "two", "three")
    play([make(url=postgres_url, name=name, extra=EXTRA) for name in names], sink, capsys)
