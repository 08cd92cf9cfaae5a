"""What the DNS should hold for a desk that sends mail, and what it does hold."""

import base64
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.channels.email.sending.signing_key import read_key
from tests.cli.conftest import CONFIG, Shell
from tests.cli.test_check import found
from tests.servers.dns import DnsServer, dns_server

KEYS = Path(__file__).parents[1] / "keys"
NAME = "desk._domainkey.acme.example"


@pytest.fixture
def zone() -> Iterator[DnsServer]:
    with dns_server() as server:
        server.add("acme.example", "TXT", "v=spf1 include:relay.example -all")
        server.add("_dmarc.acme.example", "TXT", "v=DMARC1; p=reject")
        server.add(NAME, "TXT", read_key(KEYS / "rsa.pem").record())
        yield server


@pytest.fixture
def desk(shell: Shell, zone: DnsServer, tmp_path: Path) -> Shell:
    shutil.copy(KEYS / "rsa.pem", tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o600)
    shell.config.write_text(
        f"{CONFIG}\n[email.send]\nmaildir = 'out'\n"
        f"[email.authentication]\nnameservers = ['{zone.spelled}']\ntimeout = '1s'\n"
        "[email.dkim]\ndomain = 'acme.example'\nselector = 'desk'\nkey_file = 'key.pem'\n"
    )
    shell.config.chmod(0o600)
    return shell


def checked(desk: Shell) -> dict[str, tuple[str, str]]:
    return found(desk("check", "--json"))


def test_all_is_well(desk: Shell):
    verdicts = checked(desk)
    assert verdicts["spf acme.example"] == ("works", "v=spf1 include:relay.example -all")
    assert verdicts["dmarc acme.example"] == ("works", "p=reject, by acme.example")
    said = f"{NAME} holds the key that mail is signed with"
    assert verdicts["dkim acme.example"] == ("works", said)
    assert verdicts["email.dkim.key_file"] == ("works", "signs with rsa-sha256, 2048 bits")


def test_the_record_to_publish_can_be_pasted(desk: Shell, zone: DnsServer):
    zone.remove(NAME)
    out = desk("check").out
    (row,) = [line for line in out.splitlines() if "dkim acme.example" in line]
    assert row.startswith("✗ ")
    name, _, strings = row.partition("it should hold ")[2].partition(" IN TXT ")
    assert name == f"{NAME}."
    parts = strings.removeprefix("( ").removesuffix(" )").split('" "')
    text = "".join(part.strip('"') for part in parts)
    assert all(len(part.strip('"')) <= 255 for part in parts)
    assert text == read_key(KEYS / "rsa.pem").record()
    base64.b64decode(text.partition("p=")[2], validate=True)
    zone.add(NAME, "TXT", tuple(part.strip('"').encode() for part in parts))
    assert checked(desk)["dkim acme.example"][0] == "works"


SPF = {
    "v=spf1 +all": ("broken", "everybody may send mail in your name"),
    "v=spf1 ip4:1.2.3 -all": ("broken", '"ip4:1.2.3" names no network'),
    "v=spf1 a mx": ("doubtful", "it forbids nobody"),
    "v=spf1 a ?all": ("doubtful", "it forbids nobody"),
    "v=spf1 redirect=relay.example": ("works", "v=spf1 redirect=relay.example"),
    "v=spf1 a ~all": ("works", "v=spf1 a ~all"),
    "hello": (
        "doubtful",
        "it should hold one, with the senders that your relay names: acme.example."
        ' IN TXT "v=spf1 mx -all"',
    ),
}


@pytest.mark.parametrize("record", SPF)
def test_spf(desk: Shell, zone: DnsServer, record: str):
    zone.remove("acme.example")
    zone.add("acme.example", "TXT", record)
    verdict, said = checked(desk)["spf acme.example"]
    assert verdict == SPF[record][0]
    assert SPF[record][1] in said


def test_two_spf_records(desk: Shell, zone: DnsServer):
    zone.add("acme.example", "TXT", "v=spf1 -all")
    assert checked(desk)["spf acme.example"][0] == "broken"


DMARC = {
    (): ("doubtful", '_dmarc.acme.example. IN TXT "v=DMARC1; p=quarantine"'),
    ("v=DMARC1",): ("broken", "it says no policy"),
    ("v=DMARC1; p=none", "v=DMARC1; p=reject"): ("broken", "none counts"),
    ("v=DMARC1; p=none",): ("works", "p=none"),
}


@pytest.mark.parametrize("records", DMARC, ids=len)
def test_dmarc(desk: Shell, zone: DnsServer, records: tuple[str, ...]):
    zone.remove("_dmarc.acme.example")
    for record in records:
        zone.add("_dmarc.acme.example", "TXT", record)
    verdict, said = checked(desk)["dmarc acme.example"]
    assert verdict == DMARC[records][0]
    assert DMARC[records][1] in said


def test_another_key_in_the_dns(desk: Shell, zone: DnsServer):
    zone.remove(NAME)
    zone.add(NAME, "TXT", read_key(KEYS / "ed25519.pem").record())
    verdict, said = checked(desk)["dkim acme.example"]
    assert verdict == "broken"
    assert "holds another key than key_file" in said


def test_a_signature_of_another_organisation_does_not_count(desk: Shell, zone: DnsServer):
    desk.config.write_text(desk.config.read_text().replace("'acme.example'", "'relay.example'"))
    verdict, said = checked(desk)["dmarc acme.example"]
    assert verdict == "doubtful"
    assert "signed by relay.example, which does not count" in said


@pytest.mark.parametrize("failure", ["servfail", "drop"])
def test_a_dns_that_gives_no_answer_is_doubtful_and_soon_over(
    desk: Shell, zone: DnsServer, failure: str
):
    for name in ("acme.example", "_dmarc.acme.example", NAME):
        zone.failures[name] = failure
    verdicts = checked(desk)
    for what in ("spf", "dkim", "dmarc"):
        verdict, said = verdicts[f"{what} acme.example"]
        assert verdict == "doubtful"
        assert said.startswith("not known (")
    assert read_key(KEYS / "rsa.pem").record()[:200] in verdicts["dkim acme.example"][1]


def test_a_key_that_others_may_read_is_said(desk: Shell, tmp_path: Path):
    (tmp_path / "key.pem").chmod(0o644)
    verdict, said = checked(desk)["email.dkim.key_file"]
    assert verdict == "doubtful"
    assert "mode 0644" in said


def test_a_desk_that_sends_nothing_asks_nobody(desk: Shell, zone: DnsServer):
    desk.config.write_text(desk.config.read_text().partition("[email.dkim]")[0])
    verdicts = checked(desk)
    assert not [key for key in verdicts if key.startswith(("spf", "dkim", "dmarc"))]
    assert zone.asked == []
