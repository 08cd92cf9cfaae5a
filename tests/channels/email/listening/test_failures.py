"""What goes wrong: the inbox, the peer, ourselves, and the end of the daemon."""

import asyncio
import contextlib
from datetime import UTC, datetime

import pytest
import structlog

from gateway.channels.email.listening import ListenOptions, MailListener
from gateway.core.ports import IntakeUnavailableError
from tests.channels.email.listening.desk import BEGIN, Inbox, is_ours, lane_of, open_desk


@pytest.mark.parametrize(
    "failure",
    [
        IntakeUnavailableError("disk full"),
        OSError(28, "No space left on device"),
        RuntimeError("a bug"),
        MemoryError(),
        TimeoutError(),
    ],
)
async def test_what_could_not_be_kept_is_to_be_sent_again(failure: Exception):
    async with open_desk() as desk, desk.greeted() as talk:
        desk.inbox.failures = [failure]
        await talk.begin()
        with structlog.testing.capture_logs() as logs:
            reply = await talk.say("Subject: secret words\r\n\r\n.")
        assert reply == "451 4.3.0 cannot keep this now, please try again later"
        assert [entry["event"] for entry in logs] == ["mail_not_kept"]
        assert "secret words" not in str(logs)
        await talk.begin()
        assert await talk.say("Subject: again\r\n\r\n.") == "250 2.0.0 Ok: kept as 1"


async def test_250_comes_after_the_message_is_kept():
    async with open_desk() as desk, desk.greeted() as talk:
        desk.inbox.door.clear()
        await talk.begin()
        await talk.send(b"x\r\n.\r\n")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(talk.reader.read(1), 0.1)
        desk.inbox.door.set()
        assert (await talk.reply())[:9] == "250 2.0.0"


async def test_a_bug_of_ours_is_a_temporary_error_without_its_name():
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.say("EHLO c")
        await talk.say("MAIL FROM:<a@example.org>")
        with structlog.testing.capture_logs() as logs:
            reply = await talk.say("RCPT TO:<bug@acme.example>")
        assert reply == "451 4.3.0 cannot keep this now, please try again later"
        assert [entry["event"] for entry in logs] == ["smtp_session_failed"]
        assert (await talk.say("RCPT TO:<support@acme.example>"))[:3] == "250"


async def test_a_message_without_a_lane_is_kept():
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.begin()
        assert (await talk.say("Subject: no lane\r\n\r\n."))[:3] == "250"
        assert desk.inbox.kept[0].lane == ""


async def test_half_a_message_is_no_message():
    async with open_desk() as desk:
        async with desk.greeted() as talk:
            await talk.begin()
            await talk.send(b"half of it\r\n.")
        async with desk.greeted() as talk:
            await talk.begin()
            await talk.say("whole\r\n.")
        assert desk.inbox.bodies == [b"whole\r\n"]


@pytest.mark.parametrize("rudely", [False, True])
async def test_a_message_is_kept_though_the_peer_did_not_wait(rudely: bool):
    async with open_desk() as desk:
        desk.inbox.door.clear()
        async with desk.greeted() as talk:
            await talk.begin()
            await talk.send(b"x\r\n.\r\n")
            await desk.inbox.until_waiting(1)
            if rudely:
                talk.writer.transport.abort()
        await asyncio.sleep(0.05)
        desk.inbox.door.set()
        await desk.inbox.until_waiting(0)
        assert desk.inbox.bodies == [b"x\r\n"]


async def test_going_down_says_goodbye_to_the_idle_and_lets_a_message_finish():
    async with open_desk() as desk, desk.greeted() as idle, desk.greeted() as busy:
        await busy.begin()
        await busy.send(b"one\r\n")
        closing = asyncio.create_task(desk.listener.close(grace=5))
        assert (await idle.reply())[:9] == "421 4.3.2"
        assert await idle.ended()
        await busy.send(b"two\r\n.\r\n")
        assert (await busy.reply())[:9] == "250 2.0.0"
        assert (await busy.reply())[:9] == "421 4.3.2"
        assert await busy.ended()
        await asyncio.wait_for(closing, 1)
        assert desk.inbox.bodies == [b"one\r\ntwo\r\n"]
        with pytest.raises(OSError):
            async with desk.dial():
                pass


async def test_going_down_does_not_wait_longer_than_the_grace():
    async with open_desk() as desk, desk.greeted() as slow, desk.greeted() as stuck:
        desk.inbox.door.clear()
        await slow.begin()
        await stuck.begin()
        await stuck.send(b"x\r\n.\r\n")
        await desk.inbox.until_waiting(1)
        await asyncio.wait_for(desk.listener.close(grace=0.1), 1)
        with contextlib.suppress(ConnectionResetError):
            assert await slow.ended()
        assert desk.inbox.kept == []


async def test_serving_ends_when_cancelled():
    async with open_desk() as desk, desk.greeted() as talk:
        serving = asyncio.create_task(desk.listener.serve_until_cancelled())
        await asyncio.sleep(0)
        serving.cancel()
        await asyncio.wait([serving], timeout=1)
        assert serving.cancelled()
        assert (await talk.reply())[:9] == "421 4.3.2"


async def test_a_taken_port_is_told():
    async with open_desk() as desk:
        options = ListenOptions(host="127.0.0.1", port=desk.listener.port, hostname="other.example")
        other = MailListener(options, Inbox(), is_ours, lambda: datetime.now(UTC), lane_of)
        with pytest.raises(OSError, match="address already in use"):
            await other.start()


async def test_many_peers_at_once():
    async def send_ten(desk) -> list[str]:
        async with desk.greeted() as talk:
            await talk.say("EHLO c")
            replies = []
            for _ in range(10):
                await talk.send(BEGIN + b"x\r\n.\r\n")
                replies += [r[:3] for r in await talk.replies(4)]
            return replies

    async with open_desk() as desk:
        results = await asyncio.gather(*(send_ten(desk) for _ in range(40)))
        assert results == [["250", "250", "354", "250"] * 10] * 40
        assert len(desk.inbox.kept) == 400
