"""The hand-over on real stores: once, whatever is started anew or runs beside it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.runtime.desk import START, Desk, mail, reply_to

MEI, BEA, ANA = "mei@ops.example", "bea@ops.example", "ana@ops.example"
TEAMS = """
digest = ""

[[calendars]]
name = "singapore"
timezone = "Asia/Singapore"
hours = { mon = "08:00-16:00", tue = "08:00-16:00" }

[[calendars]]
name = "madrid"
timezone = "Europe/Madrid"
hours = { mon = "08:00-16:30", tue = "08:00-16:30" }

[[calendars]]
name = "mexico"
timezone = "America/Mexico_City"
hours = { mon = "08:00-18:00", tue = "08:00-18:00" }

[[agents]]
name = "Mei Tan"
email = "mei@ops.example"
shift = "singapore"

[[agents]]
name = "Bea Ops"
email = "bea@ops.example"
shift = "madrid"

[[agents]]
name = "Ana Luna"
email = "ana@ops.example"
shift = "mexico"
"""
SINGAPORE_ENDS = START.replace(hour=8)


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, desk=TEAMS)
    made.clock.now = SINGAPORE_ENDS - timedelta(hours=1)
    yield made
    made.close()


def round_of(desk: Desk) -> bool:
    with desk.clockwork() as clock:
        made = clock.make_round()
    desk.run()
    return made


def handed(desk: Desk) -> list[str]:
    return [row.to.address for row in desk.outgoing() if row.kind == "handover"]


def left_by_mei(desk: Desk) -> None:
    desk.receive(mail())
    desk.act(1, "take", "promise 20:00", agent=MEI)  # where she is: 13:00 in Madrid


def test_it_goes_round_the_world_with_the_day(house: Desk):
    left_by_mei(house)
    assert not round_of(house)
    house.clock.now = SINGAPORE_ENDS
    assert round_of(house)
    assert not round_of(house)
    assert handed(house) == [BEA]
    (told,) = house.sent_to(BEA, "handover")
    assert told.document.subject == "Acme Support: hand-over from Mei Tan (1)"
    assert "The shift of Mei Tan is over. Still open:" in told.document.text
    assert "#1 Printer on fire: open, normal, Mei Tan, promised answer is due 5 Jan, 13:00" in (
        told.document.text
    )
    house.receive(reply_to(told, "1 take", f"Bea Ops <{BEA}>"), to=told.reply_to or "", sender=BEA)
    assert house.ticket(1).assignee == BEA
    house.clock.now = SINGAPORE_ENDS.replace(hour=15, minute=30)
    assert round_of(house)
    assert handed(house) == [BEA, ANA]


def test_nothing_where_nothing_is_left(house: Desk):
    house.receive(mail())
    house.clock.now = SINGAPORE_ENDS
    assert round_of(house)
    assert handed(house) == []


def test_once_through_restarts_and_from_several_processes(house: Desk, url: str, tmp_path: Path):
    left_by_mei(house)
    later = [Desk(url, tmp_path) for _ in range(3)]
    for other in later:
        other.clock.now = SINGAPORE_ENDS + timedelta(minutes=20)
        with other.clockwork() as clock:
            clock.make_round()
    for other in later:
        round_of(other)
        other.close()
    assert handed(house) == [BEA]


def test_a_desk_that_was_down_for_long_hands_over_no_more(house: Desk):
    left_by_mei(house)
    house.clock.now = SINGAPORE_ENDS + timedelta(hours=3)
    round_of(house)
    assert handed(house) == []
