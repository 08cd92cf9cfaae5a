"""What is sent, and what is answered."""

import email
import re
import socket

import pytest

from tests.channels.email.listening.desk import BEGIN, NOON, OURS, open_desk

# Each: what is sent before (answered, but not looked at), the line in question, its reply.
MAIL = "MAIL FROM:<a@example.org>"
RCPT = "RCPT TO:<support@acme.example>"
LONG_LOCAL = "x" * 65

REPLIES = [
    # who is there
    ([], "HELO client.example", "250 desk.example"),
    ([], "HELO", "501 5.5.4 syntax: HELO your-host-name"),
    ([], "EHLO", "501 5.5.4 "),
    ([], "LHLO client.example", "500 5.5.2 unknown command LHLO"),
    ([], MAIL, "503 5.5.1 send HELO or EHLO first"),
    # order
    (["EHLO c"], RCPT, "503 5.5.1 send MAIL first"),
    (["EHLO c"], "DATA", "503 5.5.1 send MAIL first"),
    (["EHLO c", MAIL], "DATA", "503 5.5.1 no recipient"),
    (["EHLO c", MAIL], MAIL, "503 5.5.1 a sender was given already"),
    (["EHLO c", MAIL, "RSET"], MAIL, "250 2.1.0 "),
    (["EHLO c", MAIL, "EHLO c"], RCPT, "503 5.5.1 send MAIL first"),
    (["EHLO c", MAIL, RCPT], "DATA now", "501 5.5.4 "),
    # senders
    (["EHLO c"], "mail from:<a@example.org>", "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM: <a@example.org>", "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM:<>", "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM:<root>", "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM:<a..b.@docomo.example>", "250 2.1.0 "),
    (["EHLO c"], 'MAIL FROM:<"ada byron"@example.org>', "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM:<a@[192.0.2.1]>", "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM:<@relay.example,@b.example:a@example.org>", "250 2.1.0 "),
    (["EHLO c"], "MAIL FROM:a@example.org", "501 5.5.4 syntax: MAIL FROM:<address>"),
    (["EHLO c"], "MAIL <a@example.org>", "501 5.5.4 "),
    (["EHLO c"], "MAIL", "501 5.5.4 "),
    (["EHLO c"], "MAIL FROM:<a@example.org", "501 5.5.4 "),
    (["EHLO c"], "MAIL FROM:<a b@example.org>", "501 5.5.4 "),
    (["EHLO c"], "MAIL FROM:<a@b@example.org>", "501 5.5.4 "),
    (["EHLO c"], "MAIL FROM:<a@>", "501 5.5.4 "),
    (["EHLO c"], "MAIL FROM:<a@example.org>x", "501 5.5.4 "),
    (["EHLO c"], f"MAIL FROM:<{LONG_LOCAL}@example.org>", "553 5.1.3 address too long"),
    (["EHLO c"], f"MAIL FROM:<a@{'x.' * 130}example>", "553 5.1.3 address too long"),
    # parameters of MAIL
    (["EHLO c"], f"{MAIL} SIZE=1000 BODY=8BITMIME", "250 2.1.0 "),
    (["EHLO c"], f"{MAIL} size=1000 body=7bit", "250 2.1.0 "),
    (["EHLO c"], f"{MAIL} SIZE=26214400", "250 2.1.0 "),
    (["EHLO c"], f"{MAIL} SIZE=26214401", "552 5.3.4 message too big: at most 26214400 octets"),
    (["EHLO c"], f"{MAIL} SIZE=-1", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} SIZE=", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} SIZE", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} SIZE={'9' * 400}", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} SIZE=1 SIZE=2", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} BODY=BINARYMIME", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} SMTPUTF8=yes", "501 5.5.4 "),
    (["EHLO c"], f"{MAIL} AUTH=<>", "555 5.5.4 unknown parameter AUTH of MAIL"),
    (["EHLO c"], f"{MAIL} RET=HDRS", "555 5.5.4 "),
    # recipients
    (["EHLO c", MAIL], RCPT, "250 2.1.5 "),
    (["EHLO c", MAIL], "RCPT TO:<SUPPORT@Acme.Example>", "250 2.1.5 "),
    (["EHLO c", MAIL], 'RCPT TO:<"support"@acme.example>', "250 2.1.5 "),
    (["EHLO c", MAIL], "RCPT TO:<@relay.example:support@acme.example>", "250 2.1.5 "),
    (["EHLO c", MAIL], "RCPT TO:<Postmaster>", "250 2.1.5 "),
    (["EHLO c", MAIL], "RCPT TO:<postmaster@other.example>", "550 5.1.1 "),
    (
        ["EHLO c", MAIL],
        "RCPT TO:<who@acme.example>",
        "550 5.1.1 <who@acme.example>: no such address here",
    ),
    (["EHLO c", MAIL], "RCPT TO:<support%acme.example@relay.example>", "550 5.1.1 "),
    (["EHLO c", MAIL], "RCPT TO:<relay.example!support@acme.example>", "550 5.1.1 "),
    (["EHLO c", MAIL], 'RCPT TO:<"support@acme.example>,"@other.example>', "550 5.1.1 "),
    (["EHLO c", MAIL], r'RCPT TO:<"support@acme.example\""@other.example>', "550 5.1.1 "),
    (["EHLO c", MAIL], "RCPT TO:<>", "501 5.5.4 "),
    (["EHLO c", MAIL], "RCPT TO:<support>", "501 5.5.4 "),
    (["EHLO c", MAIL], "RCPT TO:<support@acme.example> NOTIFY=NEVER", "555 5.5.4 "),
    (["EHLO c", MAIL], "RCPT TO:<bug@acme.example>", "451 4.3.0 "),
    # letters beyond ASCII
    (["EHLO c"], "MAIL FROM:<ädä@example.org>", "553 5.6.7 "),
    (["EHLO c"], "MAIL FROM:<ädä@exämple.org> SMTPUTF8", "250 2.1.0 "),
    (["EHLO c", MAIL], "RCPT TO:<ünal@acme.example>", "553 5.6.7 "),
    (["EHLO c", f"{MAIL} SMTPUTF8"], "RCPT TO:<ünal@acme.example>", "250 2.1.5 "),
    (["EHLO c"], "MAIL FROM:<a\u2028b@example.org> SMTPUTF8", "500 5.5.2 control character"),
    (["EHLO c"], "MAIL FROM:<a\u202eb@example.org> SMTPUTF8", "500 5.5.2 control character"),
    # what is not offered, and what is nothing
    ([], "NOOP", "250 2.0.0 "),
    ([], "NOOP with words", "250 2.0.0 "),
    ([], "RSET", "250 2.0.0 "),
    ([], "RSET all", "501 5.5.4 "),
    ([], "QUIT", "221 2.0.0 "),
    ([], "QUIT now", "501 5.5.4 "),
    ([], "VRFY support", "252 2.5.2 "),
    ([], "EXPN all", "502 5.5.1 EXPN is not offered here"),
    ([], "HELP", "502 5.5.1 "),
    ([], "AUTH PLAIN AGEAYQ==", "502 5.5.1 "),
    ([], "STARTTLS", "502 5.5.1 "),
    ([], "TURN", "500 5.5.2 unknown command TURN"),
    ([], "XCLIENT ADDR=192.0.2.1", "500 5.5.2 "),
    ([], "GET / HTTP/1.1", "500 5.5.2 unknown command GET"),
    ([], "", "500 5.5.2 "),
    ([], "X" * 999, "500 5.5.2 line too long: at most 1000 octets"),
    ([], "X" * 500_000, "500 5.5.2 line too long"),
    ([], "NOOP \x00", "500 5.5.2 control character"),
    ([], "NOOP \x7f", "500 5.5.2 control character"),
    ([], "NOOP a\rb", "500 5.5.2 control character"),
]


