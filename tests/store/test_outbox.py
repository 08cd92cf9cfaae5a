"""What goes out: claimed by one, in the order of its lane, and its fate written down."""

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from gateway.store import keys, outbox
from gateway.store.database import Database
from gateway.store.outbox import OutboxState
from tests.store import made
from tests.store.made import ADA, BEA, NOW, there


@pytest.fixture
def number(database):
    with database.write() as conn:
        return made.new_ticket(conn)[0]


def _queue(database: Database, number: int, *fields: dict[str, Any]) -> list[int]:
    with database.write() as conn:
        return outbox.enqueue_many(conn, [made.outgoing(number, **f) for f in fields])


def _claim(conn: Connection, now: datetime = NOW, limit: int = 10) -> list[outbox.OutboxRow]:
    return outbox.claim(conn, now=now, limit=limit, by="worker-1", lease_seconds=60)


def _ids(rows: list[outbox.OutboxRow]) -> list[int]:
    return [row.id for row in rows]


def test_what_was_queued_comes_back_as_it_was(database, number):
    new = made.outgoing(
        number,
        lane="l",
        kind="answer",
        answer_of=BEA,
        automatic=False,
        message={"v": 1, "a": ["ü"]},
    )
    with database.write() as conn:
        id = outbox.enqueue(conn, new)
    with database.write() as conn:
        (row,) = _claim(conn)
    for field in outbox.NewOutbox.__dataclass_fields__:
        assert getattr(row, field) == getattr(new, field), field
    assert (row.id, row.state, row.attempts) == (id, OutboxState.SENDING, 1)
    assert (row.leased_by, row.leased_until) == ("worker-1", NOW + timedelta(minutes=1))


def test_only_the_first_of_a_lane_is_given_until_it_is_finished(database, number):
    a1, a2, b1, free1, free2 = _queue(
        database, number, {"lane": "a"}, {"lane": "a"}, {"lane": "b"}, {}, {}
    )
    with database.write() as conn:
        assert _ids(_claim(conn)) == [a1, b1, free1, free2]
    with database.write() as conn:
        assert _claim(conn) == []
        outbox.again(conn, a1, due_at=NOW + timedelta(minutes=5), error="421 busy")
    with database.write() as conn:
        assert _claim(conn) == [], "a2 waits for a1, which waits for its next try"
        (again,) = _claim(conn, now=NOW + timedelta(minutes=5))
        assert (again.id, again.attempts, again.error) == (a1, 2, "421 busy")
        outbox.sent(conn, a1, now=NOW)
        assert _ids(_claim(conn)) == [a2]


@pytest.mark.parametrize("end", ["failed", "unknown", "bounced"])
def test_what_ended_frees_its_lane_and_is_listed(database, number, end):
    first, second = _queue(database, number, {"lane": "a"}, {"lane": "a"})
    with database.write() as conn:
        _claim(conn)
        getattr(outbox, end)(conn, first, "550 no")
        assert _ids(_claim(conn)) == [second]
        (listed,) = outbox.rows(conn, failed=True)
        assert (listed.id, listed.state, listed.error) == (first, OutboxState(end), "550 no")
        assert outbox.retry(conn, [first, second], now=NOW) == [first]
        assert outbox.rows(conn, failed=True) == []


def test_messages_wait_for_their_time(database, number):
    late, soon = _queue(
        database,
        number,
        {"due_at": NOW + timedelta(hours=1)},
        {"due_at": NOW + timedelta(minutes=1)},
    )
    with database.write() as conn:
        assert outbox.next_due(conn) == NOW + timedelta(minutes=1)
        assert _claim(conn) == []
        assert _ids(_claim(conn, now=NOW + timedelta(minutes=1))) == [soon]
        assert _ids(_claim(conn, now=NOW + timedelta(hours=1))) == [late]
        assert outbox.next_due(conn) is None


def test_sent_messages_are_recognised_by_their_keys(database):
    with database.write() as conn:
        number, entry = made.new_ticket(conn)
        id = outbox.enqueue(conn, made.outgoing(number, entry=entry))
        _claim(conn)
        outbox.sent(conn, id, now=NOW, keys=["slack:1.2"])
        assert keys.find(conn, ["slack:1.2"]) == {"slack:1.2": (number, entry)}
        row = there(outbox.get(conn, id))
    assert (row.state, row.sent_at, row.leased_by, row.error) == (OutboxState.SENT, NOW, None, None)


