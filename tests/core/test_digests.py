"""The morning digest: who hears what, and when there is nothing to say."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from gateway.core.agenda import Agenda, agenda_of
from gateway.core.business_hours import Calendar, Hours, Shift
from gateway.core.changes import Decision, Say
from gateway.core.deciding import decide
from gateway.core.events import DigestDue
from gateway.core.model import Ticket
from gateway.core.policy import Policy
from gateway.core.rounds import digest_due, is_working_day
from gateway.core.situation import Situation
from tests.core.kit import (
    BEA,
    CARLA,
    EVE,
    NOW,
    desk,
    of_type,
    policy,
    says,
    ticket,
    why,
)

DAY = date(2026, 1, 5)


def told(*tickets: Ticket, away: dict[str, Any] | None = None, **given: Any) -> Decision:
    agenda = agenda_of(tickets, NOW, NOW + timedelta(hours=12)) if tickets else Agenda()
    situation = Situation(agenda=agenda, away=away or {})
    return decide(DigestDue(day=DAY, at=NOW), situation, desk(**given))


def test_leads_hear_how_the_desk_stands_and_agents_what_is_theirs():
    decision = told(ticket(7, assignee=BEA.email), ticket(9))
    assert says(decision) == [
        (BEA.email, "agenda", "shift"),
        (EVE.email, "digest", "shift"),
    ]
    of_bea, of_eve = of_type(decision, Say)
    assert [t["number"] for t in of_bea.facts["mine"]["tickets"]] == [7]
    assert "late" not in of_bea.facts
    assert of_eve.facts["open"] == 2
    assert [t["number"] for t in of_eve.facts["unassigned"]["tickets"]] == [9]
    assert [(load["name"], load["open"]) for load in of_eve.facts["loads"]] == [
        ("Bea Ruiz", 1),
        ("Carla Neri", 0),
        ("Dan Ode", 0),
        ("Eve Low", 0),
    ]


def test_nothing_is_sent_when_there_is_nothing_to_say():
    assert why(told()) == ["nothing_to_say"]
    assert says(told(ticket(9), agents=(BEA, CARLA))) == []


def test_whoever_is_away_hears_nothing():
    decision = told(ticket(7, assignee=BEA.email), away={BEA.email: None, EVE.email: None})
    assert says(decision) == []


def test_tickets_of_somebody_who_left_are_not_forgotten():
    decision = told(ticket(7, assignee="gone@acme.example"))
    (say,) = of_type(decision, Say)
    assert say.facts["loads"][0] == {"name": "gone@acme.example", "open": 1}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of January 2026 in UTC; Madrid is an hour ahead."""
    return datetime(2026, 1, day, hour, minute, tzinfo=UTC)


EIGHT = policy(digest=time(8, 30))


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(5, 7, 29), None),
        (at(5, 7, 30), date(2026, 1, 5)),
        (at(5, 9, 30), date(2026, 1, 5)),
        (at(5, 9, 31), None),  # later than that the day has its own course
        (at(10, 8), None),  # a Saturday
        (at(11, 8), None),
        (at(12, 8), date(2026, 1, 12)),
    ],
)
def test_it_is_due_at_its_hour_on_working_days(now: datetime, due: date | None):
    assert digest_due(EIGHT, now) == due


def test_without_an_hour_there_is_none():
    assert digest_due(policy(), at(5, 8)) is None


def with_hours(**calendar: Any) -> Policy:
    nine_to_five = (Shift(540, 1020),)
    week = (nine_to_five, nine_to_five, (), (), (), nine_to_five, ())
    given = {"name": "office", "timezone": "Europe/Madrid", "week": week} | calendar
    return replace(EIGHT, hours=Hours(Calendar(**given)))


def test_working_days_are_those_of_the_desks_calendar():
    days = [d for d in range(5, 12) if is_working_day(with_hours(), date(2026, 1, d))]
    assert days == [5, 6, 10]
    closed = with_hours(closed_on=frozenset({date(2026, 1, 6)}))
    assert not is_working_day(closed, date(2026, 1, 6))
