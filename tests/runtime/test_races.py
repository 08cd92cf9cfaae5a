"""Several workers on one PostgreSQL: every message on exactly one ticket, once."""

import random
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from gateway.core.model import EntryKind
from gateway.runtime.worker import Worker
from gateway.store.errors import ConflictError, is_temporary
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, mail, reply_to

pytestmark = pytest.mark.postgres


@pytest.fixture
def desks(migrated_postgres_url: str, tmp_path: Path) -> Iterator[list[Desk]]:
    """Three processes on one database, as far as the database can tell."""
    made = [Desk(migrated_postgres_url, tmp_path) for _ in range(3)]
    yield made
    for desk in made:
        desk.close()


def drain_together(desks: list[Desk]) -> None:
    """All work at once until nothing is left."""
    start = threading.Barrier(len(desks))
    failures: list[BaseException] = []

    def work(worker: Worker) -> None:
        start.wait()
        for _ in range(20):
            try:
                while worker.step():
                    pass
            except Exception as problem:
                if not is_temporary(problem):
                    failures.append(problem)
                    return

    threads = [threading.Thread(target=work, args=(desk.worker,)) for desk in desks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    desks[0].worker.drain()


def conversations(count: int, length: int) -> list[bytes]:
    """Mails that refer to each other in random ways, in random order; no two lanes are known."""
    dice = random.Random(7)
    made = []
    for c in range(count):
        ids = [f"<c{c}m{m}@example.org>" for m in range(length)]
        for m, own in enumerate(ids):
            older = ids[:m]
            refers = " ".join(dice.sample(older, min(len(older), 2)) + ids[:1]) if m else ""
            made.append(
                mail(
                    f"{c}-{m}",
                    message_id=own,
                    references=refers,
                    from_=f"p{c}@example.org",
                    subject=f"Conversation {c}",
                )
            )
    dice.shuffle(made)
    return made


def test_workers_that_race_put_each_conversation_on_one_ticket(desks: list[Desk]):
    raws = conversations(count=8, length=6)
    rows = [desks[0].arrive(raw) for raw in raws]
    drain_together(desks)

    desk = desks[0]
    assert Counter(desk.row(r.id).state for r in rows) == {InboxState.DONE: len(rows)}
    per_ticket = [desk.texts(t.number) for t in desk.tickets()]
    assert Counter(text for texts in per_ticket for text in texts) == {
        f"{c}-{m}": 1 for c in range(8) for m in range(6)
    }
    assert sorted({text.split("-")[0] for text in texts}.pop() for texts in per_ticket) == list(
        "01234567"
    )


def test_workers_that_race_without_lanes_lose_nothing(desks: list[Desk]):
    raws = conversations(count=6, length=8)
    rows = [desks[0].arrive(raw) for raw in raws]
    with desks[0].database.write() as conn:
        conn.exec_driver_sql("UPDATE inbox SET lane = ''")
    drain_together(desks)

    desk = desks[0]
    assert Counter(desk.row(r.id).state for r in rows) == {InboxState.DONE: len(rows)}
    said = Counter(text for t in desk.tickets() for text in desk.texts(t.number))
    assert said == {f"{c}-{m}": 1 for c in range(6) for m in range(8)}
    assert len(desk.tickets()) == 6


def test_agents_who_act_while_tickets_are_joined_lose_nothing_and_can_undo_it(desks: list[Desk]):
    """Answers of several people in any order, each of whom may be quicker than what they answer."""
    dice = random.Random(3)
    raws = [
        mail(f"{c}-{m}", from_=f"p{dice.randrange(4)}c{c}@example.org", message_id=f"<{c}.{m}@x>",
             in_reply_to=f"<{c}.{dice.randrange(m)}@x>" if m else "")
        for c in range(12)
        for m in range(6)
    ]  # fmt: skip
    dice.shuffle(raws)
    rows = [desks[0].arrive(raw) for raw in raws]
    with acting(desks[2]):
        drain_together(desks[:2])
    assert {desks[0].row(row.id).state for row in rows} == {InboxState.DONE}
    assert Counter(all_said(desks[0])) == Counter(row.id for row in rows)

    merged = [t.number for t in desks[0].tickets() if t.merged_into is not None]
    dice.shuffle(merged)
    assert merged
    for number in merged:
        assert desks[0].act(number, "open").refused == ()
    assert [t for t in desks[0].tickets() if t.merged_into is not None] == []
    assert Counter(all_said(desks[0])) == Counter(row.id for row in rows)


def all_said(desk: Desk) -> list[int | None]:
    """The arrival of every message, as often as it stands on a ticket."""
    return [e.inbox for t in desk.tickets() for e in desk.history(t.number, EntryKind.MESSAGE)]


@contextmanager
def acting(desk: Desk) -> Iterator[None]:
    """An agent does this and that on any ticket meanwhile."""
    dice, over = random.Random(5), threading.Event()
    failures: list[BaseException] = []

    def act() -> None:
        while not over.is_set():
            for ticket in desk.tickets()[:5]:
                try:
                    desk.act(ticket.number, dice.choice(["take", "open", "tag a", "priority high"]))
                except ConflictError:
                    pass
                except Exception as problem:
                    if not is_temporary(problem):
                        failures.append(problem)

    thread = threading.Thread(target=act)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    assert failures == []


def test_the_same_mail_by_two_ways_at_once_is_one_entry(desks: list[Desk]):
    raw = mail("Twins", message_id="<twins@example.org>")
    for way in range(6):
        desks[0].arrive(f"Received: by way {way}\r\n".encode() + raw)
    with desks[0].database.write() as conn:
        conn.exec_driver_sql("UPDATE inbox SET lane = ''")
    drain_together(desks)

    assert [desks[0].texts(t.number) for t in desks[0].tickets()] == [["Twins"]]


def test_the_same_answer_by_two_ways_at_once_is_one_entry(desks: list[Desk]):
    desk = desks[0]
    desk.receive(mail())
    (confirmation,) = desk.sent_to("ada@example.org", "confirmation")
    raw = reply_to(confirmation, "Still on fire", "Ada Byron <ada@example.org>")
    for way in range(6):
        desk.arrive(f"Received: by way {way}\r\n".encode() + raw, to=confirmation.reply_to or "")
    with desk.database.write() as conn:
        conn.exec_driver_sql("UPDATE inbox SET lane = ''")
    drain_together(desks)

    assert desk.texts(1) == ["The printer is on fire.", "Still on fire"]
    assert len(desk.history(1, EntryKind.MESSAGE)) == 2


def test_workers_that_race_keep_a_private_chat_on_one_ticket(desks: list[Desk]):
    """Nothing tells the network's events apart by lane here: the key of the chat decides alone."""
    rows = [
        desks[0].tell(f"{person}-{n}", by=f"47{person}", lane="")
        for n in range(6)
        for person in range(6)
    ]
    drain_together(desks)
    found = [desks[0].row(row.id) for row in rows]
    assert {row.state for row in found} == {InboxState.DONE}
    assert Counter(row.ticket for row in found) == {
        ticket.number: 6 for ticket in desks[0].tickets()
    }
    assert len(desks[0].tickets()) == 6
