"""The private key that outgoing mail is signed with, as it stands in a PEM file.

Read without any library of cryptography: every command reads the config, few of them send mail.
"""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass, field
from pathlib import Path

EXPECTED = "an RSA or Ed25519 private key in PEM"
_PEM = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----\s*([A-Za-z0-9+/=\s]*+)-----END \1-----")
_LARGEST = 64 * 1024  # octets
_RSA_OID = bytes.fromhex("2a864886f70d010101")
_ED25519_OID = bytes.fromhex("2b6570")
_SEQUENCE, _INTEGER, _BITS, _OCTETS, _OID = 0x30, 0x02, 0x03, 0x04, 0x06
_RSA_NAMES = (
    *("version", "modulus", "publicExponent", "privateExponent", "prime1", "prime2"),
    *("exponent1", "exponent2", "coefficient"),
)
_LEAST_BITS = 1_024


class KeyFileError(Exception):
    """A file that holds no key we can sign with; says what it holds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningKey:
    """A private key: ``rsa`` by the names of RFC 8017, or the ``seed`` of RFC 8032."""

    rsa: dict[str, int] = field(default_factory=dict, repr=False)
    seed: bytes = field(default=b"", repr=False)

    @property
    def algorithm(self) -> str:
        """As DKIM calls it (RFC 6376, section 3.3; RFC 8463)."""
        return "rsa-sha256" if self.rsa else "ed25519-sha256"

    @property
    def bits(self) -> int:
        """How long it is."""
        return self.rsa["modulus"].bit_length() if self.rsa else 256

    def record(self) -> str:
        """What the DNS has to hold for it (RFC 6376, section 3.6.1)."""
        kind = self.algorithm.partition("-")[0]
        return f"v=DKIM1; k={kind}; p={base64.b64encode(self._public()).decode()}"

    def _public(self) -> bytes:
        if not self.rsa:
            from nacl.signing import SigningKey as Ed25519

            return bytes(Ed25519(self.seed).verify_key)
        key = _sequence(_integer(self.rsa["modulus"]), _integer(self.rsa["publicExponent"]))
        kind = _sequence(_tagged(_OID, _RSA_OID), _tagged(0x05, b""))
        return _sequence(kind, _tagged(_BITS, b"\x00" + key))


def read_key(path: Path) -> SigningKey:
    """Raises KeyFileError, OSError."""
    with path.open("rb") as file:
        text = file.read(_LARGEST)
    found = _PEM.search(text)
    if found is None:
        raise KeyFileError("no PEM")
    kind = found[1].decode("ascii")
    if "ENCRYPTED" in kind or b"Proc-Type" in text:
        raise KeyFileError("a key behind a passphrase")
    if kind not in ("PRIVATE KEY", "RSA PRIVATE KEY"):
        raise KeyFileError(f"a PEM of another kind ({kind})")
    try:
        return _key(base64.b64decode(b"".join(found[2].split()), validate=True))
    except (ValueError, IndexError):
        raise KeyFileError("a PEM that is damaged") from None


def _key(der: bytes) -> SigningKey:
    """PKCS #1 (RFC 8017), or PKCS #8 (RFC 5958, RFC 8410). Raises ValueError, IndexError."""
    items = _items(_content(der, _SEQUENCE))
    if len(items) > 2 and items[1][0] == _SEQUENCE:
        kind = _items(items[1][1])[0]
        if kind == (_OID, _ED25519_OID):
            return SigningKey(seed=_seed(_content(items[2][1], _OCTETS)))
        if kind != (_OID, _RSA_OID):
            raise KeyFileError("a key that is neither RSA nor Ed25519")
        items = _items(_content(items[2][1], _SEQUENCE))
    if len(items) < len(_RSA_NAMES) or any(tag != _INTEGER for tag, _ in items):
        raise ValueError("no RSA key")
    numbers = (int.from_bytes(value, "big") for _, value in items)
    rsa = dict(zip(_RSA_NAMES, numbers, strict=False))
    if rsa["modulus"].bit_length() < _LEAST_BITS:
        raise KeyFileError(f"an RSA key of only {rsa['modulus'].bit_length()} bits")
    return SigningKey(rsa=rsa)


def _seed(octets: bytes) -> bytes:
    if len(octets) != 32:
        raise ValueError("no Ed25519 key")
    return octets


def _content(der: bytes, tag: int) -> bytes:
    items = _items(der)
    if len(items) != 1 or items[0][0] != tag:
        raise ValueError("not what it should be")
    return items[0][1]


def _items(der: bytes) -> list[tuple[int, bytes]]:
    """Tags and contents, one after the other (X.690, definite lengths)."""
    found, position = [], 0
    while position < len(der):
        tag, length, start = der[position], der[position + 1], position + 2
        if length & 0x80:
            size = length & 0x7F
            length, start = int.from_bytes(der[start : start + size], "big"), start + size
        if start + length > len(der):
            raise ValueError("it ends too early")
        found.append((tag, der[start : start + length]))
        position = start + length
    return found


def _sequence(*items: bytes) -> bytes:
    return _tagged(_SEQUENCE, b"".join(items))


def _integer(number: int) -> bytes:
    return _tagged(_INTEGER, number.to_bytes(number.bit_length() // 8 + 1, "big"))


def _tagged(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(length))) + length + content
