"""A simulation: the same decisions as live, under a clock of its own, and nothing left of it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from gateway.app import App, read_config
from gateway.core.model import Priority, State
from gateway.core.ports import Incoming
from gateway.core.targets import Target
from gateway.runtime.simulating.archive import of_history, of_mails
from gateway.runtime.simulating.page import page_of
from gateway.runtime.simulating.replay import play, stage_for
from gateway.runtime.simulating.results import Deadline, Fate, Run, Story, Told, compare, in_sum
from gateway.runtime.simulating.spool import Spool
from gateway.runtime.simulating.witness import Witness
from tests.runtime.desk import CONFIG, START, Desk, mail

BEA = "Bea Ruiz <bea@acme.example>"
FIRST = "<first@example.org>"


def app_of(folder: Path, more: str = "", name: str = "simulated.toml") -> App:
    path = folder / name
    url = f"sqlite:///{folder}/nowhere.db"
    path.write_text(CONFIG.format(url=url, desk='digest = ""') + more)
    return App(loaded=read_config(path, {}))


def replay(app: App, arrivals: Iterable[Incoming]) -> Run:
    spool = Spool()
    list(spool.add(arrivals))
    witness = Witness(app.desk)
    readers = {name: channel.read for name, channel in app.channels.items()}
    with stage_for(app.desk, readers) as stage:
        for done in play(stage, spool):
            witness.see(done)
    spool.close()
    return witness.run(app.loaded.path.name)


def dated(minute: int, text: str, **fields: Any) -> bytes:
    at = START + timedelta(minutes=minute)
    return mail(text, date=f"{at:%a, %d %b %Y %H:%M:%S} +0000", **fields)


CONVERSATION = (
    dated(0, "The printer is on fire.", message_id=FIRST),
    dated(90, "Pull the plug.", from_=BEA, in_reply_to=FIRST, to="ada@example.org"),
    dated(100, "Thank you, it is out. And the scanner?", in_reply_to=FIRST),
    dated(5, "Where is my invoice?", from_="Bob <bob@example.org>", subject="Invoice"),
)


def test_tickets_are_opened_as_live_and_agents_answers_count(tmp_path: Path):
    run = replay(app_of(tmp_path), of_mails(CONVERSATION, datetime.now(UTC)))
    assert [(s.subject, s.opened_at - START) for s in run.stories] == [
        ("Printer on fire", timedelta(0)),
        ("Invoice", timedelta(minutes=5)),
    ]
    printer, invoice = run.stories
    assert (printer.state, printer.assignee) == (State.OPEN, "bea@acme.example")
    assert (invoice.state, invoice.assignee) == (State.NEW, None)
    assert len(run.arrivals) == 4
    assert run.load()[0, 10] == 2  # a Monday, ten o'clock in Madrid


def test_nothing_is_stored_and_nothing_is_left(tmp_path: Path):
    replay(app_of(tmp_path), of_mails(CONVERSATION, datetime.now(UTC)))
    assert [p.name for p in tmp_path.iterdir()] == ["simulated.toml"]


def test_a_copy_of_what_the_desk_sent_counts_as_an_answer(tmp_path: Path):
    sent = dated(90, "Pull the plug.", from_="support@acme.example", in_reply_to=FIRST)
    run = replay(app_of(tmp_path), of_mails((CONVERSATION[0], sent), datetime.now(UTC)))
    assert [(s.state, s.assignee) for s in run.stories] == [(State.OPEN, "bea@acme.example")]


def test_mail_without_a_date_comes_with_the_one_before_it(tmp_path: Path):
    odd = (
        mail("One.", date="no date at all", message_id="<odd1@example.org>"),
        mail("Two.", date="Fri, 31 Dec 9999 23:59:59 +0000", message_id="<odd2@example.org>"),
    )
    given = list(of_mails((CONVERSATION[0], *odd), datetime.now(UTC)))
    assert {incoming.received_at for incoming in given} == {START}
    assert len(replay(app_of(tmp_path), given).stories) == 3


def test_the_same_mail_twice_is_one(tmp_path: Path):
    run = replay(app_of(tmp_path), of_mails(CONVERSATION * 2, datetime.now(UTC)))
    assert len(run.stories) == 2
    assert len(run.arrivals) == 4


def test_a_message_that_cannot_be_handled_stands_in_nobodys_way(tmp_path: Path):
    odd = Incoming(channel="fax", external_id="1", raw=b"?", received_at=START)
    run = replay(app_of(tmp_path), [odd, *of_mails(CONVERSATION, datetime.now(UTC))])
    assert run.fates["failed"] == 1
    assert len(run.stories) == 2


def test_two_configs_differ_ticket_by_ticket(tmp_path: Path):
    more = '\n[[queues]]\nname = "sales"\naddresses = ["support@acme.example"]\n'
    one = replay(app_of(tmp_path), of_mails(CONVERSATION, datetime.now(UTC)))
    other = replay(app_of(tmp_path, more, "b.toml"), of_mails(CONVERSATION, datetime.now(UTC)))
    assert compare(one, one) == ()
    found = compare(one, other)
    assert [(d.story.subject, d.what) for d in found] == [
        ("Printer on fire", (("queue", "support", "sales"),)),
        ("Invoice", (("queue", "support", "sales"),)),
    ]


LEVELS = """
[[sla]]
name = "default"
calendar = "always"
first_response = { normal = "1h" }
resolution = { normal = "1d" }

