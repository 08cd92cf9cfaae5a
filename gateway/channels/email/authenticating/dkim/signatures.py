"""DKIM-Signature fields: what one says, and whether it can count at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

MOST = 10
_LARGEST = 16 * 1024  # octets of one field
_MOST_NAMES = 500
_LONG_GAP = re.compile(rb"\s{200}")
_DOMAIN = re.compile(rb"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
_ALGORITHMS = {b"rsa-sha256": b"rsa", b"ed25519-sha256": b"ed25519"}
_CANONICAL = (b"simple", b"relaxed")


class UnusableError(Exception):
    """A signature that cannot be checked, or must not count (``result`` of RFC 8601, 2.7.1)."""

    def __init__(self, why: str, result: str = "permerror") -> None:
        super().__init__(why)
        self.result = result


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One signature, its tags as dkimpy has them. ``signed`` are field names in lower case."""

    field: tuple[bytes, bytes]
    tags: dict[bytes, bytes]
    signed: tuple[bytes, ...]
    domain: str
    selector: str
    relaxed_body: bool

    @property
    def key_name(self) -> str:
        """Where the public key stands (RFC 6376, section 3.6.2.1)."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def key_type(self) -> bytes:
        """What its algorithm needs."""
        return _ALGORITHMS[self.tags[b"a"]]


def claimed(field: tuple[bytes, bytes]) -> tuple[str, str]:
    """Domain and selector that a field names, empty where they cannot be read."""
    tags = tags_of(field[1]) if len(field[1]) <= _LARGEST else {}
    return _named(tags.get(b"d", b"")), _named(tags.get(b"s", b""))


def _named(value: bytes) -> str:
    return value.decode("ascii").lower() if _DOMAIN.fullmatch(value) else ""


def read_signature(field: tuple[bytes, bytes]) -> Signature:
    """Read a field. Raises UnusableError."""
    if len(field[1]) > _LARGEST or _LONG_GAP.search(field[1]):
        raise UnusableError("it is too long")
    tags = tags_of(field[1])
    _refuse_what_never_counts(tags)
    _let_dkimpy_look(tags)
    domain, selector = claimed(field)
    if not domain or not selector:
        raise UnusableError("it names no domain and selector that could be looked up")
    header, _, body = tags.get(b"c", b"simple").partition(b"/")
    if header not in _CANONICAL or (body or b"simple") not in _CANONICAL:
        raise UnusableError("it asks for a form of the mail that is not known")
    return Signature(
        field=field,
        tags=tags,
        signed=_signed(tags),
        domain=domain,
        selector=selector,
        relaxed_body=body == b"relaxed",
    )


def tags_of(value: bytes) -> dict[bytes, bytes]:
    """Names and values of a signature or a key (RFC 6376, section 3.2); none if it is neither."""
    from dkim.util import InvalidTagValueList, parse_tag_value

    try:
        found: dict[bytes, bytes] = parse_tag_value(value)
    except InvalidTagValueList:
        return {}
    return found


def _refuse_what_never_counts(tags: dict[bytes, bytes]) -> None:
    """Weak hashes (RFC 8301), and parts of a body: whatever follows would be vouched for, too."""
    if tags.get(b"a") == b"rsa-sha1":
        raise UnusableError("SHA-1 proves nothing any more", "policy")
    if tags.get(b"a") not in _ALGORITHMS:
        raise UnusableError("its algorithm is not known")
    if b"l" in tags:
        raise UnusableError("it covers only the beginning of the body (l=)", "policy")


def _let_dkimpy_look(tags: dict[bytes, bytes]) -> None:
    from dkim import DKIMException, validate_signature_fields

    try:
        validate_signature_fields(tags)
    except (DKIMException, ValueError) as error:  # ValueError: numbers of thousands of digits
        raise UnusableError(f"it is malformed: {_plain(error)}") from error


def _plain(error: Exception) -> str:
    """A library's words about a stranger's octets: short, and fit to be shown."""
    return re.sub(r"[^ -~]", "?", str(error))[:120]


def _signed(tags: dict[bytes, bytes]) -> tuple[bytes, ...]:
    names = tuple(name.strip().lower() for name in tags[b"h"].split(b":"))
    if b"from" not in names:
        raise UnusableError("it does not cover From")
    if len(names) > _MOST_NAMES:
        raise UnusableError("it names too many fields")
    return names


def key_of(records: tuple[bytes, ...], signature: Signature) -> Any:
    """The public key, as dkimpy has it, from the TXT records of `Signature.key_name`.

    Raises UnusableError: none, several, withdrawn, not for mail, of another kind, too short.
    """
    if len(records) != 1:
        raise UnusableError("there is no key in the DNS" if not records else "several keys")
    tags = tags_of(records[0])
    if not tags.get(b"p"):
        raise UnusableError("the key was withdrawn" if b"p" in tags else "no key in the record")
    if tags.get(b"v", b"DKIM1") != b"DKIM1" or tags.get(b"k", b"rsa") != signature.key_type:
        raise UnusableError("the key is of another kind")
    if not {b"*", b"email"} & set(_list(tags.get(b"s", b"*"))):
        raise UnusableError("the key is not for mail")
    if b"sha256" not in _list(tags.get(b"h", b"sha256")):
        raise UnusableError("the key is for another hash")
    if b"s" in _list(tags.get(b"t", b"")) and not _is_of_domain_itself(signature):
        raise UnusableError("the key is not for names below its domain")
    return _sound_key(records[0])


def _list(value: bytes) -> list[bytes]:
    return [one.strip() for one in value.split(b":")]


def _is_of_domain_itself(signature: Signature) -> bool:
    identity = signature.tags.get(b"i", b"").rpartition(b"@")[2]
    return not identity or identity.lower() == signature.tags[b"d"].lower()


def _sound_key(record: bytes) -> Any:
    """A key of a size that is neither weak nor made to keep us busy (RFC 8301, section 3.2)."""
    from dkim import evaluate_pk

    if len(record) > 4_096:
        raise UnusableError("the key is too long")
    try:
        key, bits, kind, _ = evaluate_pk("key", record)
    except Exception as error:
        # Raised for keys that are none: DKIMException, binascii.Error, IndexError and others.
        raise UnusableError("the key cannot be read") from error
    if kind == b"rsa":
        if bits < 1_024:
            raise UnusableError(f"the key has only {bits} bits", "policy")
        if bits > 8_192 or not 1 < key["publicExponent"] < 2**64:
            raise UnusableError("the key is too long")
    return key
