"""DMARC (RFC 7489): does a domain that vouches for the mail belong to the one in From?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from gateway.channels.email.authenticating.dkim.verifying import DkimResult
from gateway.channels.email.authenticating.names import Names
from gateway.channels.email.authenticating.spf import SpfResult
from gateway.channels.email.authenticating.suffixes import aligned, organisation

_POLICIES = ("none", "quarantine", "reject")
_VERSION = b"v=DMARC1"


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcRecord:
    """What a domain wishes. ``policy`` is what holds for the domain that was asked about."""

    domain: str
    policy: str
    percent: int = 100
    strict_spf: bool = False
    strict_dkim: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DmarcResult:
    """One of pass, fail, none, temperror, permerror, unknown; about the domain of From."""

    result: str
    domain: str
    policy: str = ""
    percent: int = 100
    because: str = ""


async def find_record(names: Names, domain: str, deadline: float) -> DmarcRecord | None:
    """The record of a domain, else of its organisation (section 6.6.3). Raises DnsFailedError."""
    found = await _record_at(names, domain, deadline)
    if found is not None or not domain:
        return _for_domain(found, domain, domain)
    whole = organisation(domain)
    if whole == domain:
        return None
    return _for_domain(await _record_at(names, whole, deadline), whole, domain)


async def _record_at(names: Names, domain: str, deadline: float) -> dict[str, str] | None:
    texts = await names.texts(f"_dmarc.{domain}", deadline)
    records = [tags for text in texts if (tags := read_tags(text)) is not None]
    # Several: none of them counts.
    return records[0] if len(records) == 1 else ({} if records else None)


def read_tags(text: bytes) -> dict[str, str] | None:
    """The tags of a DMARC record, None for what is none (section 6.4)."""
    version, _, rest = text[:4_096].partition(b";")
    if b"".join(version.split()) != _VERSION:
        return None
    pairs = (one.partition("=") for one in rest.decode("latin-1").split(";"))
    return {name.strip().lower(): value.strip() for name, mark, value in pairs if mark}


def _for_domain(tags: dict[str, str] | None, at: str, domain: str) -> DmarcRecord | None:
    if not tags:
        return None
    own = tags.get("p", "").lower()
    if own not in _POLICIES:
        if not tags.get("rua"):
            return None
        own = "none"
    below = tags.get("sp", own).lower()
    policy = below if at != domain and below in _POLICIES else own
    percent = tags.get("pct", "100")
    return DmarcRecord(
        domain=at,
        policy=policy,
        percent=min(int(percent), 100) if percent.isdecimal() and len(percent) < 4 else 100,
        strict_spf=tags.get("aspf", "r").lower() == "s",
        strict_dkim=tags.get("adkim", "r").lower() == "s",
    )


def judge(
    domain: str,
    record: DmarcRecord | None,
    spf: SpfResult | None,
    dkim: Sequence[DkimResult],
) -> DmarcResult:
    """The verdict for a mail whose single author is of ``domain`` (section 6.6.2).

    Without ``spf`` the mail came second hand: then a signature can prove it, and nothing can
    speak against it, for the way that would have proven it is not known.
    """
    if record is None:
        return DmarcResult(result="none", domain=domain, because="there is no DMARC record")
    result, because = _verdict(domain, record, spf, dkim)
    return DmarcResult(
        result=result,
        domain=domain,
        policy=record.policy,
        percent=record.percent,
        because=because,
    )


def _verdict(
    domain: str, record: DmarcRecord, spf: SpfResult | None, dkim: Sequence[DkimResult]
) -> tuple[str, str]:
    own = [one for one in dkim if aligned(one.domain, domain, strict=record.strict_dkim)]
    by_key = next((one for one in own if one.result == "pass"), None)
    if by_key is not None:
        return "pass", f"signed by {by_key.domain}"
    if spf is None:
        return "unknown", "it came by a relay, and no signature proves it"
    of_domain = aligned(spf.domain, domain, strict=record.strict_spf)
    if spf.result == "pass" and of_domain:
        return "pass", f"sent from where {spf.domain} sends"
    open_ways = [one.result for one in own] + ([spf.result] if of_domain else [])
    if "temperror" in open_ways:
        return "temperror", "the DNS gave no answer"
    return "fail", f"neither a signature nor the sending server proves {domain}"
