"""The verdicts as they stand in an inbox row's envelope, versioned and JSON-able."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gateway.channels.email.authenticating.dkim.verifying import DkimResult
from gateway.channels.email.authenticating.dmarc import DmarcResult
from gateway.channels.email.authenticating.spf import SpfResult

VERSION = 1
_LONGEST = 300


def facts_of(
    spf: SpfResult | None, dkim: Sequence[DkimResult], dmarc: DmarcResult | None
) -> dict[str, Any]:
    """``{"v": 1, "by": "us", "spf": …, "dkim": […], "dmarc": …}``; None: was not looked at.

    Every verdict has ``result`` (RFC 8601, section 2.7), ``domain`` and ``because``.
    """
    return {
        "v": VERSION,
        "by": "us",
        "spf": None if spf is None else _verdict(spf.result, spf.domain, spf.because),
        "dkim": [
            _verdict(one.result, one.domain, one.because) | {"selector": one.selector[:_LONGEST]}
            for one in dkim
        ],
        "dmarc": None if dmarc is None else _dmarc(dmarc),
    }


def _dmarc(dmarc: DmarcResult) -> dict[str, Any]:
    found = _verdict(dmarc.result, dmarc.domain, dmarc.because)
    return found | {"policy": dmarc.policy, "percent": dmarc.percent}


def _verdict(result: str, domain: str, because: str) -> dict[str, Any]:
    shown = "".join(letter if letter.isprintable() else "?" for letter in because)
    return {"result": result, "domain": domain[:_LONGEST], "because": shown[:_LONGEST]}
