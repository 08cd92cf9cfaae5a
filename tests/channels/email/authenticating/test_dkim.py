import asyncio
import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from dkim.crypto import parse_pem_private_key
from hypothesis import given
from hypothesis import strategies as st

from gateway.channels.email.authenticating.dkim.octets import canonical_body, read_octets
from gateway.channels.email.authenticating.dkim.verifying import DkimResult, check_signatures
from gateway.channels.email.authenticating.names import Names
from gateway.channels.email.sending.signing_key import SigningKey, read_key
from tests.channels.email.authenticating.letters import (
    ED25519,
    MAIL,
    RSA,
    SMALL,
    WEAK,
    by_hand,
    key_text,
    publish,
    signed,
)
from tests.servers.dns import DnsServer

# RFC 8463, appendix A: one mail, signed with both kinds of keys.
RFC_8463 = (
    "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\n"
    " d=football.example.com; i=@football.example.com;\n"
    " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\n"
    " subject : date : message-id : from : subject : date;\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\n"
    " b=/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11Bus\n"
    " Fa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==\n"
    "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed;\n"
    " d=football.example.com; i=@football.example.com;\n"
    " q=dns/txt; s=test; t=1528637909; h=from : to : subject :\n"
    " date : message-id : from : subject : date;\n"
    " bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\n"
    " b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\n"
    " DhCVlUrSjV4BwcVcOF6+FF3Zo9Rpo1tFOeS9mPYQTnGdaSGsgeefOsk2Jz\n"
    " dA+L10TeYt9BgDfQNZtKdN1WO//KgIqXP7OdEFE4LjFYNcUxZQ4FADY+8=\n"
    "From: Joe SixPack <joe@football.example.com>\n"
    "To: Suzie Q <suzie@shopping.example.net>\n"
    "Subject: Is dinner ready?\n"
    "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)\n"
    "Message-ID: <20030712040037.46341.5F8J@football.example.com>\n"
    "\n"
    "Hi.\n\nWe lost the game.  Are you hungry yet?\n\nJoe.\n\n"
).replace("\n", "\r\n")
RFC_8463_KEYS = {
    "brisbane": "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
    "test": "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6"
    "Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3"
    "rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB",
}


def run(function: Callable[..., Any], *arguments: Any) -> Any:
    return asyncio.get_running_loop().run_in_executor(None, function, *arguments)


async def check(server: DnsServer, raw: bytes) -> list[DkimResult]:
    names = Names([server.address])
    return await check_signatures(names, raw, deadline=names.in_seconds(5), run=run)


async def result(server: DnsServer, raw: bytes) -> str:
    found = await check(server, raw)
    assert len(found) == 1
    return found[0].result


async def test_the_published_example(dns_zone: DnsServer):
    for selector, record in RFC_8463_KEYS.items():
        dns_zone.add(f"{selector}._domainkey.football.example.com", "TXT", record)
    found = await check(dns_zone, RFC_8463.encode())
    assert [(one.result, one.domain, one.selector) for one in found] == [
        ("pass", "football.example.com", "brisbane"),
        ("pass", "football.example.com", "test"),
    ]


@pytest.mark.parametrize("key", [RSA, SMALL, ED25519], ids=lambda key: key.stem)
@pytest.mark.parametrize("form", ["simple/simple", "relaxed/simple", "relaxed/relaxed"])
async def test_what_dkimpy_signs(dns_zone: DnsServer, key, form: str):
    publish(dns_zone, key)
    assert await result(dns_zone, signed(key=key, canonical=form)) == "pass"


async def test_what_is_signed_by_hand(dns_zone: DnsServer):
    publish(dns_zone)
    assert await result(dns_zone, by_hand()) == "pass"
    assert await result(dns_zone, by_hand(h="From:From:Subject")) == "pass"


