"""Bursts are folded on real stores: nothing is lost, by restarts and by several processes."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.core.bursts import Burst, Sort
from gateway.core.model import EntryKind
from gateway.runtime.erasing import erase_person
from gateway.store import bursts, kept
from gateway.store.database import Database
from gateway.store.errors import ConflictError
from gateway.store.together import together
from tests.runtime.desk import START, Desk, mail, reply_to
from tests.runtime.test_races import desks, drain_together  # noqa: F401 - a fixture

THREE = 'digest = ""\nburst_notices = 3\nburst_within = "10m"'
BEA = "bea@acme.example"


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, desk=THREE)
    yield made
    made.close()


def flood(desk: Desk, count: int) -> None:
    """Many write at once, and are handled in batches."""
    for n in range(count):
        sender = f"p{n}@example.org"
        desk.arrive(mail(f"It burns: {n}.", from_=sender, subject=f"Fire {n}"), sender=sender)
    desk.run()


def round_of(desk: Desk) -> bool:
    with desk.clockwork() as clock:
        made = clock.make_round()
    desk.run()
    return made


def kept_of(desk: Desk) -> list[int]:
    with desk.database.read() as conn:
        return [one.ticket for one in kept.of(conn, BEA, Sort.EVERYDAY, 10_000)]


def test_what_is_too_much_at_once_comes_as_one_mail_when_the_time_is_over(desk: Desk):
    flood(desk, 10)
    assert len(desk.relay.to(BEA)) == 3
    assert not round_of(desk)
    desk.clock.advance(minutes=10)
    assert round_of(desk)
    (told,) = desk.sent_to(BEA, "summary")
    assert told.document.subject == "Acme Support: summary of notices (7)"
    for n in range(3, 10):
        assert f"#{n + 1} Fire {n}: new, normal, nobody has it" in told.document.text
        assert f"new ticket · p{n}@example.org: It burns: {n}." in told.document.text
    assert kept_of(desk) == []
    assert not round_of(desk)


def test_the_history_says_what_was_kept_and_why(desk: Desk):
    flood(desk, 4)
    (notice,) = [
        e for e in desk.history(4, EntryKind.NOTICE) if e.because_code == "too_many_at_once"
    ]
    assert notice.because == "more than 3 notices within 10 minutes: kept for a summary"
    assert notice.body is not None
    assert notice.body.text == "Kept for a summary to Bea Ruiz: new ticket"


def test_it_is_answered_with_lines_as_a_digest_is(desk: Desk):
    flood(desk, 5)
    desk.clock.advance(minutes=10)
    round_of(desk)
    (told,) = desk.sent_to(BEA, "summary")
    answer = reply_to(told, "4 take\n5 carla", "Bea Ruiz <bea@acme.example>")
    desk.receive(answer, to=told.reply_to or "", sender=BEA)
    assert [desk.ticket(n).assignee for n in (4, 5)] == [BEA, "carla@acme.example"]


def test_a_restart_forgets_neither_the_count_nor_what_was_kept(desk: Desk, url: str, tmp_path):
    flood(desk, 5)
    again = Desk(url, tmp_path)
    try:
        flood(again, 2)
        assert again.relay.to(BEA) == []
        again.clock.advance(minutes=10)
        assert round_of(again)
        (told,) = again.sent_to(BEA, "summary")
        assert told.document.subject == "Acme Support: summary of notices (4)"
    finally:
        again.close()


def test_a_summary_that_was_asked_for_twice_comes_once(desk: Desk):
    flood(desk, 5)
    desk.clock.advance(minutes=10)
    with desk.clockwork() as clock:
        assert clock.make_round()  # and the process dies before it is handled
    assert round_of(desk)
    assert len(desk.sent_to(BEA, "summary")) == 1


def test_what_is_kept_while_the_summary_is_made_comes_in_the_next(desk: Desk):
    flood(desk, 5)
    desk.clock.advance(minutes=10)
    round_of(desk)
    late = kept.NewKept(
        agent=BEA, sort=Sort.EVERYDAY, ticket=5, kind="reply", entry=None, at=desk.clock()
    )
    with desk.database.write() as conn:  # another process, which saw that all is to be kept
        kept.keep(conn, [late])
    assert round_of(desk)
    first, second = desk.sent_to(BEA, "summary")
    assert "new message" not in first.document.text
    assert "#5 Fire 4" in second.document.text
    assert kept_of(desk) == []


def test_a_limit_that_was_lifted_still_sends_what_was_kept(desk: Desk, url: str, tmp_path):
    flood(desk, 5)
    free = Desk(url, tmp_path, desk='digest = ""\nburst_notices = 0')
    try:
        flood(free, 5)
        assert len(free.sent_to(BEA, "new_ticket")) == 5
        free.clock.advance(minutes=10)
        assert round_of(free)
        assert len(free.sent_to(BEA, "summary")) == 1
    finally:
        free.close()


def test_of_an_erased_person_no_summary_keeps_the_words(desk: Desk):
    flood(desk, 5)
    desk.clock.advance(minutes=10)
    round_of(desk)
    erase_person(desk.database, desk.app.policy, "p4@example.org", desk.clock)
    (row,) = [row for row in desk.outgoing() if row.kind == "summary"]
    assert row.message == {"v": 1}


def test_of_a_person_erased_before_it_is_made_a_summary_has_no_words(desk: Desk):
    flood(desk, 5)
    erase_person(desk.database, desk.app.policy, "p4@example.org", desk.clock)
    desk.clock.advance(minutes=10)
    round_of(desk)
    (told,) = desk.sent_to(BEA, "summary")
    assert "It burns: 3." in told.document.text
    assert "It burns: 4." not in told.document.text
    assert "Fire 4" not in told.document.text


def database_of(url: str) -> Database:
    return Database.open(url, files=Path("/nonexistent"), migrate=False)


def test_of_two_who_tell_one_agent_at_once_the_second_decides_again(url: str):
    database = database_of(url)
    try:
        with database.read() as conn:
            before = bursts.every(conn).get((BEA, Sort.EVERYDAY), Burst())
        with database.write() as conn:
            bursts.save(conn, [(BEA, Sort.EVERYDAY, before)])
        with pytest.raises(ConflictError), database.write() as conn:
            bursts.save(conn, [(BEA, Sort.EVERYDAY, before)])
        with database.write() as conn, together(conn):
            for _ in range(3):  # in a batch, each sees what the ones before it have written
                after = bursts.every(conn)[BEA, Sort.EVERYDAY]
                bursts.save(conn, [(BEA, Sort.EVERYDAY, after)])
                assert kept.due(conn, START) == []  # which writes what waits
        with database.read() as conn:
            assert bursts.every(conn)[BEA, Sort.EVERYDAY].version == 4
    finally:
        database.close()


@pytest.mark.postgres
def test_several_processes_tell_an_agent_no_more_together(desks: list[Desk]):  # noqa: F811
    for n in range(150):
        sender = f"p{n}@example.org"
        desks[0].arrive(mail(f"It burns: {n}.", from_=sender, subject=f"Fire {n}"), sender=sender)
    drain_together(desks)
    kinds = Counter(row.kind for row in desks[0].outgoing() if row.to.address == BEA)
    assert kinds == {"new_ticket": 20}
    assert len(desks[0].tickets()) == 150
    told = [row.ticket or 0 for row in desks[0].outgoing() if row.to.address == BEA]
    assert sorted([*told, *kept_of(desks[0])]) == sorted(t.number for t in desks[0].tickets())
