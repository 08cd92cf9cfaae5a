"""Fetches what a decision needs to know, as one frozen Situation: a file for each kind of event."""

from gateway.runtime.gathering.dispatch import gather
from gateway.runtime.gathering.gathered import Gathered, seen_by
from gateway.runtime.gathering.recognising import (
    echoes,
    fingerprint_key,
    is_fingerprint,
    is_met,
    keys_of,
)

__all__ = [
    "Gathered",
    "echoes",
    "fingerprint_key",
    "gather",
    "is_fingerprint",
    "is_met",
    "keys_of",
    "seen_by",
]