@pytest.mark.parametrize(("before", "line", "expected"), REPLIES)
async def test_reply(before: list[str], line: str, expected: str):
    async with open_desk() as desk, desk.greeted() as talk:
        for earlier in before:
            assert (await talk.say(earlier))[0] == "2"
        assert (await talk.say(line)).startswith(expected)


@pytest.mark.parametrize(
    ("octets", "expected"),
    [
        (b"NOOP\n", "500 5.5.2 a command line ends with CR LF, this one with a bare LF"),
        (b"NOOP \xff\xfe\r\n", "500 5.5.2 a command line is ASCII or UTF-8"),
        (b"\xff\xfe\r\n", "500 5.5.2 "),
        (b"NOOP\r\r\n", "500 5.5.2 control character"),
    ],
)
async def test_lines_that_are_none(octets: bytes, expected: str):
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.send(octets)
        assert (await talk.reply()).startswith(expected)
        assert (await talk.say("NOOP")).startswith("250")


async def test_the_greeting_names_the_host_and_nothing_else():
    async with open_desk() as desk, desk.dial() as talk:
        assert await talk.reply() == "220 desk.example ESMTP"


async def test_ehlo_tells_the_extensions():
    async with open_desk(max_message_bytes=5000) as desk, desk.greeted() as talk:
        lines = (await talk.say("EHLO client.example")).split("\n")
        assert lines[0] == "250-desk.example"
        assert {line[4:] for line in lines[1:]} == {
            "PIPELINING",
            "SIZE 5000",
            "ENHANCEDSTATUSCODES",
            "8BITMIME",
            "SMTPUTF8",
        }


