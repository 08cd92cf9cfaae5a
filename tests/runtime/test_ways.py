"""One language: each command by mail, in Slack's thread and in Telegram's topic does the same.

The same grammar, permissions and answers, whichever way an agent says it: the ticket is changed
alike, and what the desk tells them says the same. What is said in chats comes in the networks' own
shape, through the channels' own readers, and what is told goes through their own rendering.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.core.chat import Room
from gateway.core.commands import GRAMMAR
from gateway.core.model import EntryKind, Ticket
from gateway.core.ports import Outbound
from gateway.store.inbox import InboxRow
from tests.runtime.desk import Desk, mail, reply_to
from tests.runtime.networks import Slack, Telegram

SLACK = Room(channel="slack", address="C0DESK")
TELEGRAM = Room(channel="telegram", address="-100")
BEA = "bea@acme.example"
ACCOUNTS = {"email": BEA, "slack": "U0BEA", "telegram": "11"}
WAYS = tuple(ACCOUNTS)
HURRY = ("Help", "Please", "Quick", "Come")

# Each command of the grammar with words that it may have, and those that are wrong.
SAID: dict[str, tuple[str, ...]] = {
    "note": ("#note\nHe called twice.", "#note He called twice."),
    "reply": ("#reply\nPull the plug.",),
    "resolve": ("#resolve", "#resolve\n#reply\nIt is off now.", "#resolve now"),
    "close": ("#close",),
    "open": ("#open",),
    "pending": ("#pending 2d", "#pending soon"),
    "hold": ("#hold", "#hold 4h"),
    "priority": ("#priority high", "#urgent", "#priority huge"),
    "assign": ("#assign carla", "#assign nobody", "#assign somebody"),
    "take": ("#take",),
    "queue": ("#queue network", "#queue nowhere"),
    "escalate": ("#escalate too hot for me", "#escalate"),
    "tag": ("#tag vpn wifi", "#tag"),
    "untag": ("#untag vpn",),
    "merge": ("#merge 1", "#merge 999"),
    "cc": ("#cc dora@example.org", "#cc carla@acme.example"),
    "uncc": ("#uncc dora@example.org",),
    "for": ("#for carl@example.org",),
    "send": ("#send",),
    "undo": ("#undo",),
    "promise": ("#promise 4h", "#promise soon"),
    "watch": ("#watch",),
    "unwatch": ("#unwatch",),
    "mine": ("#mine",),
    "move": ("#move 1 to 999",),
    "revoke": ("#revoke",),
    "away": ("#away until monday", "#away until never"),
    "back": ("#back",),
    "status": ("#status",),
    "help": ("#help",),
}
LINES = [(name, text) for name, texts in SAID.items() for text in texts]


def test_every_command_is_said() -> None:
    assert set(SAID) == {one.name for one in GRAMMAR}


@pytest.fixture
def desk(url: str, tmp_path: Path) -> Iterator[Desk]:
    made = Desk(url, tmp_path, chats=(Slack(), Telegram()), rooms=(SLACK, TELEGRAM))
    yield made
    made.close()


def opened(desk: Desk) -> Outbound:
    """A ticket of Ada's; the notice of it, as Bea has it by mail. Machines say the same again."""
    desk.receive(mail(f"The printer is on fire. {HURRY[len(desk.tickets())]}!"))
    return desk.sent_to(BEA, "new_ticket")[-1]


def card_of(desk: Desk, way: str, number: int) -> str:
    """The key of the thread, or topic, of a ticket in a room."""
    chat, room = (desk.slack, SLACK) if way == "slack" else (desk.telegram, TELEGRAM)
    them = [o for o in chat.to(room.address) if o.ticket == number and o.kind == "card"]
    assert isinstance(chat, Slack | Telegram)
    return chat.thread(them[0])


def say(desk: Desk, way: str, notice: Outbound, text: str) -> InboxRow:
    """An agent says it by one of the ways; with a slash where the network has such commands."""
    if way == "slack /":
        assert isinstance(desk.slack, Slack)
        typed = f"{notice.ticket} {text.removeprefix('#')}"
        return desk.row(desk.slack.types(desk, typed, by=ACCOUNTS["slack"]))
    if way == "telegram /":
        return say(desk, "telegram", notice, "/" + text.removeprefix("#"))
    if way == "email":
        return desk.receive(reply_to(notice, text, f"Bea Ruiz <{BEA}>"))
    thread = card_of(desk, way, notice.ticket or 0)
    chat = desk.slack if way == "slack" else desk.telegram
    assert isinstance(chat, Slack | Telegram)
    return desk.row(chat.says(desk, text, by=ACCOUNTS[way], thread=thread))