[[sla.escalation]]
on = "first_response"
at = "80%"
notify = ["lead"]
"""


def test_deadlines_are_met_or_missed_given_when_answers_came(tmp_path: Path):
    run = replay(app_of(tmp_path, LEVELS), of_mails(CONVERSATION, datetime.now(UTC)))
    printer, invoice = run.stories
    fates = {d.target.value: d.fate.value for d in printer.deadlines}
    assert fates == {"first_response": "missed", "resolution": "running"}
    first = next(d for d in printer.deadlines if d.target is Target.FIRST_RESPONSE)
    assert first.due_at == START + timedelta(hours=1)
    assert first.ended_at == START + timedelta(minutes=90)
    assert [(t.at - START, t.kind, t.to) for t in printer.told] == [
        (timedelta(minutes=48), "reminder", "Bea Ruiz")
    ]
    assert [t.at - START for t in invoice.told] == [timedelta(minutes=53)]
    assert not run.at_night()


def test_at_night_somebody_would_have_been_woken(tmp_path: Path):
    late = mail("Help.", date="Mon, 05 Jan 2026 22:30:00 +0000")
    later = mail("Hello?", date="Tue, 06 Jan 2026 09:00:00 +0000", from_="b@example.org")
    run = replay(app_of(tmp_path, LEVELS), of_mails((late, later), datetime.now(UTC)))
    assert run.at_night() == {"Bea Ruiz": 1}


def test_the_desks_own_history_has_the_same_deadlines(url: str, tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG.format(url=url, desk='digest = ""') + LEVELS)
    desk = Desk(url, tmp_path)
    try:
        desk.receive(CONVERSATION[0])
        desk.clock.advance(minutes=90)
        desk.run()
        desk.act(1, text="Pull the plug.")
        desk.clock.advance(minutes=10)
        desk.receive(CONVERSATION[2])
        live = desk.ticket(1).clocks
        (story,) = replay(desk.app, of_history(desk.database, lambda _missed: None)).stories
    finally:
        desk.close()
    first = next(d for d in story.deadlines if d.target is Target.FIRST_RESPONSE)
    clock = live.of(Target.FIRST_RESPONSE)
    assert clock is not None
    assert (first.due_at, first.ended_at) == (clock.due_at, clock.met_at)
    assert (first.fate is Fate.MISSED) == clock.breached is True
    for target in (Target.RESOLUTION, Target.NEXT_RESPONSE):
        due = [d.due_at for d in story.deadlines if d.target is target]
        running = live.of(target)
        assert due == ([running.due_at] if running and running.due_at else [])


def test_the_desks_own_history_goes_as_it_went(desk: Desk, tmp_path: Path):
    desk.receive(CONVERSATION[0])
    desk.clock.advance(minutes=30)
    desk.act(1, "urgent", text="Pull the plug.")
    desk.clock.advance(minutes=30)
    desk.receive(CONVERSATION[2])
    desk.act(1, "resolve")
    missed: list[int] = []
    run = replay(desk.app, of_history(desk.database, missed.append))
    (story,), live = run.stories, desk.ticket(1)
    assert (story.subject, story.opened_at) == (live.subject, live.created_at)
    assert (story.state, story.priority) == (live.state, live.priority)
    assert story.assignee == live.assignee
    assert missed == [0]


WAITS = """
[[queues]]
name = "support"
addresses = ["support@acme.example"]
remind_requester = ["1d", "2d"]
resolve_unanswered = "3d"
still_working = "80%"

