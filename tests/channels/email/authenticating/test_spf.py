import ipaddress
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from gateway.channels.email.authenticating.names import Names
from gateway.channels.email.authenticating.spf import check_host
from gateway.channels.email.peers import ip_of
from tests.servers.dns import DnsServer

SUITE = Path(__file__).with_name("spf_cases.txt").read_text(encoding="utf-8")
_OCTET = re.compile(r"\\x([0-9a-f]{2})")


@dataclass
class Case:
    name: str
    zone: list[str]
    peer: str
    results: list[str]
    sender: str
    helo: str


def octets(text: str) -> bytes:
    return _OCTET.sub(lambda m: chr(int(m[1], 16)), text).encode("latin-1")


def fill(server: DnsServer, zone: list[str]) -> None:
    for line in zone:
        name, kind, *rest = line.split(" ", 2)
        name = name.replace("__", "  ")
        if kind == "drop":
            server.failures[name] = "drop"
        elif kind == "TXT":
            server.add(name, "TXT", tuple(octets(part) for part in rest[0].split("|")))
        else:
            server.add(name, kind, rest[0])


def cases() -> list[Case]:
    found = []
    for section in SUITE.split("\n## ")[1:]:
        lines = [line for line in section.splitlines()[1:] if line]
        zone = [line for line in lines if not line.startswith("> ")]
        for line in lines:
            if line.startswith("> "):
                name, peer, results, sender, *helo = line[2:].split(" ")
                spelled = helo[0] if helo else "mail.example.com"
                found.append(
                    Case(
                        name=name,
                        zone=zone,
                        peer=peer,
                        results=results.split(","),
                        sender="" if sender == "-" else sender.replace("Macro_", "Macro "),
                        helo=spelled.replace("'_", "' "),
                    )
                )
    return found


CASES = cases()


def test_the_suite_is_all_there():
    assert len(CASES) == 199


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_published_suite(case: Case, dns_zone: DnsServer):
    fill(dns_zone, case.zone)
    names = Names([dns_zone.address])
    deadline = names.in_seconds(0.4 if "temperror" in case.results else 10)
    peer = ip_of(case.peer)
    assert peer is not None
    found = await check_host(names, peer, sender=case.sender, helo=case.helo, deadline=deadline)
    assert found.result in case.results, found


PEER = ipaddress.ip_address("192.0.2.7")


async def checked(server: DnsServer, sender: str = "ada@example.org", helo: str = "x.example.org"):
    names = Names([server.address])
    deadline = names.in_seconds(5)
    return await check_host(names, PEER, sender=sender, helo=helo, deadline=deadline)


async def test_what_matched_is_said(dns_zone: DnsServer):
    dns_zone.add("example.org", "TXT", "v=spf1 include:_spf.example.org -all")
    dns_zone.add("_spf.example.org", "TXT", "v=spf1 ip4:192.0.2.0/30 ~all")
    found = await checked(dns_zone)
    assert (found.result, found.domain) == ("fail", "example.org")
    assert found.because == "-all of example.org"
    dns_zone.records.clear()
    dns_zone.add("example.org", "TXT", "v=spf1 ip4:192.0.2.7 -all")
    found = await checked(dns_zone)
    assert (found.result, found.because) == ("pass", "ip4:192.0.2.7 of example.org")


async def test_a_bounce_is_checked_by_the_name_its_server_gives(dns_zone: DnsServer):
    dns_zone.add("mx.example.org", "TXT", "v=spf1 ip4:192.0.2.7 -all")
    found = await checked(dns_zone, sender="", helo="mx.example.org")
    assert (found.result, found.domain) == ("pass", "mx.example.org")


@pytest.mark.parametrize("failure", ["servfail", "refused"])
async def test_a_name_server_in_trouble_proves_nothing(dns_zone: DnsServer, failure: str):
    dns_zone.failures["example.org"] = failure
    assert (await checked(dns_zone)).result == "temperror"


async def test_a_record_too_long_for_a_datagram_is_fetched_by_tcp(dns_zone: DnsServer):
    nets = " ".join(f"ip4:198.51.100.{n}" for n in range(150))
    dns_zone.add("example.org", "TXT", f"v=spf1 {nets} ip4:192.0.2.7 -all")
    assert (await checked(dns_zone)).result == "pass"
    assert dns_zone.count("example.org") == 2


@pytest.mark.parametrize(
    "record",
    [
        "v=spf1 " + "a" * 60_000,
        "v=spf1 " + "%{d}" * 15_000,
        "v=spf1 exists:" + "%{d}" * 1_900 + " -all",
        "v=spf1 exists:" + "%{l99r.-+}." * 600 + "example.org -all",
        "v=spf1 " + " " * 60_000 + "-all",
        "v=spf1 a:" + "." * 8_000,
        "v=spf1 a:" + "-" * 8_000,
        "v=spf1 a" + "/1" * 4_000,
        "v=spf1 " + "ip4:192.0.2.1 " * 500 + "-all",
    ],
    ids=range(9),
)
async def test_no_record_takes_long(dns_zone: DnsServer, record: str):
    import time

    dns_zone.add("example.org", "TXT", record)
    names = Names([dns_zone.address])
    local = "-.+" * 80
    begun = time.process_time()
    await check_host(
        names, PEER, sender=f"{local}@example.org", helo="x", deadline=names.in_seconds(5)
    )
    assert time.process_time() - begun < 0.5
