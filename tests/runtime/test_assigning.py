"""Tickets given by the desk: on both databases, through restarts, by two processes at once."""

from pathlib import Path

from gateway.core.model import EntryKind
from gateway.core.policy import Assign
from gateway.core.ports import Outbound
from gateway.store import people
from tests.runtime.desk import CONFIG, Desk, mail

BEA, CARLA, GUS, DAN = (f"{n}@acme.example" for n in ("bea", "carla", "gus", "dan"))
TEAM = f"""
[[agents]]
name = "Gus Oro"
email = "{GUS}"
limit = 2

[[agents]]
name = "Dan Ode"
email = "{DAN}"
tier = 2
skills = ["network"]

[[queues]]
name = "support"
assign = "{{way}}"
skill = "{{skill}}"
"""


def staffed(url: str, folder: Path, way: Assign = Assign.ROUND_ROBIN, skill: str = "") -> Desk:
    text = CONFIG.format(url=url, desk="") + TEAM.format(way=way, skill=skill)
    (folder / "gateway.toml").write_text(text)
    return Desk(url, folder)


def said(outbound: Outbound) -> str:
    return "\n".join(block.text for block in outbound.document.blocks)


def given(desk: Desk) -> list[str | None]:
    return [t.assignee for t in sorted(desk.tickets(), key=lambda t: t.number)]


def test_the_turn_goes_on_after_a_restart(url: str, tmp_path: Path):
    desk = staffed(url, tmp_path)
    desk.receive(mail())
    desk.close()
    again = Desk(url, tmp_path)
    again.receive(mail())
    again.receive(mail())
    assert given(again) == [BEA, GUS, BEA]
    assert len(again.sent_to(GUS, "assigned")) == 1
    changes = [e.because for e in again.history(2, EntryKind.CHANGE)]
    assert changes == ["next in turn in the queue support"]
    again.close()


def test_a_whole_batch_is_given_fairly_and_up_to_the_limit(url: str, tmp_path: Path):
    desk = staffed(url, tmp_path, Assign.LEAST_BUSY)
    for _ in range(7):
        desk.arrive(mail())
    desk.run()
    assert given(desk) == [BEA, GUS, BEA, GUS, BEA, BEA, BEA]
    desk.close()


def test_who_is_away_gets_none_and_what_waits_goes_to_others(url: str, tmp_path: Path):
    desk = staffed(url, tmp_path)
    desk.receive(mail())
    desk.act(1, "#away")
    assert given(desk) == [GUS]
    with desk.database.read() as conn:
        assert people.away_agents(conn) == {BEA: None}
    assert [e.because for e in desk.history(1, EntryKind.CHANGE)][-2:] == [
        "Bea Ruiz went away",
        "next in turn in the queue support",
    ]
    desk.receive(mail())
    desk.act(1, "#back")
    desk.receive(mail())
    assert given(desk) == [GUS, GUS, BEA]
    desk.close()


def test_tickets_given_by_one_message_are_given_in_the_order_of_its_words(url: str, tmp_path: Path):
    """What was offered first was written last: the turn had moved on, and nothing was ever done."""
    desk = staffed(url, tmp_path)
    for _ in range(3):
        desk.receive(mail())
    assert given(desk) == [BEA, GUS, BEA]
    desk.act(1, "#away", "#escalate too hot")
    desk.run()
    assert given(desk) == [DAN, GUS, GUS]
    with desk.database.read() as conn:
        assert people.away_agents(conn) == {BEA: None}
    desk.close()


def test_two_processes_give_in_one_turn(migrated_postgres_url: str, tmp_path: Path):
    first = staffed(migrated_postgres_url, tmp_path)
    second = Desk(migrated_postgres_url, tmp_path)
    for _ in range(3):
        first.receive(mail())
        second.receive(mail())
    assert given(first) == [BEA, GUS, BEA, GUS, BEA, BEA]
    first.close()
    second.close()


def test_escalated_it_goes_to_the_one_who_knows(url: str, tmp_path: Path):
    desk = staffed(url, tmp_path, skill="network")
    desk.receive(mail())
    assert given(desk) == [None]  # nobody of the first tier knows
    desk.act(1, "#escalate too hot")
    desk.run()
    made = desk.ticket(1)
    assert (made.tier, made.assignee) == (2, DAN)
    (told,) = desk.sent_to(DAN, "escalated")
    (gone,) = desk.sent_to(BEA, "passed_on")
    assert "Dan Ode has this now: it went to tier 2." in said(gone)
    assert "too hot" in said(told)
    desk.close()
