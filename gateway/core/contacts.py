"""Who the operator says people are: by address, or by the domain of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum


class ContactKind(StrEnum):
    """What sort of requester somebody is."""

    PRIVATE = "private"
    BUSINESS = "business"
    INTERNAL = "internal"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One line about somebody. ``match``: an address, or ``@domain`` with its sub-domains."""

    match: str
    kind: ContactKind = ContactKind.BUSINESS
    tags: tuple[str, ...] = ()
    name: str = ""
    language: str = ""
    timezone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """All that the operator says about one address."""

    kind: ContactKind = ContactKind.PRIVATE
    tags: tuple[str, ...] = ()
    name: str = ""
    language: str = ""
    timezone: str = ""


class Contacts:
    """The operator's contacts. Finding one costs the same however many there are."""

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        self._known = {contact.match.lower(): contact for contact in contacts}

    def __len__(self) -> int:
        return len(self._known)

    def __repr__(self) -> str:
        return f"Contacts({len(self)})"

    def of(self, address: str) -> Known:
        """What is said of an address (lower case); nobody's is private.

        The nearest line gives kind, name, language and time zone: the address's own, else its
        domain's, else that of the domain above. The tags of all of them add up.
        """
        found = [self._known[match] for match in _matches(address) if match in self._known]
        if not found:
            return Known()
        return Known(
            kind=found[0].kind,
            tags=tuple(dict.fromkeys(tag for contact in found for tag in contact.tags)),
            name=found[0].name if not found[0].match.startswith("@") else "",
            language=next((c.language for c in found if c.language), ""),
            timezone=next((c.timezone for c in found if c.timezone), ""),
        )


def _matches(address: str) -> Iterator[str]:
    """What a line may say to mean this address, the nearest first."""
    yield address
    domain = address.rpartition("@")[2]
    while domain:
        yield f"@{domain}"
        domain = domain.partition(".")[2]