async def test_a_mail_is_kept_with_its_envelope_and_a_trace_header():
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.say("EHLO client.example")
        for line in (MAIL, RCPT, RCPT, "RCPT TO:<sales@acme.example>"):
            assert (await talk.say(line))[:3] == "250"
        await talk.say("DATA")
        assert await talk.say("Subject: Hi\r\n\r\n..dots\r\n.") == "250 2.0.0 Ok: kept as 1"

        [kept] = desk.inbox.kept
        assert kept.channel == "email"
        assert kept.live
        assert kept.lane == "lane"
        assert kept.received_at == NOON
        assert kept.envelope == {
            "v": 1,
            "source": "smtp",
            "from": "a@example.org",
            "to": ["support@acme.example", "sales@acme.example"],
            "peer": "127.0.0.1",
            "helo": "client.example",
            "tls": False,
        }
        assert kept.raw == (
            b"Received: from client.example ([127.0.0.1])\r\n"
            b"\tby desk.example with ESMTP id " + kept.external_id.encode() + b";\r\n"
            b"\tMon, 05 Jan 2026 12:00:00 +0000\r\n"
            b"Subject: Hi\r\n\r\n.dots\r\n"
        )


async def test_a_helo_name_puts_nothing_into_the_header():
    hostile = "x) (y; <z>: ünicode\tid\x0b" + "n" * 600
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.say("EHLO " + re.sub(r"[\t\x0b]", " ", hostile))
        await talk.send(BEGIN + b"Subject: Hi\r\n\r\n.\r\n")
        assert [r[:3] for r in await talk.replies(4)] == ["250", "250", "354", "250"]
        mail = email.message_from_bytes(desk.inbox.kept[0].raw)
        assert mail.keys() == ["Received", "Subject"]
        assert re.match(r"from x\?\?\?y\?\?\?z\?:\?\?nicode\?id\?+n+ \(\[127", mail["Received"])


async def test_every_message_has_an_id_of_its_own():
    async with open_desk() as desk, desk.greeted() as talk:
        for _ in range(3):
            await talk.begin()
            await talk.say("same\r\n.")
        assert len({incoming.external_id for incoming in desk.inbox.kept}) == 3


async def test_several_messages_in_one_packet():
    whole = BEGIN + b"one\r\n.\r\n" + BEGIN + b"two\r\n.\r\n" + b"QUIT\r\n"
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.send(b"EHLO client.example\r\n" + whole)
        codes = [reply[:3] for reply in await talk.replies(10)]
        assert codes == ["250", *["250", "250", "354", "250"] * 2, "221"]
        assert await talk.ended()
        assert desk.inbox.bodies == [b"one\r\n", b"two\r\n"]


async def test_what_came_before_the_peer_stopped_sending_is_answered():
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.send(b"EHLO c\r\n" + BEGIN + b"one\r\n.\r\n")
        talk.writer.write_eof()
        assert (await talk.replies(5))[-1] == "250 2.0.0 Ok: kept as 1"
        assert await talk.ended()


async def test_octets_one_by_one():
    async with open_desk() as desk, desk.greeted() as talk:
        talk.writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for octet in b"EHLO c\r\n" + BEGIN + b"..one\r\n.\r\n":
            await talk.send(bytes([octet]))
        assert (await talk.replies(5))[-1].startswith("250 2.0.0")
        assert desk.inbox.bodies == [b".one\r\n"]


@pytest.mark.parametrize("address", sorted(OURS - {"ünal@acme.example"}))
async def test_every_address_of_ours_is_taken(address: str):
    async with open_desk() as desk, desk.greeted() as talk:
        await talk.say("EHLO c")
        await talk.say(MAIL)
        assert (await talk.say(f"RCPT TO:<{address}>")).startswith("250 2.1.5")


async def test_names_beyond_ascii_are_kept():
    async with open_desk() as desk, desk.greeted() as talk:
        for line in ("EHLO c", "MAIL FROM:<ädä@exämple.org> SMTPUTF8"):
            await talk.say(line)
        await talk.say("RCPT TO:<ünal@acme.example>")
        await talk.say("DATA")
        assert (await talk.say("Subject: ü\r\n\r\n.")).startswith("250")
        assert desk.inbox.kept[0].envelope["from"] == "ädä@exämple.org"
        assert desk.inbox.kept[0].envelope["to"] == ["ünal@acme.example"]
