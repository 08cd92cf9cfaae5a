"""What places a message: the clues it gives, what the look-up found, and where it belongs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from gateway.core.addresses import AddressKind, SignedAddress
from gateway.core.frozen import quick
from gateway.core.model import Party, Ticket
from gateway.core.reasons import Reason

# The kinds of signed addresses that name a ticket.
ON_TICKETS = frozenset({AddressKind.REQUESTER, AddressKind.PUBLIC, AddressKind.INTERNAL})


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Clues:
    """What must be looked up to place a message."""

    signed: tuple[SignedAddress, ...] = ()
    keys: tuple[str, ...] = ()
    own_key: str | None = None
    source_key: str | None = None
    conversation: str = ""
    tag: int | None = None
    named: int | None = None

    @property
    def numbers(self) -> tuple[int, ...]:
        """Tickets that are named outright."""
        signed = [s.number for s in self.signed if s.kind in ON_TICKETS]
        said = [number for number in (self.named, self.tag) if number]
        return tuple(dict.fromkeys([*signed, *said]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """What the look-up found.

    ``tickets`` has each ticket under the number by which it was found; a merged one is replaced
    by the ticket it lives on in, and stands in ``originals`` as it is itself. ``keys`` gives for
    each known key its ticket and entry. ``accounts`` are who else the author is known to be.
    Of tickets that may be joined with others, ``touched`` are those on which an agent did something
    or that a machine goes on with, ``awaited`` those to which something came that is no import.
    """

    tickets: Mapping[int, Ticket] = field(default_factory=dict)
    originals: Mapping[int, Ticket] = field(default_factory=dict)
    keys: Mapping[str, tuple[int, int | None]] = field(default_factory=dict)
    accounts: tuple[Party, ...] = ()
    touched: frozenset[int] = frozenset()
    awaited: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Kin:
    """Tickets of one conversation: those that are ``joined``, and that only ``seem`` to be.

    Those of ``strangers`` are joined, too, but their people do not take part by that.
    """

    joined: tuple[Ticket, ...] = ()
    strangers: tuple[Ticket, ...] = ()
    seem: tuple[Ticket, ...] = ()


NO_KIN = Kin()


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Where a message belongs, and why.

    ``ticket`` is None for a new one; ``previous`` is what a new one points back to.
    ``matched_by``: token, references, subject, or None. ``answered``: the entry it answers.
    ``signed``: the signed address that counts, whether or not it placed the message, with
    ``own_address`` telling whether it was made for this author, and ``dead`` whether it was
    revoked or replaced since. ``original``: the ticket that it names, where that one was merged.
    ``kin``: tickets that turn out to be the same conversation (``core.joining``). ``replaces``: the
    ticket that a source's mail was about before a new one takes its place; its key, or that
    of a private chat, is ``taken_from`` the ticket that has it by name, which may have been merged.
    ``unseen``: a ticket was named that is not there, or not for its author to see.
    ``other_words``: ``answered`` is the entry that holds other words of this very message.
    """

    because: Reason
    ticket: Ticket | None = None
    matched_by: str | None = None
    answered: int | None = None
    previous: Ticket | None = None
    signed: SignedAddress | None = None
    own_address: bool = False
    dead: bool = False
    original: Ticket | None = None
    kin: Kin = NO_KIN
    replaces: Ticket | None = None
    taken_from: int | None = None
    unseen: int | None = None
    other_words: bool = False
