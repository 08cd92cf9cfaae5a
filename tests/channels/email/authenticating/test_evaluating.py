import asyncio
import json
import time
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.channels.email.authenticating import Authenticator, AuthOptions, CheckingIntake
from gateway.channels.email.authenticating.evaluating import author_domain
from gateway.core.ports import Accepted, Incoming
from tests.channels.email.authenticating.letters import MAIL, publish, signed
from tests.servers.dns import DnsServer

PEER = "192.0.2.7"
NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
RELAYS = ("127.0.0.0/8", "10.0.0.0/8")


def authenticator(server: DnsServer, timeout: float = 5.0) -> Authenticator:
    return Authenticator(AuthOptions(nameservers=(server.address,), timeout=timeout, relays=RELAYS))


async def facts(server: DnsServer, raw: bytes, *, peer: str = PEER, **more: Any) -> Any:
    timeout = more.pop("timeout", 5.0)
    way = {"sender": "ada@example.org", "helo": "mx.example.org"} | more
    checker = authenticator(server, timeout)
    try:
        found = await checker.of_smtp(raw, peer=peer, **way)
    finally:
        checker.close()
    assert json.loads(json.dumps(found)) == found
    return found


def results(found: Any) -> tuple[str | None, list[str], str | None]:
    spf, dkim, dmarc = found["spf"], found["dkim"], found["dmarc"]
    return (
        spf and spf["result"],
        [one["result"] for one in dkim],
        dmarc and dmarc["result"],
    )


@pytest.fixture
def zone(dns_zone: DnsServer) -> DnsServer:
    dns_zone.add("example.org", "TXT", f"v=spf1 ip4:{PEER} -all")
    dns_zone.add("_dmarc.example.org", "TXT", "v=DMARC1; p=reject; pct=50")
    publish(dns_zone)
    return dns_zone


async def test_all_is_well(zone: DnsServer):
    found = await facts(zone, signed())
    assert (found["v"], found["by"]) == (1, "us")
    assert results(found) == ("pass", ["pass"], "pass")
    assert found["dmarc"]["domain"] == "example.org"
    assert (found["dmarc"]["policy"], found["dmarc"]["percent"]) == ("reject", 50)
    assert found["dkim"][0]["selector"] == "s1"


async def test_forged(zone: DnsServer):
    found = await facts(zone, MAIL, peer="203.0.113.9")
    assert results(found) == ("fail", [], "fail")
    assert found["spf"]["because"] == "-all of example.org"


async def test_a_forwarder_breaks_spf_and_not_dkim(zone: DnsServer):
    found = await facts(zone, signed(), peer="203.0.113.9")
    assert results(found) == ("fail", ["pass"], "pass")


async def test_a_mailing_list_breaks_dkim(zone: DnsServer):
    raw = signed().replace(b"Subject: Printer", b"Subject: [list] Printer")
    found = await facts(zone, raw, peer="203.0.113.9", sender="bounces@list.example")
    assert results(found) == ("none", ["fail"], "fail")


async def test_from_a_relay_a_signature_proves_and_nothing_refutes(zone: DnsServer):
    for peer in ("127.0.0.1", "10.1.2.3", "::ffff:10.1.2.3", "", "no address"):
        assert results(await facts(zone, signed(), peer=peer)) == (None, ["pass"], "pass")
        broken = signed().replace(b"burns", b"freezes")
        assert results(await facts(zone, broken, peer=peer)) == (None, ["fail"], "unknown")
    assert zone.count("example.org", "TXT") == 0


async def test_a_mail_that_nobody_signed_costs_nothing_from_a_relay(zone: DnsServer):
    assert await facts(zone, MAIL, peer="127.0.0.1") is None
    assert await facts(zone, MAIL + b"DKIM-Signature: in the body", peer="127.0.0.1") is None
    assert zone.asked == []


AUTHORS = {
    "two fields": b"From: Ada <ada@example.org>\r\nFrom: Eve <eve@evil.example>\r\n",
    "the same twice": b"From: Ada <ada@example.org>\r\nFrom: Ada <ada@example.org>\r\n",
    "two addresses": b"From: Ada <ada@example.org>, Eve <eve@evil.example>\r\n",
    "a group": b"From: both: ada@example.org;\r\n",
    "a group with a comment": b"From: both: ada@example.org; (x)\r\n",
}


