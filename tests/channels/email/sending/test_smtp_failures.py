"""Each way in which handing a mail over can fail, and what it is taken for."""

import asyncio

import pytest
from pydantic import SecretStr

from gateway.channels.email.sending.smtp import SmtpOptions, SmtpSender
from gateway.core.model import Attachment, Party
from gateway.core.ports import MaybeSentError, PermanentError, SendError, TemporaryError
from tests.channels.email.sending.outbounds import outbound
from tests.channels.email.sending.scripted import DROP, SILENT, ScriptedServer, running


def sender(server: ScriptedServer, **options: object) -> SmtpSender:
    given: dict[str, object] = {"timeout": 2.0, "final_timeout": 2.0, "security": "none"}
    options = given | {"host": "127.0.0.1", "port": server.port, "hostname": "desk"} | options
    return SmtpSender(SmtpOptions(**options), domain="acme.example")  # type: ignore[arg-type]


async def failure(server: ScriptedServer, message=None, **options: object) -> SendError:
    async with running(server):
        out = sender(server, **options)
        with pytest.raises(SendError) as caught:
            await out.send(message or outbound())
        await out.aclose()
    return caught.value


@pytest.mark.parametrize(
    ("stage", "reply", "kind"),
    [
        ("connect", "421 4.3.2 Come back later", TemporaryError),
        ("connect", "554 5.3.2 No service here", TemporaryError),
        ("connect", DROP, TemporaryError),
        ("EHLO", "421 4.3.2 Closing", TemporaryError),
        ("EHLO", "550 5.7.1 I do not like you", TemporaryError),
        ("EHLO", DROP, TemporaryError),
        ("MAIL", "451 4.3.0 Try later", TemporaryError),
        ("MAIL", "452 4.3.1 Disk full", TemporaryError),
        ("MAIL", "530 5.7.0 Authentication required", TemporaryError),
        ("MAIL", "553 5.1.8 Sender address rejected", PermanentError),
        ("MAIL", DROP, TemporaryError),
        ("RCPT", "450 4.2.0 Greylisted, see you in 5 minutes", TemporaryError),
        ("RCPT", "421 4.7.0 Too many", TemporaryError),
        ("RCPT", "550 5.1.1 User unknown", PermanentError),
        ("RCPT", "554 5.7.1 Relay access denied", PermanentError),
        ("RCPT", DROP, TemporaryError),
        ("RCPT", "what", TemporaryError),
        ("DATA", "451 4.3.0 Try later", TemporaryError),
        ("DATA", "554 5.5.1 No valid recipients", PermanentError),
        ("DATA", "250 what", TemporaryError),
        ("DATA", DROP, TemporaryError),
        ("dot", "451 4.7.1 Try later", TemporaryError),
        ("dot", "421 4.3.2 Shutting down", TemporaryError),
        ("dot", "552 5.3.4 Too big", PermanentError),
        ("dot", "554 5.7.1 Spam", PermanentError),
        ("dot", DROP, MaybeSentError),
        ("dot", "what", MaybeSentError),
        ("dot", "354 what", MaybeSentError),
    ],
)
async def test_a_failure_is_what_the_stage_and_the_reply_make_it(stage, reply, kind):
    server = ScriptedServer({stage: [reply]})
    assert type(await failure(server)) is kind
    assert server.connections == 1
    assert len(server.mails) == (stage == "dot")


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("connect", TemporaryError),
        ("EHLO", TemporaryError),
        ("MAIL", TemporaryError),
        ("RCPT", TemporaryError),
        ("DATA", TemporaryError),
        ("dot", MaybeSentError),
    ],
)
async def test_a_server_that_falls_silent_is_given_up(stage, kind):
    server = ScriptedServer({stage: [SILENT]})
    error = await failure(server, timeout=0.2, final_timeout=0.2)
    assert type(error) is kind


async def test_the_reply_to_the_whole_mail_is_waited_for_longer():
    server = ScriptedServer({"dot": [SILENT]})
    async with running(server):
        out = sender(server, timeout=0.1, final_timeout=60.0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.5):
                await out.send(outbound())
    assert len(server.mails) == 1


async def test_a_connection_lost_before_the_dot_is_surely_not_sent():
    # More than the kernel's buffers hold, so that the dot cannot have left.
    large = Attachment(name="x.bin", type="application/octet-stream", data=bytes(16_000_000))
    server = ScriptedServer({"content": [DROP]})
    error = await failure(server, outbound(attachments=(large,)))
    assert type(error) is TemporaryError
    assert "while the message was sent" in str(error)
    assert server.mails == []


async def test_nobody_listens():
    async with running(ScriptedServer()) as server:
        pass
    with pytest.raises(TemporaryError, match=r"no connection to the mail server 127\.0\.0\.1"):
        await sender(server).send(outbound())


