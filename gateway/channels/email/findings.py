"""What a check came to, in three kinds."""

from __future__ import annotations

from gateway.core.ports import Finding, Verdict


def works(key: str, said: str) -> Finding:
    """A finding that is good."""
    return Finding(key=key, verdict=Verdict.WORKS, said=said)


def doubtful(key: str, said: str) -> Finding:
    """A finding that may be meant so."""
    return Finding(key=key, verdict=Verdict.DOUBTFUL, said=said)


def broken(key: str, said: str) -> Finding:
    """A finding that has to be mended."""
    return Finding(key=key, verdict=Verdict.BROKEN, said=said)