def test_only_what_still_waits_can_be_taken_back(database):
    with database.write() as conn:
        number, entry = made.new_ticket(conn)
        new = made.outgoing(number, entry=entry, answer_of=BEA)
        going, waiting, other = outbox.enqueue_many(conn, [new, new, made.outgoing(number)])
        assert outbox.waiting_answer(conn, number, BEA) == (entry, (going, waiting))
        _claim(conn, limit=1)
        assert outbox.cancel(conn, [going, waiting]) == [waiting]
        assert outbox.waiting_answer(conn, number, BEA) is None
        assert there(outbox.get(conn, waiting)).state is OutboxState.CANCELLED
        assert there(outbox.get(conn, other)).state is OutboxState.QUEUED


def test_an_answer_that_went_out_to_somebody_cannot_be_taken_back(database):
    with database.write() as conn:
        number, entry = made.new_ticket(conn)
        for person in ("ada", "bob"):
            answer = made.outgoing(number, entry=entry, answer_of=made.BEA, lane=person)
            outbox.enqueue(conn, answer)
        (ours,) = outbox.claim(conn, now=NOW, limit=1, by="me", lease_seconds=60)
        assert outbox.waiting_answer(conn, number, made.BEA) is None
        outbox.again(conn, ours.id, due_at=NOW, error="busy")
        assert outbox.waiting_answer(conn, number, made.BEA) is not None
        outbox.sent(conn, ours.id, now=NOW)
        assert outbox.waiting_answer(conn, number, made.BEA) is None


def test_what_a_crash_left_under_way_waits_again_with_the_same_message_id(database, number):
    (id,) = _queue(database, number, {"message_id": "<fixed@acme.example>"})
    with database.write() as conn:
        _claim(conn)
    with database.write() as conn:
        assert outbox.recover(conn, now=NOW + timedelta(seconds=59)) == []
        assert outbox.recover(conn, now=NOW + timedelta(seconds=60)) == [id]
        (row,) = _claim(conn, now=NOW + timedelta(seconds=60))
    assert (row.message_id, row.attempts) == ("<fixed@acme.example>", 2)


def test_what_a_dead_process_was_sending_waited_out_its_lease_though_it_was_recovered(
    database, number
):
    (id,) = _queue(database, number, {})
    with database.write() as conn:
        _claim(conn)
        assert outbox.recover(conn, now=NOW, leased_until=NOW + timedelta(minutes=1)) == [id]
        assert [row.id for row in _claim(conn)] == [id]


def test_a_bounce_is_told_by_the_message_id(database, number):
    first, _ = _queue(database, number, {"message_id": "<1@x>"}, {"message_id": "<1@x>"})
    with database.read() as conn:
        assert there(outbox.by_message_id(conn, "<1@x>")).id == first
        assert outbox.by_message_id(conn, "<2@x>") is None


def test_rows_are_listed_newest_first(database, number):
    ids = _queue(database, number, {}, {}, {"ticket": None})
    with database.read() as conn:
        assert _ids(outbox.rows(conn)) == ids[::-1]
        assert _ids(outbox.rows(conn, limit=1)) == ids[2:]


def _send_all(database, order, guard):
    while True:
        with database.write() as conn:
            rows = _claim(conn, limit=2)
        for row in rows:
            with guard:
                order.append((row.lane, row.id))
            with database.write() as conn:
                outbox.sent(conn, row.id, now=NOW)
        if not rows:
            with database.read() as conn:
                if outbox.next_due(conn) is None:
                    return


def test_two_senders_send_each_message_once_and_lanes_in_order(database, other, number):
    ids = _queue(database, number, *[{"lane": f"lane-{n % 4}", "to": ADA} for n in range(40)])
    order: list[tuple[str, int]] = []
    guard = threading.Lock()
    senders = [
        threading.Thread(target=_send_all, args=(d, order, guard)) for d in (database, other)
    ]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    assert sorted(id for _, id in order) == ids
    for lane in {lane for lane, _ in order}:
        of_lane = [id for name, id in order if name == lane]
        assert of_lane == sorted(of_lane)


def test_what_takes_long_stays_with_whoever_sends_it(database, number):
    (id,) = _queue(database, number, {})
    with database.write() as conn:
        _claim(conn)
        later = NOW + timedelta(minutes=5)
        assert outbox.renew(conn, [id], by="worker-2", until=later) == 0
        assert outbox.renew(conn, [id], by="worker-1", until=later) == 1
        assert outbox.recover(conn, now=NOW + timedelta(minutes=1)) == []
        assert outbox.recover(conn, now=later) == [id]


def test_what_a_process_no_longer_sends_is_given_back(database, number):
    dropped, kept, foreign = _queue(database, number, {}, {}, {})
    with database.write() as conn:
        _claim(conn, limit=2)
        outbox.claim(conn, now=NOW, limit=1, by="worker-2", lease_seconds=60)
        assert outbox.give_back(conn, by="worker-1", keep=[kept]) == [dropped]
        states = [there(outbox.get(conn, id)).state.value for id in (dropped, kept, foreign)]
    assert states == ["queued", "sending", "sending"]