@pytest.mark.parametrize("host", ["no-such-host.invalid", "..", "a" * 70 + ".example"])
async def test_a_host_that_is_none(host):
    with pytest.raises(TemporaryError, match="no connection"):
        await sender(ScriptedServer(), host=host, port=1).send(outbound())


async def test_wrong_credentials_are_the_operators_to_mend_and_lose_no_mail():
    script = {"AUTH": ["535 5.7.8 Bad credentials"] * 3}
    server = ScriptedServer(script, offers=["AUTH PLAIN"])
    error = await failure(server, user="desk", password=SecretStr("hunter2"))
    assert type(error) is TemporaryError
    assert "credentials are wrong" in str(error)
    assert "[email.send]" in str(error)
    assert "MAIL" not in server.verbs()


@pytest.mark.parametrize("reply", ["454 4.7.0 Try later", DROP])
async def test_a_login_that_cannot_be_checked_now(reply):
    server = ScriptedServer({"AUTH": [reply] * 3}, offers=["AUTH PLAIN"])
    error = await failure(server, user="desk", password=SecretStr("hunter2"))
    assert type(error) is TemporaryError
    assert "wrong" not in str(error)


async def test_no_login_offered():
    error = await failure(ScriptedServer(), user="desk", password=SecretStr("hunter2"))
    assert type(error) is TemporaryError


async def test_no_text_of_ours_holds_the_password():
    server = ScriptedServer({"AUTH": ["535 5.7.8 no"] * 3}, offers=["AUTH PLAIN LOGIN"])
    options = SmtpOptions(host="127.0.0.1", user="desk", password=SecretStr("hunter2"))
    error = await failure(server, user="desk", password=SecretStr("hunter2"))
    assert "hunter2" not in repr(options) + str(error) + repr(error)


async def test_what_the_server_says_is_cleaned_and_shortened():
    server = ScriptedServer({"RCPT": ["550 5.1.1 \x1b[31mno\x07 " + "x" * 2000]})
    text = str(await failure(server))
    assert "550 5.1.1 [31mno xxx" in text
    assert text.isprintable()
    assert len(text) < 400


async def test_a_mail_larger_than_the_server_takes_is_not_begun():
    server = ScriptedServer(offers=["SIZE 1000"])
    large = Attachment(name="x", type="text/plain", data=bytes(2000))
    error = await failure(server, outbound(attachments=(large,)))
    assert type(error) is PermanentError
    assert "at most 1,000" in str(error)
    assert "MAIL" not in server.verbs()


@pytest.mark.parametrize("declared", ["SIZE 0", "SIZE", "SIZE many"])
async def test_a_size_that_is_no_limit_stops_nothing(declared):
    async with running(ScriptedServer(offers=[declared])) as server:
        out = sender(server)
        await out.send(outbound())
        await out.aclose()
    assert len(server.mails) == 1


async def test_letters_beyond_ascii_before_the_at_need_smtputf8():
    message = outbound(to=Party(address="añá@example.org"))
    server = ScriptedServer()
    error = await failure(server, message)
    assert type(error) is PermanentError
    assert "SMTPUTF8" in str(error)
    assert "MAIL" not in server.verbs()


async def test_with_smtputf8_they_are_sent():
    async with running(ScriptedServer(offers=["SMTPUTF8", "8BITMIME"])) as server:
        out = sender(server)
        await out.send(outbound(to=Party(address="añá@exámple.org")))
        await out.aclose()
    assert server.commands[1] == "MAIL FROM:<> SMTPUTF8"
    assert server.commands[2] == "RCPT TO:<añá@xn--exmple-qta.org>"
    assert "To: añá@xn--exmple-qta.org".encode() in server.mails[0]


async def test_a_domain_beyond_ascii_needs_nothing_of_the_server():
    async with running(ScriptedServer()) as server:
        out = sender(server)
        await out.send(outbound(to=Party(address="ada@exámple.org")))
        await out.aclose()
    assert "RCPT TO:<ada@xn--exmple-qta.org>" in server.commands


@pytest.mark.parametrize(
    "changes",
    [
        {"to": Party(address="ada@example.org>\r\nRCPT TO:<eve@example.org")},
        {"to": Party(address="ada@example.org> NOTIFY=NEVER")},
        {"bounce_to": "b@acme.example\r\nDATA"},
        {"bounce_to": "b@acme.example> SIZE=1"},
        {"reply_to": "b@acme.example\nX: y"},
    ],
)
async def test_no_address_can_add_a_command(changes):
    server = ScriptedServer()
    assert type(await failure(server, outbound(**changes))) is PermanentError
    assert server.connections == 0


async def test_a_cancelled_send_leaves_no_connection_open():
    server = ScriptedServer({"RCPT": [SILENT]})
    async with running(server):
        out = sender(server, timeout=60.0)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await out.send(outbound())
        await out.send(outbound())
        await out.aclose()
    assert server.connections == 2
    assert len(server.mails) == 1