[[sla]]
name = "default"
calendar = "always"
first_response = { normal = "10h" }
next_response = { normal = "10h" }
"""
BY_CLOCK = ("waiting", "resolved", "still_open", "reminder", "overdue")


def test_requesters_and_promises_are_told_as_live(url: str, tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG.format(url=url, desk='digest = ""') + WAITS)
    desk = Desk(url, tmp_path)
    try:
        desk.receive(CONVERSATION[0])
        desk.act(1, "promise 2h", text="I look into it.")
        desk.clock.advance(minutes=90)
        desk.run()
        desk.clock.advance(minutes=30)
        desk.run()
        desk.act(1, "pending", text="Which printer is it?")
        for _ in range(3):
            desk.clock.advance(days=1)
            desk.run()
        desk.receive(mail("Another thing.", date=f"{desk.clock():%a, %d %b %Y %H:%M:%S} +0000"))
        told = [(o.created_at, o.kind) for o in desk.outgoing() if o.kind in BY_CLOCK]
        stories = replay(desk.app, of_history(desk.database, lambda _missed: None)).stories
        live = desk.ticket(1)
    finally:
        desk.close()
    assert [(t.at, t.kind) for t in stories[0].told] == told
    assert [t.kind for t in stories[0].told] == [
        "reminder",
        "overdue",
        "waiting",
        "waiting",
        "resolved",
    ]
    assert [t.outside for t in stories[0].told] == [False, False, True, True, True]
    assert stories[0].state == live.state == State.RESOLVED


SHIFTS = """
[[calendars]]
name = "early"
timezone = "UTC"
hours = { mon = "06:00-14:00", tue = "06:00-14:00", wed = "06:00-14:00" }

[[calendars]]
name = "late"
timezone = "UTC"
hours = { mon = "14:00-23:00", tue = "14:00-23:00", wed = "14:00-23:00" }

[[agents]]
name = "Ed Early"
email = "ed@acme.example"
shift = "early"