@pytest.mark.parametrize("case", AUTHORS)
async def test_of_several_authors_none_is_proven(zone: DnsServer, case: str):
    head, _, rest = MAIL.partition(b"\r\n")
    raw = signed(AUTHORS[case] + rest)
    found = await facts(zone, raw)
    assert found["dmarc"]["result"] == "permerror"
    assert author_domain(raw) is None
    assert head.startswith(b"From")


@pytest.mark.parametrize(
    "author",
    [b'"Byron; Ada: countess" <ada@example.org>', b"Ada (: a comment ;) <ada@example.org>"],
)
def test_marks_in_a_name_make_no_group(author: bytes):
    assert author_domain(b"From: " + author + b"\r\n\r\n") == "example.org"


async def test_without_an_author_there_is_nothing_to_judge(zone: DnsServer):
    found = await facts(zone, b"Subject: x\r\n\r\nx")
    assert found["dmarc"] is None


@pytest.mark.parametrize("failure", ["drop", "servfail"])
@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("example.org", ("temperror", ["pass"], "pass")),
        ("s1._domainkey.example.org", ("pass", ["temperror"], "pass")),
        ("_dmarc.example.org", ("pass", ["pass"], "temperror")),
    ],
)
async def test_one_answer_that_is_missing(zone: DnsServer, name, expected, failure: str):
    zone.failures[name] = failure
    assert results(await facts(zone, signed(), timeout=0.6)) == expected


async def test_a_dns_that_is_dead_is_neither_pass_nor_fail_and_soon_over(zone: DnsServer):
    for name in ("example.org", "_dmarc.example.org", "s1._domainkey.example.org"):
        zone.failures[name] = "drop"
    begun = time.monotonic()
    found = await facts(zone, signed(), timeout=0.4)
    assert results(found) == ("temperror", ["temperror"], "temperror")
    assert time.monotonic() - begun < 2.0


async def test_more_mails_than_are_checked_at_once_wait_no_longer(zone: DnsServer):
    zone.failures["example.org"] = "drop"
    checker = authenticator(zone, timeout=0.4)
    begun = time.monotonic()
    way = {"peer": PEER, "sender": "ada@example.org", "helo": "x"}
    found = await asyncio.gather(*(checker.of_smtp(MAIL, **way) for _ in range(200)))
    assert time.monotonic() - begun < 4.0
    assert all(one is None or one["dmarc"]["result"] != "fail" for one in found)
    checker.close()


async def test_large_mails_leave_the_loop_free(zone: DnsServer):
    raw = signed(MAIL + b"word " * 2_000_000 + b"\r\n")
    waits: list[float] = []

    async def watch() -> None:
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            waits.append(time.monotonic() - begun - 0.01)

    watcher = asyncio.create_task(watch())
    assert results(await facts(zone, raw))[1] == ["pass"]
    watcher.cancel()
    assert sorted(waits)[len(waits) * 9 // 10] < 0.1


class Kept:
    def __init__(self) -> None:
        self.kept: list[Incoming] = []

    async def accept(self, incoming: Incoming) -> Accepted:
        self.kept.append(incoming)
        return Accepted(len(self.kept))


async def test_mail_from_a_mailbox_is_looked_at_for_its_signatures(zone: DnsServer):
    kept, checker = Kept(), authenticator(zone)
    intake = CheckingIntake(kept, checker)
    for number, raw in enumerate((signed(), MAIL), 1):
        envelope = {"v": 1, "source": "imap"}
        fetched = Incoming(
            channel="email", external_id=f"{number}", raw=raw, received_at=NOON, envelope=envelope
        )
        assert await intake.accept(fetched) == Accepted(number)
    checker.close()
    by_key, unsigned = kept.kept
    assert results(by_key.envelope["auth"]) == (None, ["pass"], "pass")
    assert by_key.envelope["source"] == "imap"
    assert unsigned.envelope == {"v": 1, "source": "imap"}
