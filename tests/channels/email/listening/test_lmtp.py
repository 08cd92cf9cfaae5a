import pytest

from gateway.core.ports import IntakeUnavailableError
from tests.channels.email.listening.desk import open_desk

RECIPIENTS = ["support@acme.example", "nobody@acme.example", "sales@acme.example"]


async def test_one_reply_for_each_recipient_that_was_taken():
    async with open_desk(protocol="lmtp") as desk, desk.dial() as talk:
        assert await talk.reply() == "220 desk.example LMTP"
        assert "PIPELINING" in await talk.say("LHLO mta.example")
        await talk.say("MAIL FROM:<a@example.org>")
        replies = [await talk.say(f"RCPT TO:<{address}>") for address in RECIPIENTS]
        assert [r[:3] for r in replies] == ["250", "550", "250"]
        await talk.say("DATA")
        await talk.send(b"Subject: Hi\r\n\r\n.\r\nNOOP\r\n")
        assert await talk.replies(3) == [
            "250 2.0.0 Ok: kept as 1",
            "250 2.0.0 Ok: kept as 1",
            "250 2.0.0 Ok",
        ]
        [kept] = desk.inbox.kept
        assert kept.envelope["source"] == "lmtp"
        assert kept.envelope["to"] == ["support@acme.example", "sales@acme.example"]
        assert b" with LMTP id " in kept.raw


@pytest.mark.parametrize(
    ("failure", "body", "reply"),
    [
        (IntakeUnavailableError("disk full"), "x", "451 4.3.0"),
        (None, "x" * 2000, "552 5.3.4"),
    ],
)
async def test_a_refusal_is_told_for_each_recipient(failure, body: str, reply: str):
    async with open_desk(protocol="lmtp", max_message_bytes=1000) as desk, desk.greeted() as talk:
        desk.inbox.failures = [failure] if failure else []
        await talk.say("LHLO mta.example")
        await talk.say("MAIL FROM:<a@example.org>")
        for address in RECIPIENTS:
            await talk.say(f"RCPT TO:<{address}>")
        await talk.say("DATA")
        await talk.send(f"{body}\r\n.\r\nNOOP\r\n".encode())
        replies = await talk.replies(3)
        assert [r[:9] for r in replies] == [reply, reply, "250 2.0.0"]
        assert desk.inbox.kept == []


@pytest.mark.parametrize("line", ["HELO mta.example", "EHLO mta.example"])
async def test_smtp_greetings_are_refused(line: str):
    async with open_desk(protocol="lmtp") as desk, desk.greeted() as talk:
        assert (await talk.say(line)).startswith("500 5.5.1 this is LMTP: send LHLO")
        assert (await talk.say("MAIL FROM:<a@example.org>")) == "503 5.5.1 send LHLO first"


async def test_data_without_a_recipient_is_refused_before_the_message():
    async with open_desk(protocol="lmtp") as desk, desk.greeted() as talk:
        await talk.say("LHLO mta.example")
        await talk.say("MAIL FROM:<a@example.org>")
        await talk.say("RCPT TO:<nobody@acme.example>")
        assert (await talk.say("DATA"))[:9] == "503 5.5.1"