[[agents]]
name = "Lu Late"
email = "lu@acme.example"
shift = "late"
"""
ROUNDS = ("digest", "agenda", "handover")


def test_digests_and_hand_overs_go_to_whom_they_went(url: str, tmp_path: Path):
    path = tmp_path / "gateway.toml"
    path.write_text(CONFIG.format(url=url, desk='digest = "08:30"') + SHIFTS)
    desk = Desk(url, tmp_path)
    try:
        desk.clock.advance(hours=1)  # the digest of that day is not sent any more
        desk.receive(CONVERSATION[0])
        desk.act(1, "take", agent="ed@acme.example")
        while desk.clock() < START + timedelta(days=2):
            desk.clock.advance(minutes=30)
            with desk.clockwork() as clock:
                clock.make_round()
            desk.run()
        desk.receive(mail("Hello?", date=f"{desk.clock():%a, %d %b %Y %H:%M:%S} +0000"))
        rows = sorted(desk.outgoing(), key=lambda row: row.created_at)
        live = [(row.created_at, row.kind, row.to.name) for row in rows if row.kind in ROUNDS]
        run = replay(desk.app, of_history(desk.database, lambda _missed: None))
    finally:
        desk.close()
    assert [(t.at, t.kind, t.to) for t in run.rounds] == live
    assert {(kind, to) for _, kind, to in live} == {
        ("digest", "Bea Ruiz"),
        ("agenda", "Ed Early"),
        ("handover", "Lu Late"),
    }
    assert run.by_person()["Lu Late", "handover"] == 2


def test_in_a_silence_of_months_there_are_digests_for_one(tmp_path: Path):
    app = app_of(tmp_path, more="\n")
    path = app.loaded.path
    path.write_text(path.read_text().replace('digest = ""', 'digest = "08:30"'))
    app = App(loaded=read_config(path, {}))
    far = START + timedelta(days=400)
    late = mail("Still there?", date=f"{far:%a, %d %b %Y %H:%M:%S} +0000")
    run = replay(app, of_mails((CONVERSATION[0], late), datetime.now(UTC) + timedelta(days=500)))
    assert len(run.rounds) == 23  # working days of a month
    assert {t.to for t in run.rounds} == {"Bea Ruiz"}


def test_nobody_is_woken_in_their_own_shift():
    at = START.replace(hour=2)
    told = tuple(
        Told(at=at, kind="reminder", to=to, ticket=None, on_duty=on_duty)
        for to, on_duty in (("Mei", True), ("Bea", False))
    )
    run = Run(name="a", timezone="UTC", stories=(), rounds=told)
    assert run.at_night() == {"Bea": 1}
    assert len(run.told) == 2


def test_two_runs_stand_beside_each_other_in_sum(tmp_path: Path):
    strict = LEVELS.replace('normal = "1h"', 'normal = "2h"')
    one = replay(app_of(tmp_path, LEVELS), of_mails(CONVERSATION, datetime.now(UTC)))
    other = replay(app_of(tmp_path, strict, "b.toml"), of_mails(CONVERSATION, datetime.now(UTC)))
    found = {name: (ours, theirs) for name, ours, theirs in in_sum(one, other)}
    assert found["tickets"] == (2, 2)
    assert found["deadlines missed"] == (2, 0)
    assert found["first response, normal: missed"] == (2, 0)
    page = page_of(one, other, compare(one, other))
    assert "<td>first response, normal: missed</td><td>2</td><td>0</td>" in page


def test_a_priority_says_why_be_it_a_rule_or_a_step(tmp_path: Path):
    raising = LEVELS.replace('notify = ["lead"]', "raise_priority = true")
    raising += '\n[[rules]]\nname = "money"\nwhen = \'subject == "Invoice"\'\npriority = "low"\n'
    later = (dated(600, "x", from_="c@example.org", message_id="<c@example.org>"),)
    run = replay(app_of(tmp_path, raising), of_mails(CONVERSATION + later, datetime.now(UTC)))
    assert [s.because for s in run.stories[:2]] == [
        ("first response: 80% of the time allowed is over",),
        ('rule "money"',),
    ]
    assert run.by_reason()[Priority.LOW, 'rule "money"'] == 1


def test_nobody_of_the_desk_is_woken_by_what_requesters_hear(tmp_path: Path):
    story = Story(
        opened_by="a",
        number=1,
        subject="a",
        opened_at=START,
        queue="support",
        priority=Priority.NORMAL,
        because=(),
        state="open",
        tier=1,
        assignee=None,
        told=(Told(at=START.replace(hour=2), kind="waiting", to="Ada", ticket=1, outside=True),),
    )
    assert not Run(name="a", timezone="UTC", stories=(story,)).at_night()


def test_messages_whose_raw_form_was_erased_are_counted(desk: Desk):
    desk.receive(CONVERSATION[0])
    desk.clock.advance(days=100)
    with desk.clockwork() as clock:
        clock.tidy()
    missed: list[int] = []
    assert list(of_history(desk.database, missed.append)) == []
    assert missed == [1]


def test_the_page_says_whom_the_clock_would_have_told_what_and_what_its_colours_are():
    at = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
    told = tuple(
        Told(at=at, kind=kind, to=to, ticket=1)
        for kind, to in (("reminder", "Bea"), ("overdue", "Bea"), ("overdue", "Bea"))
    )
    deadline = Deadline(
        target=Target.RESOLUTION,
        priority=Priority.NORMAL,
        started_at=at,
        due_at=at,
        fate=Fate.MISSED,
    )
    story = Story(
        opened_by="a",
        number=1,
        subject="Fire",
        opened_at=at,
        queue="support",
        priority=Priority.NORMAL,
        because=(),
        state="open",
        tier=1,
        assignee=None,
        deadlines=(deadline,),
        told=told,
    )
    page = page_of(Run(name="a.toml", timezone="UTC", stories=(story,)))
    assert "<td>Bea</td><td>overdue</td><td>2</td>" in page
    assert "<td>Bea</td><td>reminder</td><td>1</td>" in page
    for word in ("met", "missed", "running"):
        assert f">{word}</text>" in page


def test_the_page_holds_nobodys_markup_and_needs_nothing_else(tmp_path: Path):
    hostile = dated(0, "x", subject="</title><script>alert(1)</script>", message_id=FIRST)
    run = replay(app_of(tmp_path), of_mails((hostile,), datetime.now(UTC)))
    page = page_of(run)
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    assert "http://" not in page
    assert "https://" not in page
