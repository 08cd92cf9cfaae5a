"""Slack through the real daemon: staff ask there, agents work there, mail goes on beside it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from tests.channels.slack.kit import ADA, BEA, BOT, GUEST, populate
from tests.channels.slack.test_faces import pictures
from tests.channels.slack.test_sending import said_in
from tests.e2e.gateway import ADA as ADA_BY_MAIL
from tests.e2e.gateway import SUPPORT, Gateway, compose, reply
from tests.e2e.sink import Sink
from tests.servers import eventually
from tests.servers.slack import Channel, SlackServer, running

Make = Callable[..., Gateway]
CALL = f"<@{BOT}>"
TABLES = """
[slack]
bot_token = "{bot}"
app_token = "{app}"
api_url = "{url}"
triage_channel = "C0TRIAGE"
mail_domains = ["acme.example"]

[[slack.canned]]
name = "Reset"
text = "Please reset it."
"""


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    async with running() as opened:
        populate(opened)
        opened.patience = 20.0
        yield opened
    assert opened.complaints == []


class Story:
    """The daemon in a process of its own, with the workspace in this one."""

    def __init__(self, gateway: Gateway, server: SlackServer, sink: Sink) -> None:
        self.gateway = gateway
        self.server = server
        self.sink = sink
        self.triage = server.world.channels["C0TRIAGE"]
        self.general = server.world.channels["C0GENERAL"]

    async def cli(self, function: Callable[..., Any], *given: Any) -> Any:
        return await asyncio.to_thread(function, *given)

    async def until(self, condition: Callable[[], Any], what: str, seconds: float = 30) -> Any:
        """Wait for something in the workspace."""

        async def look() -> Any:
            return condition()

        try:
            return await eventually(look, what, seconds)
        except AssertionError as missing:
            posted = [said_in(m) for c in self.server.world.channels.values() for m in by_desk(c)]
            raise AssertionError(f"{missing}; posted so far: {posted}") from None

    async def card(self, words: str = "") -> dict[str, Any]:
        """The newest card, once it says these words."""

        def find() -> dict[str, Any] | None:
            tops = [m for m in by_desk(self.triage) if "thread_ts" not in m]
            return tops[-1] if tops and words in said_in(tops[-1]) else None

        found: dict[str, Any] = await self.until(find, f"card with {words!r}")
        await self.settle()
        return found

    async def settle(self, seconds: float = 60) -> None:
        """Every post is recorded: nobody answers as quickly as a test does.

        That of a process which was killed is once its lease is over, after a minute.
        """

        async def nothing_under_way() -> bool:
            rows = await self.cli(self.gateway.cli, "outbox", "list")
            return not {"queued", "sending"} & {row["state"] for row in rows}

        await eventually(nothing_under_way, "the outbox to be empty", seconds)

    async def posted(self, channel: Channel, words: str, seconds: float = 30) -> dict[str, Any]:
        """The desk's newest post with these words."""

        def find() -> dict[str, Any] | None:
            fitting = [m for m in by_desk(channel) if words in said_in(m)]
            return fitting[-1] if fitting else None

        found: dict[str, Any] = await self.until(
            find, f"post with {words!r} in {channel.id}", seconds
        )
        await self.settle(max(60, seconds))
        return found

    async def mail(self, address: str, words: str) -> Any:
        """A mail to somebody with these words."""

        def find() -> Any:
            return next((r for r in self.sink.to(address) if words in r.text), None)

        return await self.until(find, f"{words!r} for {address}")


def by_desk(channel: Channel) -> list[dict[str, Any]]:
    return [m for m in channel.messages.values() if m["user"] == BOT and "blocks" in m]


def tables(server: SlackServer) -> dict[str, str]:
    made = TABLES.format(bot=server.bot_token, app=server.app_token, url=server.api_url)
    return {"tables": made, "accounts": f'slack = "{BEA}"'}


@contextlib.asynccontextmanager
async def daemon(gateway: Gateway) -> AsyncIterator[None]:
    await asyncio.to_thread(gateway.start)
    try:
        yield
    finally:
        status = await asyncio.to_thread(gateway.stop)
    assert status == 0, gateway.log.read_text()


@pytest.fixture
async def story(make: Make, url: str, server: SlackServer, sink: Sink) -> AsyncIterator[Story]:
    gateway = make(url=url, extra=tables(server))
    async with daemon(gateway):
        await server.connected()
        yield Story(gateway, server, sink)


