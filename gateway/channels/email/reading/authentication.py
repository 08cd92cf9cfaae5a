from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.channels.email.peers import within
from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.options import AuthServer
from gateway.channels.email.reading.parties import ascii_domain, parties_of
from gateway.channels.email.reading.verdicts import best, own_proof, verdict_of
from gateway.channels.email.reading.words import plain, tidy
from gateway.core.model import Proof, Verdict


def proof_of(
    headers: Headers,
    envelope: Mapping[str, Any],
    trusted: tuple[AuthServer, ...],
    author: str,
    defects: list[str],
) -> Proof:
    """What is known about the sender: from a trusted server (RFC 8601), else from ourselves.

    Only the topmost header of a server that is configured counts, and only if the mail was
    handed over from one of its addresses: everything below may have come from outside. What it
    does not say, our own verdicts do, which stand in the envelope.
    """
    servers = {server.id.lower() for server in trusted if _handed_over(server, envelope)}
    value = _topmost(headers, servers) if servers else None
    domain = author.rpartition("@")[2]
    single = len(parties_of(headers, "from", 2)) == 1 == len(headers.every("from"))
    own = own_proof(envelope.get("auth"), domain, single=single)
    if value is None:
        return own
    theirs = _read(value, domain, defects, single=single)
    return Proof(
        spf=_first(theirs.spf, own.spf),
        dkim=_first(theirs.dkim, own.dkim),
        dmarc=_first(theirs.dmarc, own.dmarc),
    )


def _first(theirs: Verdict, own: Verdict) -> Verdict:
    return own if theirs is Verdict.UNKNOWN else theirs


def _handed_over(server: AuthServer, envelope: Mapping[str, Any]) -> bool:
    if not server.peers:
        return envelope.get("source") == "imap"
    return within(envelope.get("peer"), server.peers)


def _topmost(headers: Headers, servers: set[str]) -> str | None:
    for raw in headers.every("authentication-results")[:50]:
        value = tidy(plain(raw))
        server = value.partition(";")[0].split("(")[0].split()
        if server and server[0].strip('"').lower() in servers:
            return value
    return None


def _read(value: str, domain: str, defects: list[str], *, single: bool) -> Proof:
    """The verdicts of one header; none if it cannot be read."""
    from authres import AuthenticationResultsHeader

    try:
        results = AuthenticationResultsHeader.parse(f"Authentication-Results: {value}").results
        found = [(str(r.method).lower(), str(r.result).lower(), r) for r in results]
    except Exception as error:
        # The library raises more kinds than it documents; an unread verdict is no verdict.
        defects.append(f"Authentication-Results that cannot be read: {type(error).__name__}")
        return Proof()
    dmarc = _dmarc(found, domain, single=single)
    return Proof(spf=_best(found, "spf"), dkim=_best(found, "dkim"), dmarc=dmarc)


_Results = list[tuple[str, str, Any]]


def _best(found: _Results, method: str) -> Verdict:
    return best(verdict_of(method, result) for name, result, _ in found if name == method)


def _dmarc(found: _Results, domain: str, *, single: bool) -> Verdict:
    """The DMARC result, if it is about the domain of From, and about no other one.

    A pass that names no domain counts where From has a ``single`` author: of several, another
    one's may have been looked at (RFC 7489, section 6.6.1).
    """
    verdicts = []
    for name, result, whole in found:
        if name != "dmarc":
            continue
        checked = _checked_domain(whole)
        if checked is not None and checked != domain:
            return Verdict.UNKNOWN
        verdict = verdict_of(name, result)
        unsure = verdict is Verdict.PASS and checked is None and not single
        verdicts.append(Verdict.UNKNOWN if unsure else verdict)
    # Several that differ were not written by one server in one go.
    return verdicts[0] if len(set(verdicts)) == 1 else Verdict.UNKNOWN


def _checked_domain(result: Any) -> str | None:
    for prop in result.properties:
        if str(prop.type).lower() == "header" and str(prop.name).lower() == "from":
            return ascii_domain(str(prop.value).strip('"<> ').rpartition("@")[2])
    return None
