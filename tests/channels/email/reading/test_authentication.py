from collections.abc import Mapping

import pytest

from gateway.channels.email.reading import AuthServer
from gateway.core.model import Proof, Verdict
from tests.channels.email.reading.kit import read

PASS, FAIL, NONE, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.NONE, Verdict.UNKNOWN
PEER: dict[str, object] = {"peer": "10.0.0.5", "source": "smtp"}
TRUSTED = (AuthServer("mx.acme.example", ("10.0.0.5",)),)


def proof(*values: str, envelope: Mapping[str, object] | None = None, trusted=TRUSTED) -> Proof:
    head = "".join(f"Authentication-Results: {value}\n" for value in values)
    raw = f"{head}From: Ada <ada@example.org>\n\nx"
    return read(raw, PEER if envelope is None else dict(envelope), trusted_authserv=trusted).proof


RESULTS = {
    "spf=pass smtp.mailfrom=example.org; dkim=pass header.d=example.org;"
    " dmarc=pass header.from=example.org": Proof(spf=PASS, dkim=PASS, dmarc=PASS),
    "spf=softfail smtp.mailfrom=x; dmarc=fail (p=NONE) header.from=example.org": Proof(
        spf=NONE, dmarc=FAIL
    ),
    "spf=fail smtp.mailfrom=x; dmarc=none": Proof(spf=FAIL, dmarc=NONE),
    "spf=temperror; dkim=temperror; dmarc=temperror": Proof(),
    "dmarc=permerror header.from=example.org": Proof(dmarc=FAIL),
    "dmarc=pass header.from=other.example": Proof(),
    "dmarc=pass header.from=EXAMPLE.org": Proof(dmarc=PASS),
    "dkim=fail header.d=list.example; dkim=pass header.d=example.org": Proof(dkim=PASS),
    "dmarc=pass header.from=example.org; dmarc=fail header.from=example.org": Proof(),
    "none": Proof(),
    "dmarc=": Proof(),
    ";;;=(((": Proof(),
}


@pytest.mark.parametrize("results", RESULTS)
def test_verdicts(results: str):
    assert proof(f"mx.acme.example; {results}") == RESULTS[results]


@pytest.mark.parametrize(
    ("envelope", "trusted"),
    [
        ({"peer": "192.0.2.1", "source": "smtp"}, TRUSTED),
        ({}, TRUSTED),
        (PEER, ()),
        (PEER, (AuthServer("mx.acme.example"),)),
        (PEER, (AuthServer("other.acme.example", ("10.0.0.5",)),)),
    ],
    ids=["another peer", "unknown peer", "nobody trusted", "no peers over SMTP", "another server"],
)
def test_header_of_anybody_else_counts_for_nothing(envelope, trusted):
    value = "mx.acme.example; dmarc=pass header.from=example.org"
    assert proof(value, envelope=envelope, trusted=trusted) == Proof()


def test_server_without_peers_counts_for_a_mailbox():
    value = "mx.acme.example 1; dmarc=pass header.from=example.org"
    found = proof(value, envelope={"source": "imap"}, trusted=(AuthServer("MX.acme.example"),))
    assert found.dmarc is PASS


def test_only_the_topmost_header_of_the_server_counts():
    found = proof(
        "elsewhere.example; dmarc=pass header.from=example.org",
        "mx.acme.example; dmarc=fail header.from=example.org",
        "mx.acme.example; dmarc=pass header.from=example.org",
    )
    assert found.dmarc is FAIL


SEVERAL = {
    "two fields": "From: Ada <ada@example.org>\nFrom: Mallory <mallory@evil.example>",
    "two mailboxes": "From: Ada <ada@example.org>, Mallory <mallory@evil.example>",
    "a group": "From: both: ada@example.org, mallory@evil.example;",
}


@pytest.mark.parametrize("names", [True, False], ids=["names the domain", "names none"])
@pytest.mark.parametrize("authors", SEVERAL)
def test_a_pass_for_one_of_several_authors_is_no_proof_of_the_first(authors, names):
    verdict = "dmarc=pass header.from=evil.example" if names else "dmarc=pass"
    raw = f"Authentication-Results: mx.acme.example; {verdict}\n{SEVERAL[authors]}\n\nx"
    found = read(raw, PEER, trusted_authserv=TRUSTED)
    assert found.author.address == "ada@example.org"
    assert not found.proof.verified


