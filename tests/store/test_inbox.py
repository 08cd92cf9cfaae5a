"""What came in is there once, in order, and in one pair of hands at a time."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from gateway.core.ports import Accepted, Incoming
from gateway.store import inbox
from gateway.store.database import Database
from gateway.store.errors import ContentGoneError
from gateway.store.inbox import Fate, InboxState
from tests.store import made
from tests.store.made import NOW, there


def _accept(database: Database, *arrivals: Incoming) -> list[int]:
    with database.write() as conn:
        return [accepted.id for accepted in inbox.accept_many(conn, arrivals)]


def _claim(conn: Connection, limit: int = 100, now: datetime = NOW) -> list[int]:
    return [row.id for row in inbox.claim(conn, now=now, limit=limit)]


def test_what_was_accepted_comes_back_as_it_was(database):
    arrival = made.incoming(
        envelope={"v": 1, "from": "ada@example.org", "to": ["support@acme.example"]},
        lane="<1@example.org>",
        live=False,
        raw=bytes(range(256)),
    )
    (id,) = _accept(database, arrival)
    with database.write() as conn:
        (row,) = inbox.claim(conn, now=NOW, limit=1)
        assert inbox.incoming(conn, row) == arrival
    assert (row.id, row.state, row.attempts) == (id, InboxState.NEW, 0)


def test_the_same_external_id_twice_is_kept_once(database):
    first, second = made.incoming("a"), made.incoming("b")
    with database.write() as conn:
        assert inbox.accept_many(conn, [first, second, first]) == [
            Accepted(1),
            Accepted(2),
            Accepted(1, duplicate=True),
        ]
    with database.write() as conn:
        assert inbox.accept_many(conn, [made.incoming("b", raw=b"other")]) == [
            Accepted(2, duplicate=True)
        ]
        assert inbox.waiting(conn) == 2


def test_external_ids_are_of_their_channel(database):
    ids = _accept(database, made.incoming("1"), made.incoming("1", channel="slack"))
    assert len(set(ids)) == 2


def test_a_mail_from_the_future_is_handled_now(database):
    (id,) = _accept(database, made.incoming(received_at=datetime(9999, 12, 31, tzinfo=UTC)))
    with database.write() as conn:
        assert _claim(conn, now=datetime.now(UTC)) == [id]


def test_what_is_finished_is_not_claimed_again(database):
    first, second = _accept(database, made.incoming(), made.incoming())
    with database.write() as conn:
        inbox.finish(conn, first, "done", now=NOW, ticket=7, entry=31)
    with database.write() as conn:
        assert _claim(conn) == [second]
        row = there(inbox.get(conn, first))
    assert (row.state, row.ticket, row.entry, row.handled_at) == (InboxState.DONE, 7, 31, NOW)


def test_rows_that_were_seen_are_claimed_as_they_are_by_now(database):
    """Those that nobody touched are not fetched again, and are the very same."""
    ids = _accept(database, *(made.incoming(str(number)) for number in range(4)))
    with database.read() as conn:
        seen = [there(inbox.get(conn, id)) for id in ids[:3]]
    with database.write() as conn:
        inbox.finish(conn, ids[0], InboxState.DONE, now=NOW)
        inbox.note_attempt(conn, [ids[1]])
    with database.write() as conn:
        fresh = inbox.claim(conn, now=NOW, limit=100)
        again = inbox.claim(conn, now=NOW, limit=100, seen=seen)
    assert again == fresh
    assert [(row.id, row.attempts) for row in again] == [(ids[1], 1), (ids[2], 0), (ids[3], 0)]


def test_a_row_that_was_released_since_it_was_seen_says_by_whom(database):
    (id,) = _accept(database, made.incoming())
    with database.read() as conn:
        seen = [there(inbox.get(conn, id))]
    with database.write() as conn:
        inbox.finish(conn, id, InboxState.HELD, now=NOW)
        assert inbox.release(conn, id, "ada@acme.example", now=NOW)
    with database.write() as conn:
        (row,) = inbox.claim(conn, now=NOW, limit=1, seen=seen)
    assert row.released_by == "ada@acme.example"


def test_attempts_are_counted(database):
    ids = _accept(database, made.incoming(), made.incoming())
    with database.write() as conn:
        inbox.note_attempt(conn, ids)
        inbox.note_attempt(conn, ids[:1])
        assert [there(inbox.get(conn, id)).attempts for id in ids] == [2, 1]


def test_a_row_put_off_holds_up_its_lane_and_nothing_else(database):
    a1, b1, a2, none = _accept(
        database,
        made.incoming(lane="a"),
        made.incoming(lane="b"),
        made.incoming(lane="a"),
        made.incoming(),
    )
    with database.write() as conn:
        inbox.later(conn, a1, due_at=NOW + timedelta(minutes=1), error="the disk is full")
    with database.write() as conn:
        assert _claim(conn) == [b1, none]
        assert there(inbox.get(conn, a1)).error == "the disk is full"
    with database.write() as conn:
        assert _claim(conn, now=NOW + timedelta(minutes=1)) == [a1, b1, a2, none]


def test_followers_that_are_not_due_end_their_lane(database):
    ids = _accept(database, *[made.incoming(lane="a") for _ in range(4)])
    with database.write() as conn:
        inbox.later(conn, ids[2], due_at=NOW + timedelta(hours=1), error="later")
    with database.write() as conn:
        assert _claim(conn) == ids[:2]


def test_next_due_is_the_earliest_that_waits(database):
    with database.read() as conn:
        assert inbox.next_due_at(conn) is None
    (id,) = _accept(database, made.incoming())
    with database.write() as conn:
        inbox.later(conn, id, due_at=NOW + timedelta(hours=1), error="later")
        assert inbox.next_due_at(conn) == NOW + timedelta(hours=1)


def test_odd_rows_are_listed_newest_first(database):
    ids = _accept(database, *[made.incoming() for _ in range(4)])
    with database.write() as conn:
        inbox.finish_many(
            conn,
            [
                Fate(id=ids[0], state=InboxState.FAILED, error="ValueError: no"),
                Fate(id=ids[1], state=InboxState.HELD, reason="no proof", reason_code="no_proof"),
                Fate(id=ids[2], state=InboxState.DONE),
            ],
            now=NOW,
        )
        assert [row.id for row in inbox.rows(conn)] == ids[::-1]
        assert [row.id for row in inbox.rows(conn, limit=1)] == [ids[3]]
        (failed,) = inbox.rows(conn, failed=True)
        (held,) = inbox.rows(conn, held=True)
        assert [row.id for row in inbox.rows(conn, failed=True, held=True)] == [ids[1], ids[0]]
    assert (failed.id, failed.error) == (ids[0], "ValueError: no")
    assert (held.reason, held.reason_code) == ("no proof", "no_proof")


def test_only_what_failed_or_was_dropped_is_retried(database):
    ids = _accept(database, *[made.incoming() for _ in range(3)])
    states = (InboxState.FAILED, InboxState.DONE, InboxState.DROPPED)
    with database.write() as conn:
        fates = [
            Fate(id=i, state=s, error="e", reason="r") for i, s in zip(ids, states, strict=True)
        ]
        inbox.finish_many(conn, fates, now=NOW)
        assert inbox.retry(conn, [*ids, 99], now=NOW) == [ids[0], ids[2]]
    with database.write() as conn:
        assert _claim(conn) == [ids[0], ids[2]]
        row = there(inbox.get(conn, ids[0]))
    assert (row.error, row.reason, row.attempts, row.handled_at) == (None, None, 0, None)


def test_a_held_row_is_released_once_and_says_by_whom(database):
    (id,) = _accept(database, made.incoming())
    with database.write() as conn:
        assert not inbox.release(conn, id, made.BEA, now=NOW)
        inbox.finish(conn, id, InboxState.HELD, now=NOW, reason_code="no_proof")
        assert inbox.release(conn, id, made.BEA, now=NOW)
        assert not inbox.release(conn, id, made.BEA, now=NOW)
    with database.write() as conn:
        (row,) = inbox.claim(conn, now=NOW, limit=1)
    assert (row.id, row.released_by) == (id, made.BEA)


def test_old_raw_forms_are_forgotten_when_they_were_handled(database):
    old, waiting, young = _accept(
        database,
        made.incoming(raw=b"old"),
        made.incoming(raw=b"waiting"),
        made.incoming(raw=b"young"),
    )
    with database.write() as conn:
        inbox.finish(conn, old, "done", now=NOW)
        inbox.finish(conn, young, "done", now=NOW + timedelta(days=1))
    with database.write() as conn:
        before = NOW + timedelta(hours=1)
        assert inbox.forget_raw(conn, before=before, now=NOW) == 1
        assert inbox.forget_raw(conn, before=before, now=NOW) == 0
    with database.read() as conn:
        for id, raw in ((waiting, b"waiting"), (young, b"young")):
            assert inbox.incoming(conn, there(inbox.get(conn, id))).raw == raw
        with pytest.raises(ContentGoneError, match=f"of arrival {old} was erased"):
            inbox.incoming(conn, there(inbox.get(conn, old)))


def test_raw_forms_that_have_to_stay_do_not_keep_the_others(database):
    """Thousands of dropped and held messages before it once kept every later one for ever."""
    with database.write() as conn:
        many = [made.incoming(raw=b"kept") for _ in range(2_100)]
        kept = [a.id for a in inbox.accept_many(conn, many)]
        gone = [a.id for a in inbox.accept_many(conn, [made.incoming(), made.incoming()])]
        inbox.finish_many(conn, [Fate(id=id, state=InboxState.HELD) for id in kept], now=NOW)
        inbox.finish(conn, gone[0], InboxState.DROPPED, now=NOW)
        inbox.finish(conn, gone[1], InboxState.DONE, now=NOW)
    with database.write() as conn:
        before = NOW + timedelta(hours=1)
        assert inbox.forget_raw(conn, before=before, now=NOW, limit=1) == 1
        assert inbox.forget_raw(conn, before=before, now=NOW, limit=1) == 1
        assert inbox.forget_raw(conn, before=before, now=NOW) == 0
        assert there(inbox.get(conn, kept[-1])).data == b"kept"
        assert [there(inbox.get(conn, id)).data for id in gone] == [None, None]


def test_a_rolled_back_accept_leaves_nothing(database):
    with made.rolled_back(database) as conn:
        inbox.accept_many(conn, [made.incoming(raw=b"gone")])
    with database.read() as conn:
        assert inbox.rows(conn) == []


@pytest.mark.postgres
def test_two_processes_never_overtake_within_a_lane(postgres_url, tmp_path):
    """While one holds the first of a lane, the other gets the other lanes and none of this one."""
    one, two = (Database.open(postgres_url, files=tmp_path) for _ in range(2))
    a1, a2, b1, none = _accept(
        one,
        made.incoming(lane="a"),
        made.incoming(lane="a"),
        made.incoming(lane="b"),
        made.incoming(),
    )
    with one.write() as first:
        assert _claim(first, limit=1) == [a1]
        with two.write() as second:
            assert _claim(second) == [b1, none]
        inbox.finish(first, a1, "done", now=NOW)
    with two.write() as second:
        assert _claim(second) == [a2, b1, none]
    one.close()
    two.close()


def _work_off(database, done, guard):
    while True:
        with database.write() as conn:
            rows = inbox.claim(conn, now=NOW, limit=3)
            if not rows:
                if not inbox.waiting(conn):
                    return
                continue
            with guard:
                done.extend((row.lane, row.id) for row in rows)
            inbox.finish_many(
                conn, [Fate(id=row.id, state=InboxState.DONE) for row in rows], now=NOW
            )


def test_two_workers_handle_each_row_once_and_lanes_in_order(database, other):
    ids = _accept(database, *[made.incoming(lane=f"lane-{n % 5}") for n in range(60)])
    done: list[tuple[str, int]] = []
    guard = threading.Lock()
    workers = [
        threading.Thread(target=_work_off, args=(db, done, guard)) for db in (database, other)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert sorted(id for _, id in done) == ids
    for lane in {lane for lane, _ in done}:
        of_lane = [id for name, id in done if name == lane]
        assert of_lane == sorted(of_lane)


lanes = st.lists(
    st.tuples(st.sampled_from(["", "a", "b", "c"]), st.booleans()), min_size=1, max_size=12
)


@given(rows=lanes, limit=st.integers(1, 12))
def test_a_claim_never_skips_a_waiting_row_of_its_lane(property_database, rows, limit):
    """For any mix of lanes and put-off rows: what is claimed is a due prefix of each lane."""
    database = property_database
    ids = _accept(database, *[made.incoming(lane=lane) for lane, _ in rows])
    with database.write() as conn:
        for id, (_, put_off) in zip(ids, rows, strict=True):
            if put_off:
                inbox.later(conn, id, due_at=NOW + timedelta(days=1), error="later")
    with database.write() as conn:
        claimed = _claim(conn, limit)
        inbox.finish_many(conn, [Fate(id=id, state=InboxState.DROPPED) for id in ids], now=NOW)
    assert claimed == sorted(claimed)
    assert len(claimed) <= limit
    assert claimed == _expected(ids, rows, claimed, limit)


def _expected(
    ids: list[int], rows: list[tuple[str, bool]], claimed: list[int], limit: int
) -> list[int]:
    """Slow and obvious: a row may go when it is due and all before it in its lane went."""
    free: list[int] = []
    stopped: set[str] = set()
    for id, (lane, put_off) in zip(ids, rows, strict=True):
        if put_off or lane in stopped:
            stopped.add(lane)
            stopped.discard("")
        else:
            free.append(id)
    if len(free) <= limit:
        return free
    # With less room than there is work any prefix of each lane will do.
    lane_of = {id: lane for id, (lane, _) in zip(ids, rows, strict=True)}
    for lane in set(lane_of.values()) - {""}:
        of_lane = [id for id in free if lane_of[id] == lane]
        taken = [id for id in claimed if lane_of[id] == lane]
        assert taken == of_lane[: len(taken)]
    assert set(claimed) <= set(free)
    assert len(claimed) == limit
    return claimed
