"""Large messages, long lines, many recipients, and the memory that all of them may take."""

from contextlib import AsyncExitStack

import pytest

from gateway.channels.email.listening.limits import FREE_SHARE, MemoryBudget
from tests.channels.email.listening.desk import BEGIN, open_desk

MEGABYTE = 1024 * 1024


async def test_a_message_that_is_too_big_is_read_over_and_the_session_goes_on():
    async with open_desk(max_message_bytes=1000) as desk, desk.greeted() as talk:
        await talk.begin()
        await talk.send(b"x" * 3 * MEGABYTE + b"\r\n.\r\n")
        assert await talk.reply() == "552 5.3.4 message too big: at most 1000 octets"
        await talk.begin()
        assert (await talk.say("small\r\n.")).startswith("250 2.0.0")
        assert desk.inbox.bodies == [b"small\r\n"]


async def test_one_line_of_25_megabytes():
    line = b"x" * (25 * MEGABYTE - 2) + b"\r\n"
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.begin()
        await talk.send(line + b".\r\n")
        assert (await talk.reply()).startswith("250 2.0.0")
        assert desk.inbox.bodies == [line]


async def test_10_000_recipients_at_once():
    line = b"RCPT TO:<support@acme.example>\r\n"
    async with open_desk(max_recipients=1000) as desk, desk.greeted() as talk:
        await talk.say("EHLO c")
        await talk.say("MAIL FROM:<a@example.org>")
        talk.writer.write(line * 10_000)
        replies = await talk.replies(10_000)
        assert {r[:9] for r in replies[:1000]} == {"250 2.1.5"}
        assert {r[:9] for r in replies[1000:]} == {"452 4.5.3"}
        assert (await talk.say("DATA"))[:3] == "354"
        assert (await talk.say("x\r\n."))[:3] == "250"


async def test_a_flood_of_commands_leaves_the_others_their_turn():
    async with open_desk() as desk, desk.greeted() as flood, desk.greeted() as talk:
        flood.writer.write(b"NOOP\r\n" * 20_000)
        assert (await talk.say("NOOP"))[:3] == "250"
        assert {r[:3] for r in await flood.replies(20_000)} == {"250"}


async def test_large_messages_share_the_memory():
    """What has no room is to come later; small mail always has."""
    limit = 4 * FREE_SHARE  # each message takes three shares of 8 x 4: ten fit, two shares stay
    most = b"x" * (limit - 2) + b"\r\n.\r\n"
    async with open_desk(max_message_bytes=limit) as desk, AsyncExitStack() as stack:
        desk.inbox.door.clear()
        *large, late, small = [await stack.enter_async_context(desk.greeted()) for _ in range(12)]
        for talk in large:
            await talk.begin()
            await talk.send(most)
        await desk.inbox.until_waiting(10)

        await late.begin()
        await late.send(most)
        assert (await late.reply())[:9] == "452 4.3.1"

        await small.say("EHLO c")
        await small.say(f"MAIL FROM:<a@example.org> SIZE={limit}")
        await small.say("RCPT TO:<support@acme.example>")
        assert (await small.say("DATA"))[:9] == "452 4.3.1"
        await small.say("RSET")
        await small.send(BEGIN + b"small\r\n.\r\n")
        assert [r[:3] for r in await small.replies(3)] == ["250", "250", "354"]
        await desk.inbox.until_waiting(11)

        desk.inbox.door.set()
        assert [(await talk.reply())[:3] for talk in (*large, small)] == ["250"] * 11
        await late.begin()
        await late.send(most)
        assert (await late.reply())[:3] == "250"


@pytest.mark.parametrize(
    ("budget", "size", "fits"),
    [(0, FREE_SHARE, True), (0, FREE_SHARE + 1, False), (1, FREE_SHARE + 1, True)],
)
def test_the_first_octets_of_each_message_are_free(budget: int, size: int, fits: bool):
    with MemoryBudget(budget).share() as share:
        assert share.grow_to(size) == fits


def test_a_share_is_given_back_at_the_end():
    budget = MemoryBudget(100)
    for _ in range(3):
        with budget.share() as share:
            assert share.grow_to(FREE_SHARE + 60)
            with budget.share() as second:
                assert not second.grow_to(FREE_SHARE + 41)
                assert second.grow_to(FREE_SHARE + 40)
