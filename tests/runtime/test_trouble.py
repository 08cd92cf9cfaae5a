"""What cannot be handled is parked with its error; what passes is tried again; nothing is lost."""

import sqlite3
from collections.abc import Callable

import pytest
from sqlalchemy.exc import OperationalError

from gateway.core.model import Message
from gateway.core.ports import Incoming
from gateway.runtime.handling import Handler
from gateway.runtime.worker import MOST_DEATHS, Worker
from gateway.store import inbox
from gateway.store.inbox import InboxState
from tests.runtime.desk import Desk, Died, mail


class Stumbling:
    """A reader that stumbles over mails with a word in them, until it is mended."""

    def __init__(self, desk: Desk, problem: Callable[[], BaseException]) -> None:
        self._read = desk.app.channels["email"].read
        self._problem = problem
        self.mended = False
        self.stumbled = 0

    def __call__(self, incoming: Incoming) -> Message:
        if b"poison" in incoming.raw and not self.mended:
            self.stumbled += 1
            raise self._problem()
        return self._read(incoming)


def worker_of(desk: Desk, reader: Stumbling, *, careful: int = 0) -> Worker:
    handler = Handler(desk=desk.app.desk, readers={"email": reader}, renderer=desk.app.renderer)
    return Worker(desk.database, handler, now=desk.clock, careful=careful)


def locked() -> OperationalError:
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return OperationalError("SELECT", {}, cause)


def test_a_message_that_makes_the_reader_fail_is_parked_and_the_next_is_handled(desk: Desk):
    reader = Stumbling(desk, lambda: ValueError("a bug of ours"))
    poison = desk.arrive(mail("poison"))
    desk.arrive(mail("harmless"))
    worker_of(desk, reader).drain()

    parked = desk.row(poison.id)
    assert (parked.state, parked.error) == (InboxState.FAILED, "ValueError: a bug of ours")
    assert [desk.texts(t.number) for t in desk.tickets()] == [["harmless"]]
    with desk.database.read() as conn:
        assert [r.id for r in inbox.rows(conn, failed=True)] == [poison.id]


def test_a_parked_message_is_handled_when_it_is_retried_after_the_bug_was_mended(desk: Desk):
    reader = Stumbling(desk, lambda: ValueError("a bug of ours"))
    poison = desk.arrive(mail("poison"))
    worker = worker_of(desk, reader)
    worker.drain()
    reader.mended = True
    with desk.database.write() as conn:
        assert inbox.retry(conn, [poison.id], now=desk.clock()) == [poison.id]
    worker.drain()

    assert desk.row(poison.id).state is InboxState.DONE
    assert desk.row(poison.id).error is None
    assert desk.texts(1) == ["poison"]


def test_an_unconfigured_channel_is_an_error_with_its_name(desk: Desk):
    incoming = desk.incoming(mail())
    with desk.database.write() as conn:
        strange = Incoming(
            channel="carrier-pigeon",
            external_id="1",
            raw=incoming.raw,
            received_at=incoming.received_at,
        )
        accepted = inbox.accept_many(conn, [strange])[0]
    desk.run()

    assert "carrier-pigeon" in (desk.row(accepted.id).error or "")


def test_a_message_that_kills_the_process_again_and_again_is_parked(desk: Desk):
    reader = Stumbling(desk, Died)
    poison = desk.arrive(mail("poison"))
    desk.arrive(mail("harmless"))
    for _ in range(MOST_DEATHS):
        with pytest.raises(Died):
            worker_of(desk, reader, careful=100).drain()
    worker_of(desk, reader, careful=100).drain()

    assert reader.stumbled == MOST_DEATHS
    assert desk.row(poison.id).state is InboxState.FAILED
    assert f"the process died {MOST_DEATHS} times" in (desk.row(poison.id).error or "")
    assert [desk.texts(t.number) for t in desk.tickets()] == [["harmless"]]


def test_passing_trouble_in_careful_mode_is_not_taken_for_a_death(desk: Desk):
    reader = Stumbling(desk, locked)
    row = desk.arrive(mail("poison"))
    worker = worker_of(desk, reader, careful=100)
    for _ in range(10):
        with pytest.raises(OperationalError):
            worker.step()
    reader.mended = True
    worker.drain()

    assert desk.row(row.id).state is InboxState.DONE


def test_the_first_rows_are_tried_together_and_those_tried_before_alone(desk: Desk):
    """Else a daemon that starts on a full inbox would be slow for as long as it is careful."""
    reader = Stumbling(desk, Died)
    for n in range(4):
        desk.arrive(mail(f"number {n}"))
    poison = desk.arrive(mail("poison"))
    for n in range(4, 8):
        desk.arrive(mail(f"number {n}"))
    with pytest.raises(Died):
        worker_of(desk, reader, careful=7).drain()
    assert [desk.row(n).attempts for n in range(1, 10)] == [1] * 7 + [0] * 2
    assert desk.row(poison.id).state is InboxState.NEW

    with pytest.raises(Died):
        worker_of(desk, reader, careful=7).drain()
    assert len(desk.tickets()) == 4
    assert desk.row(poison.id).attempts == 2


def test_a_worker_stops_being_careful_when_nothing_is_left_of_before(desk: Desk):
    reader = Stumbling(desk, Died)
    for number in range(5):
        desk.arrive(mail(f"number {number}"))
    worker = worker_of(desk, reader, careful=3)
    worker.drain()

    assert len(desk.tickets()) == 5
    assert [desk.row(n).attempts for n in range(1, 6)] == [1, 1, 1, 0, 0]


def test_passing_trouble_leaves_everything_as_it_was(desk: Desk):
    reader = Stumbling(desk, locked)
    before = desk.arrive(mail("harmless"))
    row = desk.arrive(mail("poison"))
    worker = worker_of(desk, reader)
    with pytest.raises(OperationalError):
        worker.drain()

    # A slow machine ends a batch early: what came before may be written, whole, or not at all.
    written = desk.row(before.id).state is InboxState.DONE
    assert desk.row(row.id).state is InboxState.NEW
    assert len(desk.tickets()) == (1 if written else 0)
    reader.mended = True
    worker.drain()
    assert len(desk.tickets()) == 2


def test_passing_trouble_with_one_message_does_not_hold_up_the_others_for_ever(desk: Desk):
    reader = Stumbling(desk, locked)
    row = desk.arrive(mail("poison"))
    desk.arrive(mail("harmless"))
    worker = worker_of(desk, reader)
    for _ in range(5):
        with pytest.raises(OperationalError):
            worker.step()
        worker.postpone_trouble()
    worker.drain()

    assert [desk.texts(t.number) for t in desk.tickets()] == [["harmless"]]
    assert desk.row(row.id).state is InboxState.NEW
    reader.mended = True
    desk.clock.advance(minutes=2)
    worker.drain()
    assert desk.row(row.id).state is InboxState.DONE
