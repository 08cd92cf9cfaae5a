"""Before a target is missed: the requester hears of it; and at night, whom the step names."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.store import people
from tests.runtime.desk import START, Desk, mail

ADA, BEA, CARLA = "ada@example.org", "bea@acme.example", "carla@acme.example"
CONFIG = """
digest = ""

[[queues]]
name = "support"
addresses = ["support@acme.example"]
still_working = "80%"
say_when = true

[[contacts]]
match = "ada@example.org"
timezone = "America/Lima"

[[sla]]
name = "default"
calendar = "always"
first_response = { normal = "10h" }

[[sla.escalation]]
on = "first_response"
at = "80%"
notify = ["lead"]
"""


@pytest.fixture
def house(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, desk=CONFIG)
    yield made
    made.close()


def test_who_wrote_hears_it_once_through_restarts(house: Desk, url: str, tmp_path: Path):
    house.receive(mail())
    with house.database.write() as conn:
        people.verify(conn, house.ticket(1).requester, house.clock())
    later = [Desk(url, tmp_path) for _ in range(3)]
    for other in later:
        other.clock.now = house.clock()
        other.clock.advance(hours=8)
        other.fire()
    for other in later:
        other.run()
        other.close()
    (row,) = [r for r in house.outgoing() if r.kind == "still_open"]
    assert row.to.address == ADA
    (sent,) = [o for other in later for o in other.relay.to(ADA) if o.message_id == row.message_id]
    assert "still being worked on" in sent.document.text
    assert "by Monday 5 January, 14:00 (Lima time)" in sent.document.text
    assert [r.kind for r in house.outgoing() if r.to.address == BEA][-1] == "reminder"


def test_an_answer_before_says_enough(house: Desk):
    house.receive(mail())
    house.act(1, text="Pull the plug.")
    house.clock.advance(days=2)
    house.run()
    assert house.sent_to(ADA, "still_open") == []


NIGHT = """
digest = ""

[[queues]]
name = "support"

[[queues]]
name = "nights"
restricted = true
addresses = ["nights@acme.example"]

[[calendars]]
name = "office"
timezone = "Europe/Madrid"
hours = {{ mon = "09:00-17:00", tue = "09:00-17:00" }}

[[sla]]
name = "default"
calendar = "always"
first_response = {{ normal = "2h" }}

[[sla.escalation]]
on = "first_response"
at = "due"
notify = ["queue"]
{step}

[[agents]]
name = "Dan Ode"
email = "dan@acme.example"
queues = ["nights"]
shift = "office"

[[agents]]
name = "Ann Call"
email = "ann@acme.example"
queues = ["nights"]
shift = "office"
{agent}
"""


@pytest.mark.parametrize(
    ("step", "agent", "heard"),
    [
        ("", "", [BEA]),  # who leads, and works always
        ("off_shift = true", "", ["dan@acme.example", "ann@acme.example"]),
        ("", "on_call = true", ["ann@acme.example"]),
    ],
)
def test_at_night_a_step_reaches_whom_the_config_says(url: str, tmp_path: Path, step, agent, heard):
    desk = Desk(url, tmp_path, desk=NIGHT.format(step=step, agent=agent))
    try:
        told(desk, heard)
    finally:
        desk.close()


def told(desk: Desk, heard: list[str]) -> None:
    desk.clock.now = START.replace(hour=22)
    desk.receive(mail(to="nights@acme.example"), to="nights@acme.example")
    desk.clock.advance(hours=2)
    desk.run()
    assert [r.to.address for r in desk.outgoing() if r.kind == "overdue"] == heard
