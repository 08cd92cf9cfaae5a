"""Signed addresses: the strongest sign of where a message belongs, and whose it is.

``support+7.k3v9…@acme.example`` carries a ticket number in clear and 31 base32 characters
(RFC 4648, section 6, lower case, read without regard to case):

    1 octet   kind (high half) and key id (low half)
    1 octet   generation of the ticket's addresses, modulo 256
    2 octets  day of issue, counted from 2020-01-01
    5 octets  keyed digest of the correspondent's address
    10 octets HMAC-SHA256 over all of it and the number, cut to 80 bits (RFC 2104, section 5)

So an address is verified without a look into the database, which is what an SMTP server needs
to tell an address of its own from a guess.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum
from functools import cached_property, lru_cache, partial

from gateway.core.passes import Passes

EPOCH = date(2020, 1, 1)
LOCAL_PART_LIMIT = 64  # octets, RFC 5321 section 4.5.3.1.1
_NUMBER_DIGITS = 9
_KELVIN = "\u212a"
_BODY = re.compile(r"(\d{1,12})\.([a-z2-7]{31})", re.ASCII)


class AddressKind(IntEnum):
    """What a signed address is for."""

    REQUESTER = 1  # a requester's or participant's answer
    PUBLIC = 2  # an agent's answer that goes to the requester
    INTERNAL = 3  # an agent's answer that stays inside
    STANDING = 4  # an agent's own address, for opening tickets
    BOUNCE = 5  # the envelope sender of one outgoing message; its number is the outbox row
    RELEASE = 6  # an agent's word that a held mail is theirs; its number is the inbox row
    SHIFT = 7  # an agent's answer to a digest: lines about many tickets


AGENT_KINDS = frozenset(
    {AddressKind.PUBLIC, AddressKind.INTERNAL, AddressKind.STANDING, AddressKind.SHIFT}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedAddress:
    """A signed address that verified. ``number`` is a ticket, or a row as its kind says."""

    kind: AddressKind
    number: int
    generation: int
    issued: date
    correspondent: bytes = field(repr=False)
    address: str = field(repr=False)

    def age(self, now: datetime) -> timedelta:
        """How long it has been out; days are all that it knows."""
        return timedelta(days=(now.date() - self.issued).days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A signing key. ``id`` (0–15) goes into each address, so that keys can be rotated."""

    id: int
    secret: bytes = field(repr=False)