def became(desk: Desk, before: Ticket, row: InboxRow) -> dict[str, Any]:
    """How the ticket stands now, what the agent's words became, and the row's fate."""
    now = desk.ticket(before.number)
    fields = (
        "state", "priority", "assignee", "queue", "tier", "tags", "requester", "participants",
        "watchers", "merged_into", "generation",
    )  # fmt: skip
    said = [
        (e.kind.value, e.visibility.value, e.body.text if e.body else "")
        for e in desk.history(before.number, EntryKind.MESSAGE, EntryKind.NOTE)
        if e.author.address == BEA
    ]
    return {name: getattr(now, name) for name in fields} | {"said": said, "fate": row.state}


def answers(desk: Desk, way: str, since: int) -> list[tuple[str, str]]:
    """What Bea alone was told, as kind and words, without what differs by the way alone."""
    way = way.removesuffix(" /")
    taken = {"email": desk.relay.taken, "slack": desk.slack.taken, "telegram": desk.telegram.taken}
    mine = [o for o in taken[way][since:] if o.to.address == ACCOUNTS[way]]
    kinds = {row.message_id: row.kind for row in desk.outgoing()}
    return [(kinds[o.message_id], _words(o)) for o in mine]


def _words(out: Outbound) -> str:
    """The facts of an answer: of an error what was wrong, of all else all but where replies go."""
    blocks = [b.text for b in out.document.blocks if b.kind != "mark"]
    text = "\n".join(blocks)
    if out.kind == "command_error":
        lines = re.findall(r"^(?:This line was not|Expected|Did you).*$", text, re.MULTILINE)
        return "\n".join(lines)
    text = re.sub("|".join(f" {word}!" for word in HURRY), "", text)
    text = re.sub(r"Open a ticket: .*|To open a ticket for somebody.*", "", text)
    return re.sub(r"\n+", "\n", re.sub(r"#?\d+", "N", text)).strip()


Outcome = tuple[dict[str, Any], list[tuple[str, str]]]


def outcome(desk: Desk, way: str, name: str, text: str) -> Outcome:
    """What became of a ticket, and what Bea was told, when she said it by one of the ways."""
    notice = opened(desk)
    before = desk.ticket(notice.ticket or 0)
    prepare(desk, name, before.number)
    chats: dict[str, Any] = {"email": desk.relay, "slack": desk.slack, "telegram": desk.telegram}
    since = len(chats[way.removesuffix(" /")].taken)
    row = say(desk, way, notice, text)
    found = became(desk, before, row), answers(desk, way, since)
    desk.act(before.number, "back")
    return found


@pytest.mark.parametrize(("name", "text"), LINES, ids=[text for _, text in LINES])
def test_a_command_does_the_same_by_every_way(desk: Desk, name: str, text: str) -> None:
    opened(desk)  # ticket 1, for what names another one
    by_mail, *by_chat = (outcome(desk, way, name, text) for way in WAYS)
    for became_by_chat, told_by_chat in by_chat:
        assert became_by_chat == by_mail[0]
        assert told_by_chat == by_mail[1]


ONE_LINE = [(name, text) for name, text in LINES if "\n" not in text]


@pytest.mark.parametrize(("name", "text"), ONE_LINE, ids=[text for _, text in ONE_LINE])
def test_with_a_slash_it_does_the_same(desk: Desk, name: str, text: str) -> None:
    """``/ticket 7 priority high`` anywhere in Slack, ``/priority high`` in a topic on Telegram."""
    opened(desk)
    by_mail, *slashed = (
        outcome(desk, way, name, text) for way in ("email", "slack /", "telegram /")
    )
    assert slashed == [by_mail] * 2


def prepare(desk: Desk, name: str, number: int) -> None:
    """What a command needs to have something to do."""
    needed = {"untag": "tag vpn", "uncc": "cc dora@example.org", "open": "close"}
    if name in needed:
        desk.act(number, needed[name])
    desk.run()
