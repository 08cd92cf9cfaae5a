"""With a mail server that others wrote."""

import asyncio
from email import message_from_bytes
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP as Server
from aiosmtpd.smtp import Envelope

from gateway.channels.email.sending.smtp import SmtpOptions, SmtpSender
from gateway.core.model import Attachment, Party
from tests.channels.email.sending.outbounds import document, outbound, words


class Box:
    def __init__(self) -> None:
        self.taken: list[Envelope] = []

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        self.taken.append(envelope)
        return "250 2.0.0 taken"


async def test_a_mail_arrives_whole_over_smtputf8_with_its_file():
    box = Box()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: Server(box, hostname="mx", enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0
    )
    port = server.sockets[0].getsockname()[1]
    options = SmtpOptions(host="127.0.0.1", port=port, security="none", hostname="desk")
    out = SmtpSender(options, domain="acme.example")
    file = Attachment(name="año.bin", type="application/x-thing", data=bytes(range(256)) * 4000)
    message = outbound(
        to=Party(address="añá@example.org", name="Aña, Á."),
        bounce_to="bounce@acme.example",
        document=document("Ñandú", words("línea\n.\n.x")),
        attachments=(file,),
    )
    try:
        receipt = await out.send(message)
        await out.aclose()
    finally:
        server.close()
        await server.wait_closed()
    (envelope,) = box.taken
    assert (envelope.mail_from, envelope.rcpt_tos) == ("bounce@acme.example", ["añá@example.org"])
    assert isinstance(envelope.content, bytes)
    assert "<añá@example.org>".encode() in envelope.content
    read = message_from_bytes(envelope.content, policy=default)
    assert read["Subject"] == "Ñandú"
    text = read.get_body(("plain",))
    assert text is not None
    assert text.get_content() == "línea\r\n.\r\n.x\r\n"
    assert [a.get_content() for a in read.iter_attachments()] == [file.data]
    assert receipt.remark == "250 2.0.0 taken"