async def test_staff_ask_in_slack_and_an_agent_answers_there(story: Story):
    server, general, triage = story.server, story.general, story.triage
    root = await server.say(ADA, f"{CALL} the *lift* is stuck", general)
    card = await story.card("the lift is stuck")
    await server.press(BEA, triage, card["blocks"], _label(card, "#take"), card["ts"])
    await story.card("Bea Ruiz")

    # What agents say below the card is internal, unless they say that it is not.
    await server.say(BEA, "I know this one", triage, thread_ts=card["ts"])
    await server.say(BEA, "#reply\nPress *any* button.", triage, thread_ts=card["ts"])
    answer = await story.posted(general, "Press any button.")
    assert answer["thread_ts"] == root["ts"]
    assert not any("I know this one" in said_in(m) for m in by_desk(general))

    # The conversation goes on in the thread, and is seen below the card.
    await server.say(ADA, "It moves!", general, thread_ts=root["ts"])
    heard = await story.posted(triage, "It moves!")
    assert heard["thread_ts"] == card["ts"]

    # An answer by the form, with ready-made words.
    await server.press(BEA, triage, card["blocks"], _label(card, "#reply"), card["ts"])
    ((view, _),) = (await story.until(lambda: server.api.views, "form")).items()
    await server.pick(BEA, view, "Reset", typed="Then:")
    await story.until(
        lambda: "Please" in str(server.api.views[view]["blocks"][-1]), "ready-made words"
    )
    await server.submit(BEA, view)
    await story.posted(general, "Please reset it.")

    said = await story.cli(story.gateway.said, 1)
    assert said == [
        "the lift is stuck",
        "#take",
        "I know this one",
        "Press any button.",
        "It moves!",
        "Then:\n\nPlease reset it.",
    ]


async def test_a_customer_by_mail_and_an_agent_in_slack(story: Story):
    await story.cli(story.gateway.send, compose("The printer is on fire."))
    card = await story.card("Printer on fire")
    await story.server.say(BEA, "#reply\nPull the plug.", story.triage, thread_ts=card["ts"])
    answer = await story.mail(ADA_BY_MAIL, "Pull the plug.")
    assert str(answer.mail["From"].addresses[0].addr_spec) == SUPPORT
    back = reply(answer, "It still burns.", sender=f"Ada Byron <{ADA_BY_MAIL}>")
    await story.cli(story.gateway.send, back)
    heard = await story.posted(story.triage, "It still burns.")
    assert heard["thread_ts"] == card["ts"]
    await story.server.say(BEA, "#resolve", story.triage, thread_ts=card["ts"])
    await story.card("esolved")

    (ticket,) = await story.cli(story.gateway.cli, "ticket", "list")
    assert ticket["state"] == "resolved"


async def test_everybody_in_a_thread_reads_an_answer_once(story: Story):
    server, general, triage = story.server, story.general, story.triage
    root = await server.say(ADA, f"{CALL} the lift is stuck", general)
    card = await story.card("the lift is stuck")
    await server.say(GUEST, "I am in it, too", general, thread_ts=root["ts"])
    await story.posted(triage, "I am in it, too")
    await server.say(BEA, "#reply\nPress any button.", triage, thread_ts=card["ts"])
    await story.posted(general, "Press any button.")
    await server.say(BEA, "#reply\nBoth of you.", triage, thread_ts=card["ts"])
    await story.posted(general, "Both of you.")
    await eventually(lambda: story.cli(all_sent, story.gateway), "every post to be recorded", 60)

    everywhere = [p for c in server.world.channels.values() for p in by_desk(c) if c is not triage]
    assert sum("Press any button." in said_in(post) for post in everywhere) == 1


async def test_an_edit_and_a_deletion_are_seen_below_the_card(story: Story):
    server = story.server
    direct = server.world.direct(ADA)
    said = await server.say(ADA, "My printer is gone")
    await story.card("My printer is gone")
    await story.posted(story.triage, "My printer is gone")
    await server.edit(direct, said["ts"], "My scanner is gone")
    await story.posted(story.triage, "My scanner is gone")
    await server.delete(direct, said["ts"])
    await story.until(
        lambda: not any("My scanner" in said_in(p) for p in by_desk(story.triage)[1:]), "deletion"
    )


