"""Who really sent it: the real daemon, real signatures, a name server that fails when told."""

import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

import dkim
import pytest

from gateway.channels.email.sending.signing_key import read_key
from tests.channels.email.authenticating.letters import ED25519, RSA
from tests.e2e.conftest import Make
from tests.e2e.gateway import ADA, BEA, SUPPORT, Gateway, compose
from tests.e2e.sink import Sink
from tests.servers import wait_until
from tests.servers.dns import DnsServer, dns_server


@pytest.fixture
def zone() -> Iterator[DnsServer]:
    """Two domains whose mail comes from elsewhere, and is signed."""
    with dns_server() as server:
        for domain in ("acme.example", "example.org"):
            server.add(domain, "TXT", "v=spf1 ip4:192.0.2.1 -all")
            server.add(f"_dmarc.{domain}", "TXT", "v=DMARC1; p=reject")
            server.add(f"s1._domainkey.{domain}", "TXT", read_key(RSA).record())
        yield server


def desk(make: Make, zone: DnsServer, *, direct: bool, more: str = "", **fields: Any) -> Gateway:
    """``direct``: whoever connects from this machine counts as the sender, not as a relay."""
    relays = 'relays = ["203.0.113.1"]' if direct else ""
    table = f"[email.authentication]\nnameservers = ['{zone.spelled}']\ntimeout = '2s'\n"
    return make(extra={"listen": f"{table}{relays}\n{more}"}, **fields)


def send(gateway: Gateway, mail: EmailMessage, *, domain: str = "", change: bytes = b"") -> None:
    """Hand over, signed for ``domain``; with ``change`` a list has altered the subject since."""
    import smtplib

    raw = mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))
    if domain:
        raw = dkim.sign(raw, b"s1", domain.encode(), RSA.read_bytes()) + raw
    if change:
        assert b"Subject: " in raw
        raw = raw.replace(b"Subject: ", b"Subject: " + change, 1)
    sender = mail["From"].addresses[0].addr_spec
    with smtplib.SMTP("127.0.0.1", gateway.port, timeout=30) as smtp:
        smtp.sendmail(sender, [SUPPORT], raw)


def proof(gateway: Gateway, number: int = 1, entry: int = 0) -> Any:
    return gateway.ticket(number)["entries"][entry]["proof"]


def wait_held(gateway: Gateway) -> str:
    """Until a mail is held; the reason."""
    found: list[Any] = []

    def any_held() -> bool:
        found[:] = gateway.cli("inbox", "list", "--held")
        return bool(found)

    wait_until(any_held, "a mail to be held")
    return str(found[0]["reason"])


def command(words: str = "#resolve") -> EmailMessage:
    return compose(words, sender=f"Bea Ruiz <{BEA}>", subject="[#1] Printer on fire")


def test_a_forged_agent_is_held_and_the_real_one_hears_of_it(
    make: Make, zone: DnsServer, sink: Sink
):
    with desk(make, zone, direct=True).running() as gateway:
        send(gateway, compose("It burns."), domain="example.org")
        gateway.wait_for_ticket()
        send(gateway, command())
        assert wait_held(gateway) == f"says it is from {BEA}, and fails DMARC"
        assert gateway.ticket(1)["state"] == "new"
        sink.wait(BEA, 2)


def test_an_agent_whose_domain_signs_acts_through_a_relay(make: Make, zone: DnsServer, url: str):
    with desk(make, zone, direct=False, url=url).running() as gateway:
        send(gateway, compose("It burns."))
        gateway.wait_for_ticket()
        assert proof(gateway) is None
        send(gateway, command(), domain="acme.example")
        wait_until(lambda: gateway.ticket(1)["state"] == "resolved", "Bea's command")
        send(gateway, command("#open"))
        assert wait_held(gateway)
        assert gateway.ticket(1)["state"] == "resolved"


def test_a_signature_of_another_domain_makes_nobody_an_agent(make: Make, zone: DnsServer):
    with desk(make, zone, direct=False).running() as gateway:
        send(gateway, compose("It burns."))
        gateway.wait_for_ticket()
        send(gateway, command(), domain="example.org")
        assert wait_held(gateway)


def test_without_an_answer_of_the_dns_mail_is_held_and_nothing_breaks(make: Make, zone: DnsServer):
    with desk(make, zone, direct=True).running() as gateway:
        send(gateway, compose("It burns."), domain="example.org")
        gateway.wait_for_ticket()
        for name in ("acme.example", "_dmarc.acme.example", "s1._domainkey.acme.example"):
            zone.failures[name] = "drop"
        begun = time.monotonic()
        send(gateway, command(), domain="acme.example")
        assert time.monotonic() - begun < 8
        assert wait_held(gateway) == f"says it is from {BEA}, without proof"
        zone.failures.clear()
        send(gateway, compose("Another fire.", subject="Second"), domain="example.org")
        gateway.wait_for_ticket(2)
        assert proof(gateway, 2)["dmarc"] == "pass"


def test_a_forwarder_breaks_spf_and_a_signature_holds(make: Make, zone: DnsServer):
    with desk(make, zone, direct=True).running() as gateway:
        send(gateway, compose("It burns."), domain="example.org")
        gateway.wait_for_ticket()
        assert proof(gateway) == {"spf": "fail", "dkim": "pass", "dmarc": "pass"}
        out = gateway.run("ticket", "show", "1").stdout
        assert "    sender: DMARC passed, SPF failed for example.org\n" in out


def test_a_list_that_alters_mail_gets_no_confirmation_and_is_read_all_the_same(
    make: Make, zone: DnsServer, sink: Sink
):
    with desk(make, zone, direct=True).running() as gateway:
        send(gateway, compose("It burns."), domain="example.org", change=b"[list] ")
        gateway.wait_for_ticket()
        assert proof(gateway) == {"spf": "fail", "dkim": "fail", "dmarc": "fail"}
        assert gateway.said(1) == ["It burns."]
        sink.wait(BEA)
        assert sink.to(ADA) == []
        assert [row["to"]["address"] for row in gateway.cli("outbox", "list")] == [BEA]


def test_what_is_proven_is_confirmed_and_the_confirmation_is_signed(
    make: Make, zone: DnsServer, sink: Sink
):
    key = f"[email.dkim]\ndomain = 'acme.example'\nselector = 'ed'\nkey_file = '{ED25519}'\n"
    zone.remove("example.org")
    zone.add("example.org", "TXT", "v=spf1 ip4:127.0.0.1 -all")
    with desk(make, zone, direct=True, more=key).running() as gateway:
        send(gateway, compose("It burns."))
        confirmation = sink.wait(ADA)
        assert proof(gateway) == {"spf": "pass", "dkim": "none", "dmarc": "pass"}
        assert "Printer on fire" in confirmation.text + str(confirmation.mail["Subject"])
    raw = confirmation.raw.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    record = read_key(ED25519).record().encode()
    assert dkim.verify(raw, dnsfunc=lambda _name, timeout=5: record)