class AddressBook:
    """Makes and reads the desk's own addresses.

    ``keys``: the first signs, all verify. ``queues``: each queue's addresses, lower case.
    ``pattern``: the operator's reply address with ``{token}`` in it, or empty for the queue's
    address with ``+{token}``.
    """

    def __init__(
        self,
        *,
        keys: tuple[Key, ...],
        desk_address: str,
        queues: Mapping[str, tuple[str, ...]],
        pattern: str = "",
    ) -> None:
        self._keys = {key.id: key for key in keys}
        self._signing = keys[0]
        self._desk_address = desk_address.lower()
        self._queues = {name: tuple(a.lower() for a in them) for name, them in queues.items()}
        self._pattern = pattern.lower()

    def __repr__(self) -> str:
        return f"AddressBook({self._desk_address})"

    def take_over(self, other: AddressBook) -> None:
        """Be as another book is, at once for all who hold this one."""
        self.__dict__ = dict(other.__dict__)

    @cached_property
    def passes(self) -> Passes:
        """The same keys, for links that let one thing be done once."""
        secrets = {id: key.secret for id, key in self._keys.items()}
        return Passes(secrets, signs=self._signing.id)

    def keys_for(self, purpose: str) -> dict[int, bytes]:
        """Keys of 32 octets for something else, made from the same secrets, by key id.

        The first is the one to use, the others are those of secrets before it.
        """
        said = b"key\0" + purpose.encode()
        keys = sorted(self._keys.values(), key=lambda key: key.id != self._signing.id)
        return {key.id: _signed(key.secret, said) for key in keys}

    @cached_property
    def plain(self) -> frozenset[str]:
        """The addresses that people write to."""
        return frozenset({self._desk_address, *(a for q in self._queues.values() for a in q)})

    @cached_property
    def _shapes(self) -> re.Pattern[str]:
        wanted = [self._pattern] if self._pattern else []
        wanted += [a.replace("@", "+{token}@", 1) for a in sorted(self.plain)]
        sides = [tuple(re.escape(s) for s in w.split("{token}", 1)) for w in wanted]
        alternatives = "|".join(f"{left}(?=.*{right}$)" for left, right in sides)
        tails = "|".join(sorted({right for _, right in sides}))
        return re.compile(f"(?:{alternatives})(\\d{{1,12}}\\.[a-z2-7]{{31}})(?:{tails})", re.ASCII)

    def is_ours(self, address: str) -> bool:
        """Whether mail for this address is to be taken in: a plain one, or signed by us."""
        lowered = address.lower()
        return lowered in self.plain or self.read(lowered) is not None

    def looks_ours(self, address: str) -> bool:
        """Whether it has the form of a signed address, verified or not: to be scrubbed."""
        return self._shapes.fullmatch(address.lower()) is not None

    def queue_of(self, address: str) -> str | None:
        """The queue that a plain address belongs to."""
        lowered = address.lower()
        return next((name for name, them in self._queues.items() if lowered in them), None)

    def mint(
        self,
        kind: AddressKind,
        number: int,
        correspondent: str,
        *,
        today: date,
        generation: int = 0,
        queue: str = "",
    ) -> str:
        """A signed address for one correspondent (an address, any case).

        Raises ValueError where its local part would pass 64 octets.
        """
        head = _head(kind, self._signing.id, generation, today)
        head += self._correspondent(self._signing, correspondent)
        token = f"{number}.{_encode(head + self._mac(self._signing, number, head))}"
        made = self._template(queue).replace("{token}", token)
        if len(made.rpartition("@")[0].encode()) > LOCAL_PART_LIMIT:
            raise ValueError(f"the local part of {made} is longer than {LOCAL_PART_LIMIT} octets")
        return made

    def standing(self, agent: str, *, queue: str = "") -> str:
        """An agent's own address for opening tickets: always the same."""
        return self._standing(agent, queue=queue)

    @cached_property
    def _standing(self) -> Callable[..., str]:
        """Each notice to an agent names theirs: they are made once."""
        made = partial(self.mint, AddressKind.STANDING, 0, today=EPOCH)
        return lru_cache(maxsize=1_000)(made)

    def _template(self, queue: str) -> str:
        if self._pattern:
            return self._pattern
        own = self._queues.get(queue) or (self._desk_address,)
        return own[0].replace("@", "+{token}@", 1)

    def longest(self, queue: str) -> str:
        """An address of the greatest length for a queue. Raises ValueError as `mint` does."""
        return self.mint(
            AddressKind.PUBLIC, 10**_NUMBER_DIGITS - 1, "a@b", today=EPOCH, queue=queue
        )

    def read(self, address: str) -> SignedAddress | None:
        """What a signed address says, or None for anything that we did not sign."""
        if _KELVIN in address:  # the one other letter whose lower case is one of base32
            return None
        lowered = address.lower()
        shape = self._shapes.fullmatch(lowered)
        parsed = _BODY.fullmatch(shape.group(1)) if shape else None
        if parsed is None or parsed.group(1) != str(int(parsed.group(1))):
            return None
        return self._verify(int(parsed.group(1)), parsed.group(2), lowered)

    def _verify(self, number: int, body: str, address: str) -> SignedAddress | None:
        octets = base64.b32decode(body.upper() + "=")
        if _encode(octets) != body:  # the last letter has three bits to spare
            return None
        head, mac = octets[:9], octets[9:]
        key = self._keys.get(head[0] & 0x0F)
        if key is None or not hmac.compare_digest(mac, self._mac(key, number, head)):
            return None
        return SignedAddress(
            kind=AddressKind(head[0] >> 4),
            number=number,
            generation=head[1],
            issued=EPOCH + timedelta(days=int.from_bytes(head[2:4], "big")),
            correspondent=head[4:9],
            address=address,
        )

    def made_for(self, signed: SignedAddress, address: str) -> bool:
        """Whether a signed address was made for the owner of ``address``."""
        lowered = address.lower()
        return any(
            hmac.compare_digest(self._correspondent(key, lowered), signed.correspondent)
            for key in self._keys.values()
        )

    @staticmethod
    def _correspondent(key: Key, address: str) -> bytes:
        return _signed(key.secret, b"correspondent\0" + address.lower().encode())[:5]

    @staticmethod
    def _mac(key: Key, number: int, head: bytes) -> bytes:
        return _signed(key.secret, b"address\0%d\0" % number + head)[:10]

    def mark(self, message_id: str) -> str:
        """The value of the header by which our own mail is recognised when it comes back."""
        signed = _signed(self._signing.secret, b"mark\0" + message_id.encode())[:10]
        return f"{message_id} {_encode(signed)}"

    def is_mark(self, value: str) -> bool:
        """Whether a header value is a mark that we made."""
        message_id, _, signed = value.strip().rpartition(" ")
        wanted = [
            _encode(_signed(k.secret, b"mark\0" + message_id.encode())[:10])
            for k in self._keys.values()
        ]
        return any(hmac.compare_digest(signed.encode(), w.encode()) for w in wanted)


def _head(kind: AddressKind, key_id: int, generation: int, today: date) -> bytes:
    days = max(0, (today - EPOCH).days) % 65536
    return bytes([kind << 4 | key_id, generation % 256]) + days.to_bytes(2, "big")


@lru_cache(maxsize=32)
def _begun(secret: bytes) -> hmac.HMAC:
    """An HMAC that knows its key, to be copied: half of what it takes to begin with the key."""
    return hmac.new(secret, digestmod="sha256")


def _signed(secret: bytes, said: bytes) -> bytes:
    signature = _begun(secret).copy()
    signature.update(said)
    return signature.digest()


def _encode(octets: bytes) -> str:
    return base64.b32encode(octets).decode("ascii").rstrip("=").lower()


def day_of(now: datetime) -> date:
    """The day that goes into an address: in UTC."""
    return now.astimezone(UTC).date()
