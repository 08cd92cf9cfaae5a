"""Which domains belong to one organisation (RFC 7489, section 3.2)."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


def organisation(domain: str) -> str:
    """The organisational domain: one label more than the public suffix.

    A public suffix itself belongs to nobody else, and stays as it is.
    """
    return _suffixes().privatesuffix(domain.lower().rstrip(".")) or domain.lower()


def aligned(one: str, other: str, *, strict: bool) -> bool:
    """Whether two domains count as the same for DMARC (RFC 7489, section 3.1)."""
    if one.lower() == other.lower():
        return bool(one)
    return not strict and organisation(one) == organisation(other)


@cache
def _suffixes() -> PublicSuffixList:
    """The list comes with its package, which follows it; reading it takes a third of a second."""
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()