@pytest.mark.parametrize("authors", SEVERAL)
def test_a_failure_counts_however_many_authors_there_are(authors):
    raw = f"Authentication-Results: mx.acme.example; dmarc=fail\n{SEVERAL[authors]}\n\nx"
    assert read(raw, PEER, trusted_authserv=TRUSTED).proof.forged


def test_a_pass_that_names_no_domain_counts_for_a_single_author():
    assert proof("mx.acme.example; dmarc=pass").verified


@pytest.mark.parametrize(
    ("peers", "peer"),
    [
        (("10.0.0.0/8",), "10.0.0.5"),
        (("10.0.0.5",), "::ffff:10.0.0.5"),
        (("2001:db8::/32",), "2001:db8:0:0::5"),
        (("192.0.2.1", "10.0.0.5"), "10.0.0.5"),
    ],
)
def test_peers_are_networks_too(peers, peer: str):
    trusted = (AuthServer("mx.acme.example", peers),)
    value = "mx.acme.example; dmarc=pass header.from=example.org"
    assert proof(value, envelope={"peer": peer}, trusted=trusted).verified
    assert not proof(value, envelope={"peer": "192.0.2.77"}, trusted=trusted).verified


def own(dmarc: str = "pass", spf: str = "pass", dkim: str = "pass", domain="example.org") -> dict:
    return {
        "v": 1,
        "by": "us",
        "spf": {"result": spf, "domain": domain, "because": ""},
        "dkim": [{"result": dkim, "domain": domain, "selector": "s", "because": ""}],
        "dmarc": {"result": dmarc, "domain": domain, "because": ""},
    }


OWN = {
    ("pass", "pass", "pass"): Proof(spf=PASS, dkim=PASS, dmarc=PASS),
    ("fail", "softfail", "permerror"): Proof(spf=NONE, dkim=NONE, dmarc=FAIL),
    ("none", "fail", "policy"): Proof(spf=FAIL, dkim=NONE, dmarc=NONE),
    ("temperror", "temperror", "temperror"): Proof(),
    ("unknown", "permerror", "fail"): Proof(spf=NONE, dkim=FAIL),
}


@pytest.mark.parametrize("results", OWN, ids=lambda r: r[0])
def test_our_own_verdicts(results):
    dmarc, spf, dkim = results
    envelope = {"peer": "192.0.2.1", "auth": own(dmarc, spf, dkim)}
    assert proof(envelope=envelope) == OWN[results]


@pytest.mark.parametrize(
    "facts", [None, {}, [], "pass", {"v": 2}, {"v": 1}, {"v": 1, "dmarc": "pass"}]
)
def test_what_is_no_verdict_of_ours(facts):
    assert proof(envelope={"auth": facts}).dmarc is UNKNOWN


def test_our_verdict_is_about_the_author_that_is_shown():
    assert proof(envelope={"auth": own(domain="evil.example")}).dmarc is UNKNOWN
    assert proof(envelope={"auth": own("fail", domain="evil.example")}).dmarc is UNKNOWN


@pytest.mark.parametrize("authors", SEVERAL)
def test_our_pass_is_no_proof_of_one_of_several_authors(authors):
    raw = f"{SEVERAL[authors]}\n\nx"
    assert not read(raw, {"auth": own()}).proof.verified


def test_the_word_of_a_trusted_server_comes_first_and_ours_fills_the_gaps():
    envelope = PEER | {"auth": own("pass", "unknown", "pass")}
    found = proof("mx.acme.example; spf=fail smtp.mailfrom=x; dmarc=fail", envelope=envelope)
    assert found == Proof(spf=FAIL, dkim=PASS, dmarc=FAIL)
    found = proof("mx.acme.example; spf=pass smtp.mailfrom=x", envelope=envelope)
    assert found == Proof(spf=PASS, dkim=PASS, dmarc=PASS)


def test_a_header_of_a_peer_that_is_not_trusted_changes_nothing_of_ours():
    envelope = {"peer": "192.0.2.1", "auth": own("fail")}
    value = "mx.acme.example; dmarc=pass header.from=example.org"
    assert proof(value, envelope=envelope).forged
