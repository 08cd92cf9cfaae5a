"""Opaque S/MIME: one part that holds everything (RFC 8551, section 3.5.2)."""

from __future__ import annotations

import base64
import binascii

from gateway.channels.email.reading.secured.der import BrokenError, Walker

TYPES = ("application/pkcs7-mime", "application/x-pkcs7-mime")
_SEQUENCE, _TAGGED, _ID = 0x30, 0xA0, 0x06
_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENCRYPTED = (
    bytes.fromhex("2a864886f70d010703"),  # enveloped data
    bytes.fromhex("2a864886f70d010706"),  # encrypted data
    bytes.fromhex("2a864886f70d0109100117"),  # authenticated enveloped data (RFC 5083)
)


def is_encrypted(data: bytes, told: str) -> bool:
    """Whether the content is for the holder of a key alone; ``told``: parameter smime-type."""
    try:
        return _begun(Walker(_binary(data)))[0] in _ENCRYPTED
    except BrokenError:
        return told in ("enveloped-data", "authenveloped-data")


def signed_content(data: bytes) -> bytes | None:
    """The MIME entity inside signed data (RFC 5652, section 5); None if it is not there.

    The signature is not checked.
    """
    walker = Walker(_binary(data))
    try:
        kind, inner = _begun(walker)
        return _encapsulated(walker, inner) if kind == _SIGNED else None
    except BrokenError:
        return None


def _binary(data: bytes) -> bytes:
    """What some encode twice."""
    if data[:1] == b"0" or not data[:2].isalpha():
        return data
    try:
        return base64.b64decode(b"".join(data.split()), validate=True)
    except binascii.Error:
        return data


def _begun(walker: Walker) -> tuple[bytes, int]:
    """The type of a ContentInfo, and where its content begins."""
    outer = walker.element(0)
    parts = walker.children(outer)
    id, content = next(parts, None), next(parts, None)
    if outer.tag != _SEQUENCE or id is None or content is None:
        raise BrokenError
    if id.tag != _ID or content.tag != _TAGGED:
        raise BrokenError
    return walker.data[id.begin : id.end], content.begin


def _encapsulated(walker: Walker, position: int) -> bytes | None:
    signed = walker.element(position)
    wrapping = next((e for e in walker.children(signed) if e.tag == _SEQUENCE), None)
    if wrapping is None:
        return None
    tagged = next((e for e in walker.children(wrapping) if e.tag == _TAGGED), None)
    if tagged is None:
        return None
    return walker.octets(walker.element(tagged.begin))
