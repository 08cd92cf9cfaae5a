"""Caps on connections, mistakes and silence."""

import asyncio
import time
from typing import cast

import pytest

from tests.channels.email.listening.desk import open_desk


@pytest.mark.parametrize(
    ("options", "reply"),
    [
        ({"max_connections": 3}, "421 4.7.0 too many connections: at most 3 in all"),
        (
            {"max_per_address": 3},
            "421 4.7.0 too many connections from your address: at most 3",
        ),
    ],
)
async def test_connections_beyond_the_cap_are_refused_and_counted_back(options, reply: str):
    async with open_desk(**options) as desk:
        async with desk.greeted(), desk.greeted(), desk.greeted() as third:
            async with desk.dial() as talk:
                assert await talk.reply() == reply
                assert await talk.ended()
            await third.say("QUIT")
            assert await third.ended()
            async with desk.greeted() as talk:
                assert (await talk.say("NOOP"))[:3] == "250"
        for _ in range(5):  # none of them stays counted
            async with desk.greeted() as talk:
                await talk.say("QUIT")
                assert await talk.ended()


async def test_twenty_mistakes_end_the_session():
    async with open_desk() as desk, desk.greeted() as talk:
        replies = [await talk.say("NONSENSE") for _ in range(20)]
        assert {r[:9] for r in replies[:19]} == {"500 5.5.2"}
        assert replies[19] == "421 4.7.0 20 commands were wrong, closing"
        assert await talk.ended()


async def test_unknown_recipients_are_no_mistakes():
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.say("EHLO c")
        await talk.say("MAIL FROM:<a@example.org>")
        replies = [await talk.say(f"RCPT TO:<nobody{n}@acme.example>") for n in range(50)]
        assert {r[:9] for r in replies} == {"550 5.1.1"}


async def test_silence_ends_the_session():
    async with open_desk(idle_timeout=0.2) as desk, desk.greeted() as talk:
        begun = time.monotonic()
        assert await talk.reply() == "421 4.4.2 nothing heard for 0.2 seconds, closing"
        assert time.monotonic() - begun > 0.15
        assert await talk.ended()


async def test_silence_in_the_middle_of_a_message_keeps_nothing_of_it():
    async with open_desk(idle_timeout=0.2) as desk, desk.greeted() as talk:
        await talk.begin()
        await talk.send(b"half of a mess")
        assert (await talk.reply())[:9] == "421 4.4.2"
        assert await talk.ended()
        assert desk.inbox.kept == []


async def test_a_slow_sender_has_all_the_time():
    async with open_desk(idle_timeout=0.5) as desk, desk.greeted() as talk:
        await talk.begin()
        for octet in b"slow\r\n.\r\n":
            await talk.send(bytes([octet]))
            await asyncio.sleep(0.08)
        assert (await talk.reply())[:9] == "250 2.0.0"
        assert desk.inbox.bodies == [b"slow\r\n"]


async def test_a_peer_that_waits_for_us_is_not_idle():
    async with open_desk(idle_timeout=0.1) as desk, desk.greeted() as talk:
        desk.inbox.door.clear()
        await talk.begin()
        await talk.send(b"x\r\n.\r\n")
        await asyncio.sleep(0.35)
        desk.inbox.door.set()
        assert (await talk.reply())[:9] == "250 2.0.0"


async def test_a_peer_that_never_reads_is_cut_off():
    async with open_desk(idle_timeout=0.2, max_connections=1) as desk, desk.greeted() as deaf:
        cast("asyncio.Transport", deaf.writer.transport).pause_reading()
        for _ in range(2000):  # until the replies have nowhere to go
            deaf.writer.write(b"NOOP\r\n" * 1000)
        await asyncio.sleep(0.2)

        async def let_in() -> None:
            while True:
                async with desk.dial() as talk:
                    if (await talk.reply())[:3] == "220":
                        return
                await asyncio.sleep(0.1)

        await asyncio.wait_for(let_in(), 15)