async def test_an_error_is_shown_to_that_agent_alone(story: Story):
    await story.cli(story.gateway.send, compose("The printer is on fire."))
    card = await story.card("Printer on fire")
    await story.server.say(BEA, "#prioritty high", story.triage, thread_ts=card["ts"])
    shown = await story.until(lambda: story.server.api.ephemerals, "word for Bea alone")

    assert shown[0]["user"] == BEA
    assert "priority" in shown[0]["text"]
    assert not any("prioritty" in said_in(m) for m in by_desk(story.triage))


async def test_nobody_else_is_an_agent_there(story: Story):
    await story.cli(story.gateway.send, compose("The printer is on fire."))
    card = await story.card("Printer on fire")
    story.triage.members.add(ADA)
    await story.server.press(ADA, story.triage, card["blocks"], _label(card, "#take"), card["ts"])
    await story.server.say(ADA, "#resolve", story.triage, thread_ts=card["ts"])
    await story.server.say(BEA, "#high", story.triage, thread_ts=card["ts"])
    await story.card("high")

    (ticket,) = await story.cli(story.gateway.cli, "ticket", "list")
    assert (ticket["state"], ticket["assignee"]) == ("new", None)


async def test_the_form_opens_a_ticket_that_is_answered_directly_and_shown_at_home(story: Story):
    server = story.server
    await server.slash(ADA, "lift is stuck", story.general)
    ((view, _),) = (await story.until(lambda: server.api.views, "form")).items()
    await server.submit(ADA, view, description="Since noon.", urgency="high")
    card = await story.card("lift is stuck")
    assert "Priority: high" in said_in(card)
    await server.say(BEA, "#reply\nPress any button.", story.triage, thread_ts=card["ts"])
    direct = server.world.direct(ADA)
    answer = await story.posted(direct, "Press any button.")
    root = answer.get("thread_ts", answer["ts"])
    await server.say(ADA, "It moves.", direct, thread_ts=root)
    await story.posted(story.triage, "It moves.")
    await server.open_home(ADA)
    await story.until(lambda: "lift is stuck" in str(server.api.homes.get(ADA)), "home")
    await server.slash(ADA, "status", story.general)
    listed = "Ihre offenen Anfragen"
    await story.until(
        lambda: listed in str(server.api.ephemerals) + "".join(map(said_in, by_desk(direct))),
        "list of her requests",
    )

    (ticket,) = await story.cli(story.gateway.cli, "ticket", "list")
    assert ticket["subject"] == "lift is stuck"


async def test_somebody_begins_in_slack_and_goes_on_by_mail(story: Story):
    await story.server.say(ADA, "My screen is black.")
    card = await story.card("My screen is black")
    mail = compose("It is on again.", sender="Ada <ada@acme.example>", subject="Re: [#1] Screen")
    await story.cli(story.gateway.send, mail)
    heard = await story.posted(story.triage, "It is on again.")

    assert heard["thread_ts"] == card["ts"]
    hers = (f"https://avatars.slack-edge.com/{ADA}_72.png", "Ada Lovelace")
    assert pictures(card) == pictures(heard) == [hers]


async def test_a_file_from_slack_stands_on_the_ticket(story: Story):
    file = story.server.world.add_file("screen.txt", b"black", story.server.base)
    await story.server.say(ADA, "See this", subtype="file_share", files=[file])
    await story.card("See this")

    def kept() -> bool:
        return "screen.txt" in str(story.gateway.ticket(1))

    await eventually(lambda: story.cli(kept), "the file on the ticket", 60)


async def test_the_slash_command_of_an_agent(story: Story):
    await story.cli(story.gateway.send, compose("The printer is on fire."))
    await story.card("Printer on fire")
    await story.server.slash(BEA, "1 priority urgent", story.general)
    await story.card("urgent")


def all_sent(gateway: Gateway) -> bool:
    rows = [row for row in gateway.cli("outbox", "list") if row["channel"] == "slack"]
    return bool(rows) and all(row["state"] == "sent" for row in rows)


def _label(card: dict[str, Any], says: str) -> str:
    """What is written on the button that says this."""
    elements = [e for block in card["blocks"] for e in block.get("elements", [])]
    return next(str(e["text"]["text"]) for e in elements if e.get("value") == says)
