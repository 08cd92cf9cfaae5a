import pytest

from gateway.channels.email.listening.commands import Sender, Transaction, shortened
from gateway.channels.email.listening.data import IncomingData
from gateway.channels.email.listening.limits import MemoryBudget
from gateway.channels.email.listening.options import ListenOptions
from gateway.channels.email.listening.reception import Peer, Reception
from tests.channels.email.listening.desk import NOON, Inbox, is_ours, lane_of

V4 = "192.0.2.1"


async def trace(peer: Peer, protocol: str = "smtp", *, utf8: bool = False) -> str:
    """The first two lines of the header that a message from this peer gets."""
    options = ListenOptions(host="", port=0, hostname="desk.example", protocol=protocol)  # type: ignore[arg-type]
    inbox = Inbox()
    inbox.door.set()
    reception = Reception(options, inbox, is_ours, lambda: NOON, lane_of)
    mail = Transaction(Sender(address="a@example.org", utf8=utf8), ["support@acme.example"])
    with MemoryBudget(0).share() as share:
        data = IncomingData(limit=100, share=share)
        data.feed(b"Subject: x\r\n.\r\n")
        await reception.keep(peer, mail, data)
    return " ".join(inbox.kept[0].raw.decode().split("\r\n")[:2])


@pytest.mark.parametrize(
    ("extended", "tls", "utf8", "smtp", "lmtp"),
    [
        (False, False, False, "SMTP", "LMTP"),
        (True, False, False, "ESMTP", "LMTP"),
        (True, True, False, "ESMTPS", "LMTPS"),
        (True, False, True, "UTF8SMTP", "UTF8LMTP"),
        (True, True, True, "UTF8SMTPS", "UTF8LMTPS"),
    ],
)
async def test_the_trace_header_names_the_protocol(extended, tls, utf8, smtp: str, lmtp: str):
    peer = Peer(address=V4, name="c", extended=extended, tls=tls)
    assert f" with {smtp} id " in await trace(peer, "smtp", utf8=utf8)
    assert f" with {lmtp} id " in await trace(peer, "lmtp", utf8=utf8)


@pytest.mark.parametrize(
    ("peer", "expected"),
    [
        (Peer(address=V4, name="mail.example.org"), "from mail.example.org ([192.0.2.1])"),
        (Peer(address=V4, name="[192.0.2.1]"), "from [192.0.2.1] ([192.0.2.1])"),
        (Peer(address="2001:db8::1", name="c"), "from c ([IPv6:2001:db8::1])"),
        (Peer(address=V4, name="a b\r\nBcc: x"), "from a?b??Bcc:?x ([192.0.2.1])"),
    ],
)
async def test_the_trace_header_names_the_peer(peer: Peer, expected: str):
    assert (await trace(peer)).startswith(f"Received: {expected} ")


@pytest.mark.parametrize(
    ("address", "shown"),
    [("ada@example.org", "a…@example.org"), ("@x", "…@x"), ("root", "r…"), ("", "…")],
)
def test_logs_show_addresses_shortened(address: str, shown: str):
    assert shortened(address) == shown
