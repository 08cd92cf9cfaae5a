"""Builds what mail programs wrap mail in, octet by octet: winmail.dat and signed S/MIME."""

import struct

FILE_BEGINS, TITLE, DATA, FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
MESSAGE_PROPERTIES, BODY, CODE_PAGE = 0x9003, 0x800C, 0x9007
MESSAGE = bytes.fromhex("0703020000000000c000000000000046")


def attribute(level: int, id: int, data: bytes) -> bytes:
    """One attribute of MS-OXTNEF, section 2.1.3, with its checksum."""
    head = struct.pack("<BHHI", level, id, 6, len(data))
    return head + data + struct.pack("<H", sum(data) & 0xFFFF)


def tnef(*attributes: bytes) -> bytes:
    page = attribute(1, CODE_PAGE, struct.pack("<II", 1252, 0))
    return struct.pack("<IH", 0x223E9F78, 1) + page + b"".join(attributes)


def padded(data: bytes) -> bytes:
    return data + b"\0" * (-len(data) % 4)


def properties(*them: bytes) -> bytes:
    return struct.pack("<I", len(them)) + b"".join(them)


def octets(id: int, data: bytes, kind: int = 0x0102) -> bytes:
    return struct.pack("<HHII", kind, id, 1, len(data)) + padded(data)


def wide(id: int, text: str) -> bytes:
    return octets(id, text.encode("utf-16-le") + b"\0\0", 0x001F)


def number(id: int, value: int) -> bytes:
    return struct.pack("<HHI", 0x0003, id, value)


def named(name: str, value: str) -> bytes:
    """A property that has a name in the place of an id, as calendars have them."""
    said = name.encode("utf-16-le") + b"\0\0"
    head = struct.pack("<HH", 0x001F, 0x8001) + b"\x29" * 16 + struct.pack("<II", 1, len(said))
    text = value.encode("utf-16-le") + b"\0\0"
    return head + padded(said) + struct.pack("<II", 1, len(text)) + padded(text)


def file(name: str, data: bytes, *more: bytes) -> bytes:
    """An attachment, as Outlook writes it: the long name stands in the properties alone."""
    return (
        attribute(2, FILE_BEGINS, b"\x01\0" + b"\0" * 12)
        + attribute(2, TITLE, name.encode("cp1252", "replace")[:12] + b"\0")
        + attribute(2, DATA, data)
        + attribute(2, FILE_PROPERTIES, properties(wide(0x3707, name), *more))
    )


def rich_text(rtf: bytes) -> bytes:
    """Rich text in the compressed form, nothing of it repeated (MS-OXRTFCP)."""
    runs = b"".join(b"\0" + rtf[at : at + 8] for at in range(0, len(rtf), 8))
    head = struct.pack("<IIII", len(runs) + 12, len(rtf), 0x75465A4C, 0)
    return head + runs


def element(tag: int, *contents: bytes) -> bytes:
    """An element of DER (X.690)."""
    inside = b"".join(contents)
    if len(inside) < 0x80:
        return bytes((tag, len(inside))) + inside
    size = len(inside).to_bytes((len(inside).bit_length() + 7) // 8, "big")
    return bytes((tag, 0x80 | len(size))) + size + inside


def endless(tag: int, *contents: bytes) -> bytes:
    """The same of BER, whose end is marked."""
    return bytes((tag, 0x80)) + b"".join(contents) + b"\0\0"


SIGNED = element(6, bytes.fromhex("2a864886f70d010702"))
ENVELOPED = element(6, bytes.fromhex("2a864886f70d010703"))
PLAIN = element(6, bytes.fromhex("2a864886f70d010701"))


def signed(content: bytes, *, in_pieces: bool = False) -> bytes:
    """SignedData (RFC 5652) around a content; the signature itself is left out."""
    if in_pieces:
        pieces = [element(4, content[at : at + 100]) for at in range(0, len(content), 100)]
        inner = endless(0x30, PLAIN, endless(0xA0, endless(0x24, *pieces)))
        body = endless(0x30, element(2, b"\1"), endless(0x31), inner, element(0x31))
        return endless(0x30, SIGNED, endless(0xA0, body))
    inner = element(0x30, PLAIN, element(0xA0, element(4, content)))
    body = element(0x30, element(2, b"\1"), element(0x31), inner, element(0x31))
    return element(0x30, SIGNED, element(0xA0, body))


def enveloped(content: bytes) -> bytes:
    """EnvelopedData, in as far as anybody can tell from outside."""
    return element(0x30, ENVELOPED, element(0xA0, element(0x30, element(2, b"\0"), content)))
