"""Results of SPF, DKIM and DMARC (RFC 8601, section 2.7) as the core's verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gateway.core.model import Proof, Verdict

_VERDICTS = {"pass": Verdict.PASS, "fail": Verdict.FAIL, "hardfail": Verdict.FAIL}
_NO_VERDICT = {"softfail", "neutral", "none", "policy", "nxdomain", "discard", "bestguesspass"}
_VERSION = 1


def verdict_of(method: str, result: str) -> Verdict:
    """What a result comes to; one that is not known, or will pass, is no knowledge."""
    if result == "permerror" and method == "dmarc":
        return Verdict.FAIL
    if result in _NO_VERDICT or result == "permerror":
        return Verdict.NONE
    return _VERDICTS.get(result, Verdict.UNKNOWN)


def best(verdicts: Iterable[Verdict]) -> Verdict:
    """Of several of one method (DKIM: one per signature) the most favourable."""
    found = set(verdicts)
    ranked = (Verdict.PASS, Verdict.FAIL, Verdict.NONE)
    return next((one for one in ranked if one in found), Verdict.UNKNOWN)


def own_proof(facts: Any, domain: str, *, single: bool) -> Proof:
    """The verdicts that we wrote into the envelope when the mail was accepted.

    DMARC counts for the domain that was looked at alone, and passes for a ``single`` author.
    """
    if not isinstance(facts, Mapping) or facts.get("v") != _VERSION:
        return Proof()
    dkim = [_of("dkim", one) for one in facts.get("dkim") or ()]
    return Proof(
        spf=_of("spf", facts.get("spf")),
        dkim=best(dkim) if dkim else Verdict.NONE,
        dmarc=_dmarc(facts.get("dmarc"), domain, single=single),
    )


def _of(method: str, fact: Any) -> Verdict:
    return (
        verdict_of(method, str(fact.get("result")))
        if isinstance(fact, Mapping)
        else (Verdict.UNKNOWN)
    )


def _dmarc(fact: Any, domain: str, *, single: bool) -> Verdict:
    verdict = _of("dmarc", fact)
    if verdict is Verdict.UNKNOWN or (fact["domain"] and fact["domain"] != domain):
        return Verdict.UNKNOWN
    return Verdict.UNKNOWN if verdict is Verdict.PASS and not single else verdict
