"""Connections are few, used again, and never trusted blindly."""

import asyncio

import pytest

from gateway.channels.email.sending.session import SmtpOptions
from gateway.channels.email.sending.smtp import SmtpSender
from gateway.core.documents import Document
from gateway.core.ports import PermanentError, TemporaryError
from tests.channels.email.sending.outbounds import document, outbound, words
from tests.channels.email.sending.scripted import DROP, ScriptedServer, running


def sender(server: ScriptedServer, *, pool_size: int = 4, idle: float = 60.0) -> SmtpSender:
    options = SmtpOptions(
        host="127.0.0.1",
        port=server.port,
        security="none",
        timeout=2.0,
        pool_size=pool_size,
        idle=idle,
        hostname="desk.acme.example",
    )
    return SmtpSender(options, domain="acme.example")


async def test_a_mail_goes_out_with_its_envelope_and_a_receipt():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        receipt = await out.send(outbound(bounce_to="bounce+1.x@acme.example"))
        await out.aclose()
    assert server.commands[:4] == [
        "EHLO desk.acme.example",
        "MAIL FROM:<bounce+1.x@acme.example>",
        "RCPT TO:<ada@example.org>",
        "DATA",
    ]
    assert receipt.keys == ("mail:out.1@acme.example",)
    assert receipt.remark == "250 2.0.0 Ok: queued as 1A2B"
    assert b"Subject: Printer on fire\r\n" in server.mails[0]


async def test_without_an_address_for_bounces_the_sender_is_null():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        await out.send(outbound())
        await out.aclose()
    assert "MAIL FROM:<>" in server.commands


async def test_lines_that_begin_with_a_dot_arrive_as_they_were():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        await out.send(outbound(document=document("Hi", words(".\n..\n.x\r.\n"))))
        await out.aclose()
    assert b"\r\n.\r\n..\r\n.x\r\n.\r\n" in server.mails[0]


async def test_mails_one_after_the_other_share_a_connection():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        for number in range(5):
            await out.send(outbound(message_id=f"m{number}@acme.example"))
        await out.aclose()
        await server.all_closed()
    assert server.connections == 1
    assert len(server.mails) == 5
    assert server.verbs()[-1] == "QUIT"


async def test_mails_at_one_time_share_few_connections():
    async with running(ScriptedServer()) as server:
        out = sender(server, pool_size=3)
        await asyncio.gather(*(out.send(outbound(message_id=f"m{n}@a")) for n in range(20)))
        await out.aclose()
    assert server.connections == 3
    assert len(server.mails) == 20


async def test_a_connection_goes_on_after_a_refused_recipient():
    async with running(ScriptedServer({"RCPT": ["550 5.1.1 No"], "dot": ["554 No"]})) as server:
        out = sender(server)
        for _ in range(2):
            with pytest.raises(PermanentError):
                await out.send(outbound())
        await out.send(outbound())
        await out.aclose()
    assert server.connections == 1
    assert server.verbs().count("RSET") == 2


@pytest.mark.parametrize("stage", ["RSET", "MAIL"])
@pytest.mark.parametrize("reply", [DROP, "421 4.4.2 Idle for too long"])
async def test_a_stale_connection_is_replaced_once(stage, reply):
    good = ["250 Ok"] if stage == "MAIL" else []
    async with running(ScriptedServer({stage: [*good, reply]})) as server:
        out = sender(server)
        await out.send(outbound())
        await out.send(outbound(message_id="second@acme.example"))
        await out.aclose()
    assert server.connections == 2
    assert len(server.mails) == 2


async def test_a_connection_that_the_server_closed_meanwhile_is_replaced():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        await out.send(outbound())
        server.drop_all()
        await server.all_closed()
        await out.send(outbound(message_id="second@acme.example"))
        await out.aclose()
    assert server.connections == 2
    assert len(server.mails) == 2


async def test_a_fresh_connection_that_is_lost_is_not_replaced():
    async with running(ScriptedServer({"MAIL": ["250 Ok", DROP, DROP]})) as server:
        out = sender(server)
        await out.send(outbound())
        with pytest.raises(TemporaryError):
            await out.send(outbound())
        await out.aclose()
    assert server.connections == 2


async def test_an_unused_connection_is_closed():
    async with running(ScriptedServer()) as server:
        out = sender(server, idle=0.05)
        await out.send(outbound())
        await server.all_closed()
        assert server.verbs()[-1] == "QUIT"
        await out.send(outbound())
        await out.aclose()
    assert server.connections == 2


async def test_a_probe_connects_and_sends_nothing():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        assert await out.probe() == f"127.0.0.1:{server.port}"
        await out.aclose()
    assert set(server.verbs()) == {"EHLO", "QUIT"}


async def test_after_many_mails_a_connection_is_renewed():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        for _ in range(101):
            await out.send(outbound(document=Document(subject="x", blocks=())))
        await out.aclose()
    assert server.connections == 2
