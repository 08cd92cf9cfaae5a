import pytest

from gateway.channels.email.authenticating.dkim.verifying import DkimResult
from gateway.channels.email.authenticating.dmarc import DmarcRecord, find_record, judge
from gateway.channels.email.authenticating.names import DnsFailedError, Names
from gateway.channels.email.authenticating.spf import SpfResult
from gateway.channels.email.authenticating.suffixes import aligned, organisation
from tests.servers.dns import DnsServer

# From the cases that the keepers of the public suffix list publish with it (test_psl.txt).
ORGANISATIONS = {
    "example.com": "example.com",
    "b.example.com": "example.com",
    "a.b.example.com": "example.com",
    "example.co.uk": "example.co.uk",
    "a.b.example.uk.com": "example.uk.com",
    "test.ac.jp": "test.ac.jp",
    "www.test.ac.jp": "test.ac.jp",
    "a.b.c.kobe.jp": "b.c.kobe.jp",
    "www.city.kobe.jp": "city.kobe.jp",
    "test.k12.ak.us": "test.k12.ak.us",
    "www.xn--85x722f.com.cn": "xn--85x722f.com.cn",
    "WWW.Example.COM": "example.com",
    "a.b.unknown-tld": "b.unknown-tld",
    "co.uk": "co.uk",
}


@pytest.mark.parametrize("domain", ORGANISATIONS)
def test_the_organisation_of_a_domain(domain: str):
    assert organisation(domain) == ORGANISATIONS[domain]


@pytest.mark.parametrize(
    ("one", "other", "relaxed", "strict"),
    [
        ("example.org", "example.org", True, True),
        ("mail.example.org", "example.org", True, False),
        ("a.example.org", "b.example.org", True, False),
        ("example.co.uk", "evil.co.uk", False, False),
        ("ada.github.io", "eve.github.io", False, False),
        ("example.org", "example.org.evil.example", False, False),
        ("", "", False, False),
    ],
)
def test_alignment(one: str, other: str, relaxed: bool, strict: bool):
    assert aligned(one, other, strict=False) is relaxed
    assert aligned(one, other, strict=True) is strict


RECORDS = {
    "v=DMARC1; p=reject": ("reject", 100, False, False),
    "v=DMARC1;p=none;pct=20;adkim=s;aspf=s": ("none", 20, True, True),
    "v=DMARC1; p=quarantine; sp=reject": ("quarantine", 100, False, False),
    "v = DMARC1 ; P=REJECT": ("reject", 100, False, False),
    "v=DMARC1; rua=mailto:a@b.example": ("none", 100, False, False),
    "v=DMARC1; p=reject; pct=many": ("reject", 100, False, False),
    "v=DMARC1": None,
    "v=DMARC1; p=sometimes": None,
    "v=DMARC2; p=reject": None,
    "p=reject; v=DMARC1": None,
    "v=dmarc1; p=reject": None,
}


async def found(server: DnsServer, domain: str) -> DmarcRecord | None:
    names = Names([server.address])
    return await find_record(names, domain, names.in_seconds(5))


@pytest.mark.parametrize("text", RECORDS)
async def test_what_a_record_says(dns_zone: DnsServer, text: str):
    dns_zone.add("_dmarc.example.org", "TXT", text)
    record = await found(dns_zone, "example.org")
    said = record and (record.policy, record.percent, record.strict_dkim, record.strict_spf)
    assert said == RECORDS[text]


async def test_the_record_of_the_organisation_counts_for_what_is_below(dns_zone: DnsServer):
    dns_zone.add("_dmarc.example.org", "TXT", "v=DMARC1; p=reject; sp=quarantine")
    record = await found(dns_zone, "deep.mail.example.org")
    assert record is not None
    assert (record.domain, record.policy) == ("example.org", "quarantine")
    assert dns_zone.count("_dmarc.mail.example.org") == 0
    dns_zone.add("_dmarc.deep.mail.example.org", "TXT", "v=DMARC1; p=none")
    record = await found(dns_zone, "deep.mail.example.org")
    assert record is not None
    assert (record.domain, record.policy) == ("deep.mail.example.org", "none")


async def test_two_records_are_none(dns_zone: DnsServer):
    dns_zone.add("_dmarc.a.example.org", "TXT", "v=DMARC1; p=reject")
    dns_zone.add("_dmarc.a.example.org", "TXT", "v=DMARC1; p=none")
    dns_zone.add("_dmarc.example.org", "TXT", "v=DMARC1; p=reject")
    assert await found(dns_zone, "a.example.org") is None


async def test_other_texts_beside_it_do_not_matter(dns_zone: DnsServer):
    dns_zone.add("_dmarc.example.org", "TXT", "v=spf1 -all")
    dns_zone.add("_dmarc.example.org", "TXT", "v=DMARC1; p=reject")
    record = await found(dns_zone, "example.org")
    assert record is not None


async def test_a_name_server_in_trouble(dns_zone: DnsServer):
    dns_zone.failures["_dmarc.example.org"] = "servfail"
    with pytest.raises(DnsFailedError):
        await found(dns_zone, "a.example.org")


RELAXED = DmarcRecord(domain="example.org", policy="none")
STRICT = DmarcRecord(domain="example.org", policy="reject", strict_dkim=True, strict_spf=True)
VERDICTS = [
    # record, SPF, DKIM, verdict
    (None, ("pass", "example.org"), [("pass", "example.org")], "none"),
    (RELAXED, ("pass", "example.org"), [], "pass"),
    (RELAXED, ("pass", "mail.example.org"), [], "pass"),
    (STRICT, ("pass", "mail.example.org"), [], "fail"),
    (RELAXED, ("pass", "evil.example"), [], "fail"),
    (RELAXED, ("fail", "example.org"), [("pass", "example.org")], "pass"),
    (RELAXED, ("fail", "list.example"), [("pass", "mail.example.org")], "pass"),
    (STRICT, ("none", "list.example"), [("pass", "mail.example.org")], "fail"),
    (
        RELAXED,
        ("pass", "list.example"),
        [("fail", "example.org"), ("pass", "list.example")],
        "fail",
    ),
    (RELAXED, ("softfail", "example.org"), [("policy", "example.org")], "fail"),
    (RELAXED, ("temperror", "example.org"), [], "temperror"),
    (RELAXED, ("temperror", "list.example"), [], "fail"),
    (RELAXED, ("fail", "example.org"), [("temperror", "example.org")], "temperror"),
    (RELAXED, ("fail", "example.org"), [("temperror", "list.example")], "fail"),
    (RELAXED, None, [("pass", "example.org")], "pass"),
    (RELAXED, None, [("fail", "example.org")], "unknown"),
    (RELAXED, None, [], "unknown"),
]


@pytest.mark.parametrize("case", VERDICTS, ids=range(len(VERDICTS)))
def test_verdicts(case):
    record, spf, dkim, expected = case
    judged = judge(
        "example.org",
        record,
        SpfResult(*spf) if spf else None,
        [DkimResult(*one) for one in dkim],
    )
    assert (judged.result, judged.domain) == (expected, "example.org")
