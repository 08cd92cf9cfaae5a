"""Service levels on the whole road, on a clock that is moved, through restarts and edits."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gateway.cli import service
from gateway.core.clocks import What
from gateway.core.model import EntryKind, Priority, State
from gateway.core.targets import Target
from gateway.store import ledger, memory
from tests.runtime.desk import START, Desk, mail, reply_to

ADA, BEA, CARLA = "ada@example.org", "bea@acme.example", "carla@acme.example"
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
SLA = """
[[calendars]]
name = "office"
timezone = "Europe/Madrid"
hours = {{ mon = "{hours}", tue = "{hours}", wed = "{hours}", thu = "{hours}", fri = "{hours}" }}
holidays = "ES"

[[sla]]
name = "default"
calendar = "office"
first_response = {{ urgent = "30m", high = "1h", normal = "2h" }}
next_response = {{ normal = "4h" }}
resolution = {{ urgent = "4h", high = "1d", normal = "{resolution}" }}

[[sla.escalation]]
on = "first_response"
at = "50%"
notify = ["assignee"]

[[sla.escalation]]
on = "first_response"
at = "due"
notify = ["queue"]
raise_priority = true

[[sla.escalation]]
on = "resolution"
at = "due"
raise_tier = true
notify = ["lead"]
"""


def config(hours: str = "09:00-18:00", resolution: str = "16h") -> str:
    return SLA.format(hours=hours, resolution=resolution)


@pytest.fixture
def again(url: str, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    """The desk as it is started anew, with another config if one is given."""
    made: list[Desk] = []

    def start(desk: str = "", *, at: datetime | None = None) -> Desk:
        made.append(Desk(url, tmp_path, desk=desk))
        made[-1].clock.now = at or (made[-2].clock() if len(made) > 1 else START)
        return made[-1]

    yield start
    for one in made:
        one.close()


@pytest.fixture
def desk(again: Callable[..., Desk]) -> Desk:
    return again(config())


def marks(desk: Desk, target: Target, number: int = 1) -> list[tuple[str, str, str | None]]:
    """The ledger of a target: what, when, and when it was due from then on."""
    with desk.database.read() as conn:
        rows = ledger.of_ticket(conn, number)
    own = (row for row in rows if row.target is target)
    return [(r.what.value, _short(r.at), _short(r.due_at)) for r in own]


def _short(at: datetime | None) -> Any:
    return f"{at:%d %H:%M}" if at else None


def shown(desk: Desk, number: int = 1) -> Any:
    return service.sla(desk.ticket(number), desk.app.policy, desk.clock())


FIRST, NEXT, SOLVED = Target.FIRST_RESPONSE, Target.NEXT_RESPONSE, Target.RESOLUTION


def requester_says(desk: Desk, text: str) -> None:
    last = desk.relay.to(ADA)[-1]
    desk.receive(reply_to(last, text, ADA), to=last.reply_to or "")


def test_from_the_first_second_to_the_end(desk: Desk):
    """10:00 in Madrid on the day before a holiday."""
    desk.receive(mail())
    assert marks(desk, FIRST) == [("started", "05 09:00", "05 11:00")]
    assert marks(desk, SOLVED) == [("started", "05 09:00", "07 16:00")]
    desk.clock.advance(minutes=30)
    desk.act(1, text="Which printer?")
    desk.clock.advance(hours=1)
    requester_says(desk, "The red one.")
    desk.act(1, "pending")
    desk.clock.now = datetime(2026, 1, 8, 8, 30, tzinfo=UTC)
    requester_says(desk, "Still there?")
    desk.act(1, "resolve", text="It is out.")
    desk.clock.advance(hours=1)
    requester_says(desk, "It burns again!")

    assert marks(desk, FIRST)[1:] == [("met", "05 09:30", "05 11:00")]
    assert marks(desk, NEXT) == [
        ("started", "05 10:30", "05 14:30"),
        ("paused", "05 10:30", "05 14:30"),
        ("resumed", "08 08:30", "08 12:30"),
        ("met", "08 08:30", "08 12:30"),
        ("started", "08 09:30", "08 13:30"),
    ]
    assert marks(desk, SOLVED)[1:] == [
        ("paused", "05 10:30", "07 16:00"),
        ("resumed", "08 08:30", "09 14:00"),
        ("met", "08 08:30", "09 14:00"),
        ("resumed", "08 09:30", "09 15:00"),
    ]
    assert shown(desk) == {
        "policy": "default",
        "first_response": {
            "due_at": "2026-01-05T11:00:00Z",
            "met_at": "2026-01-05T09:30:00Z",
            "breached": False,
            "paused_since": None,
            "allowed": "2h",
        },
        "next_response": {
            "due_at": "2026-01-08T13:30:00Z",
            "met_at": None,
            "breached": False,
            "paused_since": None,
            "allowed": "4h",
        },
        "resolution": {
            "due_at": "2026-01-09T15:00:00Z",
            "met_at": None,
            "breached": False,
            "paused_since": None,
            "allowed": "16h",
        },
    }


def test_what_stands_still_is_due_later_with_every_minute(desk: Desk):
    desk.receive(mail())
    desk.act(1, "hold")
    desk.clock.advance(hours=3)
    paused = shown(desk)["first_response"]
    assert (paused["due_at"], paused["paused_since"]) == (
        "2026-01-05T14:00:00Z",
        "2026-01-05T09:00:00Z",
    )
    assert desk.fire() == 0


def test_another_priority_is_measured_from_the_start(desk: Desk):
    desk.receive(mail())
    desk.clock.advance(minutes=10)
    desk.act(1, "high")
    assert marks(desk, FIRST)[1:] == [("retargeted", "05 09:10", "05 10:00")]
    desk.act(1, "low")
    assert shown(desk)["first_response"] is None


def test_the_assignee_is_reminded_and_then_the_queue(desk: Desk):
    desk.receive(mail())
    desk.act(1, "take")
    desk.clock.advance(hours=1)
    desk.run()
    (reminder,) = desk.sent_to(BEA, "reminder")
    text = "\n".join(block.text for block in reminder.document.blocks)
    assert "First response is due Monday 5 January, 12:00" in text  # in Madrid
    assert "Bea Ruiz has this ticket" in text
    assert "The printer is on fire." in text
    assert text.startswith("##- Your reply stays inside the team.")
    desk.clock.advance(hours=1)
    desk.run()
    assert len(desk.sent_to(BEA, "overdue")) == 1
    assert desk.ticket(1).priority is Priority.HIGH
    assert [what for what, _, _ in marks(desk, FIRST)] == [
        *("started", "step", "breached", "step", "retargeted")
    ]


def test_an_answer_to_a_reminder_is_a_note(desk: Desk):
    desk.receive(mail())
    desk.act(1, "take")
    desk.clock.advance(hours=1)
    desk.run()
    (reminder,) = desk.sent_to(BEA, "reminder")
    desk.receive(reply_to(reminder, "I wait for a part.", BEA), to=reminder.reply_to or "")
    assert desk.texts(1)[-1] == "I wait for a part."
    assert desk.history(1, EntryKind.NOTE)
    assert desk.sent_to(ADA, "answer") == []
    assert shown(desk)["first_response"]["met_at"] is None


def test_the_tier_is_raised_and_its_people_hear_why(desk: Desk):
    desk.receive(mail())
    desk.act(1, text="Switch it off.")
    desk.clock.now = datetime(2026, 1, 7, 16, 0, tzinfo=UTC)
    desk.run()
    (told,) = desk.sent_to(CARLA, "escalated")
    text = "\n".join(block.text for block in told.document.blocks)
    assert "escalated this to tier 2: resolution was due Wednesday 7 January, 17:00" in text
    assert "Bea Ruiz: Switch it off." in text
    assert (desk.ticket(1).tier, desk.ticket(1).assignee) == (2, None)


def test_a_restart_at_any_moment_neither_loses_nor_repeats_a_step(
    desk: Desk, again: Callable[..., Desk]
):
    """One process each for firing, handling and sending; each of them more often than needed."""
    desk.receive(mail())
    desk.act(1, "take")
    later = desk.clock() + HOUR
    sent = 0
    for deeds in (["fire"], ["fire", "work"], ["work", "fire"], ["work", "post"], ["post", "fire"]):
        process = again(at=later)
        for deed in deeds:
            {"fire": process.fire, "work": process.worker.drain, "post": process.post}[deed]()
        sent += len(process.relay.to(BEA))
    assert sent == 1
    assert [what for what, _, _ in marks(desk, FIRST)].count("step") == 1


def test_after_hours_of_being_down_the_last_step_alone_comes(
    desk: Desk, again: Callable[..., Desk]
):
    desk.receive(mail())
    desk.act(1, "take")
    later = again(at=desk.clock() + 5 * HOUR)
    later.run()
    assert len(later.sent_to(BEA, "overdue")) == 1
    assert later.sent_to(BEA, "reminder") == []
    with later.database.read() as conn:
        steps = [r.because for r in ledger.of_ticket(conn, 1) if r.what is What.STEP]
    assert steps == [
        "50%: skipped, for due had come as well",
        "due: priority high; told Bea Ruiz",
    ]


def test_an_answer_that_came_before_the_clock_was_asked_reminds_nobody(desk: Desk):
    desk.receive(mail())
    desk.act(1, "take")
    desk.clock.advance(hours=1)
    assert desk.fire() == 1
    desk.act(1, text="Here I am.")
    desk.run()
    assert desk.sent_to(BEA, "reminder") == []


def test_the_clocks_are_moved_forward_in_the_night(again: Callable[..., Desk]):
    """Friday 17:00 before the change to summer time: 2 h later is Monday 10:00, all the same."""
    friday = datetime(2026, 3, 27, 16, 0, tzinfo=UTC)
    desk = again(config(), at=friday)
    desk.receive(mail())
    assert marks(desk, FIRST) == [("started", "27 16:00", "30 08:00")]
    desk.clock.now = datetime(2026, 3, 30, 7, 59, tzinfo=UTC)
    desk.run()
    assert desk.sent_to(BEA, "overdue") == []
    desk.clock.advance(minutes=1)
    desk.run()
    assert len(desk.sent_to(BEA, "overdue")) == 1


def test_a_calendar_that_is_edited_measures_open_tickets_anew(
    desk: Desk, again: Callable[..., Desk]
):
    _measured(desk)
    for _ in range(3):
        desk.receive(mail())
    desk.act(2, text="Which printer?")
    desk.act(3, "pending")
    shorter = again(config(hours="09:00-11:00"), at=desk.clock() + MINUTE)
    _measured(shorter)
    assert marks(shorter, FIRST)[1:] == [("retargeted", "05 09:01", "07 09:00")]
    assert len(marks(shorter, SOLVED, 2)) == 2
    assert [what for what, _, _ in marks(shorter, FIRST, 3)] == ["started", "paused"]
    assert shown(shorter, 3)["first_response"]["due_at"] == "2026-01-07T09:01:00Z"
    once = again(at=shorter.clock())
    _measured(once)
    assert len(marks(once, FIRST)) == 2


def test_a_time_that_an_edit_puts_into_the_past_comes_at_once(
    desk: Desk, again: Callable[..., Desk]
):
    _measured(desk)
    desk.receive(mail())
    desk.act(1, text="Which printer?")
    edited = again(config(resolution="30m"), at=desk.clock() + HOUR)
    _measured(edited)
    assert len(edited.sent_to(CARLA, "escalated")) == 1
    assert ("breached", "05 09:30", "05 09:30") in marks(edited, SOLVED)


def test_an_edit_is_finished_by_the_next_process_where_one_died_on_the_way(
    desk: Desk, again: Callable[..., Desk]
):
    _measured(desk)
    desk.receive(mail())
    edited = again(config(hours="09:00-11:00"), at=desk.clock() + MINUTE)
    with edited.clockwork() as clock:
        assert clock.measure_some()
    successor = again(at=desk.clock() + MINUTE)
    _measured(successor)
    assert [what for what, _, _ in marks(successor, FIRST)] == ["started", "retargeted"]


def test_a_desk_without_service_levels_remembers_nothing_of_them(url: str, tmp_path: Path):
    plain = Desk(url, tmp_path)
    _measured(plain)
    with plain.database.read() as conn:
        assert memory.recall(conn, "service levels") is None
    plain.close()


def _measured(desk: Desk) -> None:
    """All that an edit asks for is done."""
    with desk.clockwork() as clock:
        while clock.measure_some():
            desk.run()
    desk.run()


def test_what_is_imported_has_no_clock(desk: Desk):
    desk.receive(mail(), live=False)
    assert shown(desk) == {
        "policy": "default",
        "first_response": None,
        "next_response": None,
        "resolution": None,
    }
    desk.clock.advance(days=9)
    assert desk.fire() == 0


def test_a_ticket_that_is_joined_or_merged_stands_still(desk: Desk):
    desk.receive(mail())
    desk.receive(mail(subject="Another"))
    desk.act(1, "merge 2")
    assert shown(desk, 1)["resolution"]["paused_since"] is not None
    desk.act(1, "open")
    assert shown(desk, 1)["resolution"]["paused_since"] is None


def test_closed_by_itself_stays_met(desk: Desk):
    desk.receive(mail())
    desk.act(1, "resolve", text="Done.")
    desk.clock.advance(days=8)
    desk.run()
    assert desk.ticket(1).state is State.CLOSED
    assert shown(desk)["resolution"]["met_at"] == "2026-01-05T09:00:00Z"


def test_two_processes_that_look_at_once_remind_once(desk: Desk, again: Callable[..., Desk]):
    desk.receive(mail())
    desk.act(1, "take")
    desk.clock.advance(hours=1)
    other = again(at=desk.clock())
    assert desk.fire() + other.fire() == 1
    desk.run()
    other.run()
    assert len(desk.relay.to(BEA)) - 1 + len(other.relay.to(BEA)) == 1


def test_the_shapes_are_json(desk: Desk):
    desk.receive(mail())
    with desk.database.read() as conn:
        rows = ledger.of_ticket(conn, 1)
    told = json.loads(json.dumps(service.ledgers(rows)))
    assert told["first_response"] == [
        {
            "at": "2026-01-05T09:00:00Z",
            "what": "started",
            "because": "the ticket was opened",
            "due_at": "2026-01-05T11:00:00Z",
        }
    ]
    assert told["next_response"] == []


def test_people_read_the_ledger_to_the_second(desk: Desk):
    desk.clock.advance(seconds=7)
    desk.receive(mail())
    desk.act(1, "hold")
    with desk.database.read() as conn:
        rows = ledger.of_ticket(conn, 1)
    told = list(service.story(desk.ticket(1), rows, desk.app.policy, desk.clock()))
    assert told[:4] == [
        "",
        "first response: paused since 2026-01-05 10:00; due 2026-01-05 12:00 if it went on now",
        "    2026-01-05 10:00:07  started, due 2026-01-05 12:00:07: the ticket was opened",
        "    2026-01-05 10:00:07  paused, due 2026-01-05 12:00:07: Bea Ruiz said #hold",
    ]
    assert service.next_due(desk.ticket(1), desk.app.policy, desk.clock()) == "paused"
    desk.act(1, "open")
    desk.clock.advance(days=9)
    assert service.next_due(desk.ticket(1), desk.app.policy, desk.clock()) == (
        "2026-01-05 12:00 late"
    )
