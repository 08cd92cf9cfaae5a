"""Rules, from the config to the row: on both databases."""

from pathlib import Path

from gateway.core.model import EntryKind, Priority
from tests.runtime.desk import CONFIG, Desk, mail, reply_to

BEA, CARLA = "bea@acme.example", "carla@acme.example"
RULES = """
[[queues]]
name = "support"
[[queues]]
name = "network"
addresses = ["network@acme.example"]
label = "Acme Network"

[[rules]]
name = "wifi"
when = 'subject.matches("(?i)wifi") && headers["x-priority"] == "1"'
queue = "network"
priority = "urgent"
tags = ["radio"]

[[rules]]
name = "hers"
when = '"vip" in requester.tags'
assign = "Carla Gil"

[[rules]]
name = "angry"
when = 'text.contains("lawyer")'
on = "reply"
tier = 2

[[contacts]]
match = "@example.org"
tags = ["vip"]
"""


def ruled(url: str, folder: Path) -> Desk:
    (folder / "gateway.toml").write_text(CONFIG.format(url=url, desk="") + RULES)
    return Desk(url, folder)


def test_rules_are_on_the_ticket_and_in_what_is_said(url: str, tmp_path: Path):
    desk = ruled(url, tmp_path)
    desk.receive(mail(subject="No WiFi", x_priority="1"))
    made = desk.ticket(1)
    assert (made.queue, made.priority, made.tags) == ("network", Priority.URGENT, ("radio",))
    assert made.assignee == CARLA
    changes = [(e.change["what"], e.because) for e in desk.history(1, EntryKind.CHANGE) if e.change]
    assert changes == [
        ("queue", 'rule "wifi"'),
        ("priority", 'rule "wifi"'),
        ("tags", 'rule "wifi"'),
        ("assignee", 'rule "hers"'),
    ]
    (confirmation,) = desk.sent_to("ada@example.org", "confirmation")
    assert confirmation.sender.address == "network@acme.example"
    assert len(desk.sent_to(CARLA, "assigned")) == 1
    assert len(desk.sent_to(BEA, "new_ticket")) == 1
    desk.close()


def test_a_reply_meets_its_own_rules(url: str, tmp_path: Path):
    desk = ruled(url, tmp_path)
    desk.receive(mail())
    (confirmation,) = desk.sent_to("ada@example.org", "confirmation")
    again = reply_to(confirmation, "My lawyer will call.", "Ada Byron <ada@example.org>")
    desk.receive(again, to=confirmation.reply_to)
    assert desk.ticket(1).tier == 2
    assert desk.history(1, EntryKind.CHANGE)[-1].because == 'rule "angry"'
    desk.close()