CHANGES = {
    "a word": (b"It burns", b"It freezes"),
    "a line more": (b"Ada\r\n", b"Ada\r\n\r\nP.S. transfer the money\r\n"),
    "the subject": (b"Printer on fire", b"Printer is fine"),
    "the author": (b"ada@example.org", b"eve@example.org"),
    "an author more": (b"From: Ada", b"From: Eve <eve@example.org>\r\nFrom: Ada"),
    "an author below": (b"To: support", b"From: Eve <eve@example.org>\r\nTo: support"),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_was_changed_afterwards_fails(dns_zone: DnsServer, change: str):
    publish(dns_zone)
    old, new = CHANGES[change]
    raw = signed()
    changed = raw.replace(old, new, 1)
    assert changed != raw
    assert await result(dns_zone, changed) == "fail"


async def test_what_is_changed_on_the_way_without_harm_passes(dns_zone: DnsServer):
    publish(dns_zone)
    raw = b"Received: from x by y\r\n" + signed()
    raw = raw.replace(b"Subject: Printer on fire", b"SUBJECT:  Printer\r\n\ton fire ")
    raw = raw.replace(b"It burns.", b"It  burns. \t") + b"\r\n\r\n"
    assert await result(dns_zone, raw) == "pass"
    assert await result(dns_zone, raw.replace(b"\r\n", b"\n")) == "pass"


NEVER = {
    "only the beginning of the body": ({"l": "5"}, "policy"),
    "sha1": ({"a": "rsa-sha1"}, "policy"),
    "another algorithm": ({"a": "rsa-md5"}, "permerror"),
    "another version": ({"v": "2"}, "permerror"),
    "from another domain": ({"i": "ada@evil.example"}, "permerror"),
    "expired": ({"x": "1000000000", "t": "999999999"}, "permerror"),
    "from the future": ({"t": "99999999999"}, "permerror"),
    "a number of thousands of digits": ({"t": "9" * 5_000}, "permerror"),
    "no name of a domain": ({"d": "example.org evil"}, "permerror"),
    "an unknown form": ({"c": "loose/simple"}, "permerror"),
    "hash that is none": ({"bh": "###"}, "permerror"),
    "a query that is none": ({"q": "http"}, "permerror"),
}


@pytest.mark.parametrize("case", NEVER)
async def test_what_never_counts(dns_zone: DnsServer, case: str):
    tags, expected = NEVER[case]
    publish(dns_zone)
    assert await result(dns_zone, by_hand(**tags)) == expected


async def test_a_signature_that_leaves_out_the_author_counts_for_nothing(dns_zone: DnsServer):
    publish(dns_zone)
    assert await result(dns_zone, by_hand(h="To:Subject")) == "permerror"


RECORDS = {
    "withdrawn": "v=DKIM1; p=",
    "no key": "v=DKIM1; k=rsa",
    "not for mail": "v=DKIM1; s=tlsrpt; p={p}",
    "another hash": "v=DKIM1; h=sha1; p={p}",
    "another version": "v=DKIM2; p={p}",
    "another kind": "v=DKIM1; k=ed25519; p={p}",
    "damaged": "v=DKIM1; p=AAAA",
    "no base64": "v=DKIM1; p=!!!",
    "words": "hello",
}


@pytest.mark.parametrize("record", RECORDS)
async def test_keys_that_are_none(dns_zone: DnsServer, record: str):
    dns_zone.add("s1._domainkey.example.org", "TXT", RECORDS[record].format(p=key_text()))
    assert await result(dns_zone, signed()) == "permerror"


async def test_a_key_that_is_too_short_proves_nothing(dns_zone: DnsServer):
    numbers = parse_pem_private_key(WEAK.read_bytes())
    dns_zone.add("s1._domainkey.example.org", "TXT", SigningKey(rsa=numbers).record())
    assert await result(dns_zone, signed(key=WEAK)) == "policy"


async def test_a_key_made_to_keep_us_busy_is_not_used(dns_zone: DnsServer):
    for modulus, exponent in ((2**16_000 + 1, 65_537), (2**2_048 - 1, 2**2_000 + 1)):
        record = SigningKey(rsa={"modulus": modulus, "publicExponent": exponent}).record()
        dns_zone.records.clear()
        dns_zone.add("s1._domainkey.example.org", "TXT", record)
        begun = time.process_time()
        assert await result(dns_zone, signed()) == "permerror"
        assert time.process_time() - begun < 0.5


async def test_no_key_and_two_keys(dns_zone: DnsServer):
    assert await result(dns_zone, signed()) == "permerror"
    publish(dns_zone, at="s2._domainkey.example.org")
    publish(dns_zone, SMALL, at="s2._domainkey.example.org")
    assert await result(dns_zone, signed(selector="s2")) == "permerror"


@pytest.mark.parametrize("failure", ["servfail", "refused", "truncate"])
async def test_trouble_in_the_dns(dns_zone: DnsServer, failure: str):
    publish(dns_zone)
    dns_zone.failures["s1._domainkey.example.org"] = failure
    expected = "pass" if failure == "truncate" else "temperror"
    assert await result(dns_zone, signed()) == expected


async def test_the_key_of_strict_domains_is_for_no_name_below(dns_zone: DnsServer):
    strict = f"v=DKIM1; t=y:s; k=rsa; p={key_text()}"
    dns_zone.add("s1._domainkey.example.org", "TXT", strict)
    assert await result(dns_zone, by_hand(i="@example.org")) == "pass"
    assert await result(dns_zone, by_hand(i="@mail.example.org")) == "permerror"


async def test_ten_signatures_at_most_are_looked_at(dns_zone: DnsServer):
    publish(dns_zone)
    raw = b"".join(f"DKIM-Signature: v=1; s=k{n}; d=d{n}.example\r\n".encode() for n in range(30))
    found = await check(dns_zone, raw + signed())
    assert len(found) == 10
    assert {one.result for one in found} == {"permerror"}
    assert dns_zone.asked == []


HOSTILE = {
    "a wide tag": b"DKIM-Signature: v=1; b=" + b"A" * 900_000,
    "white space": b"DKIM-Signature: v=1; b=" + b" " * 900_000 + b"x",
    "folds": b"DKIM-Signature: v=1;" + b"\r\n " * 300_000 + b"x",
    "folds in b=": b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; h=from; bh=aaaa;"
    + b"\r\n b\r\n =" * 1_000
    + b"a",
    "tags": b"DKIM-Signature: " + b"a=b;" * 200_000,
    "names": b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s1; bh=aaaa; b=aaaa; h=from"
    + b":a" * 7_000,
    "fields": b"\r\n".join(b"X-%d: y" % n for n in range(40_000)),
    "no fields": b"x" * 900_000,
    "many signatures": b"\r\n".join([b"DKIM-Signature: v=1; d=example.org; s=s1"] * 1_900),
}


@pytest.mark.parametrize("case", HOSTILE)
async def test_hostile_headers_take_no_longer_than_others(dns_zone: DnsServer, case: str):
    publish(dns_zone)
    raw = HOSTILE[case] + b"\r\n" + MAIL
    begun = time.process_time()
    found = await check(dns_zone, raw)
    assert time.process_time() - begun < 1.0
    assert all(one.result != "pass" for one in found)


@given(raw=st.binary(max_size=300), cut=st.integers(0, 100))
def test_no_octets_make_it_fail(raw: bytes, cut: int):
    good = signed_once()
    for mixed in (raw, raw + MAIL, good[:cut] + raw + good[cut:]):
        found = asyncio.run(_without_dns(mixed))
        assert all(one.result != "pass" for one in found)


_SIGNED: list[bytes] = []


def signed_once() -> bytes:
    if not _SIGNED:
        _SIGNED.append(signed())
    return _SIGNED[0]


class _NoNames(Names):
    async def find(self, name, kind, deadline):
        return ()


async def _without_dns(raw: bytes) -> list[DkimResult]:
    names = _NoNames()
    return await check_signatures(names, raw, deadline=names.in_seconds(5), run=run)


_WORDS = st.lists(st.sampled_from([b"a", b" ", b"\t", b"\r\n", b"\r", b"  b", b"\r\n\r\n"]))


@given(words=_WORDS, relaxed=st.booleans(), block=st.integers(1, 7))
def test_bodies_are_the_same_in_blocks_and_whole(words, relaxed: bool, block: int):
    """Against dkimpy, which takes the body whole. It keeps spaces at an end without CR LF."""
    from dkim.canonicalization import Relaxed, Simple

    from gateway.channels.email.authenticating.dkim import octets

    body = b"".join(words) + b"\r\n"
    whole = (Relaxed if relaxed else Simple).canonicalize_body(body)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(octets, "_BLOCK", block)
        assert b"".join(canonical_body(body, relaxed=relaxed)) == whole


def test_empty_bodies():
    for relaxed, expected in ((True, b""), (False, b"\r\n")):
        assert b"".join(canonical_body(b"", relaxed=relaxed)) == expected
        assert b"".join(canonical_body(b"\r\n\r\n", relaxed=relaxed)) == expected


def test_fields_keep_their_folds():
    found = read_octets(b"A: 1\r\n\t2\r\nb:3\r\n\r\nbody\r\n")
    assert found.fields == ((b"A", b" 1\r\n\t2\r\n"), (b"b", b"3\r\n"))
    assert found.body == b"body\r\n"


def test_the_key_is_what_openssl_says():
    assert read_key(ED25519).record().endswith("p=fPLf3xQAKEKkNUZL7O60hpeX6Ou/H8TTfHDC97Hs+vM=")
    public = base64.b64decode(read_key(SMALL).record().partition("p=")[2])
    assert base64.b64encode(public).startswith(b"MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQCxYKqE+N7w")
