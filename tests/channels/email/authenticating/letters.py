"""Mails that are signed, and the keys they are signed with."""

import base64
import hashlib
from pathlib import Path

import dkim
from dkim.crypto import RSASSA_PKCS1_v1_5_sign

from gateway.channels.email.sending.signing_key import read_key
from tests.servers.dns import DnsServer

KEYS = Path(__file__).parents[3] / "keys"
RSA = KEYS / "rsa.pem"
SMALL = KEYS / "rsa-pkcs1.pem"
WEAK = KEYS / "rsa-weak.pem"
ED25519 = KEYS / "ed25519.pem"
MAIL = (
    b"From: Ada Byron <ada@example.org>\r\n"
    b"To: support@acme.example\r\n"
    b"Subject: Printer on fire\r\n"
    b"Date: Mon, 5 Jan 2026 09:00:00 +0000\r\n"
    b"Message-ID: <1@example.org>\r\n"
    b"\r\n"
    b"It burns.\r\n"
    b"\r\n"
    b"Ada\r\n"
)


def publish(server: DnsServer, key: Path = RSA, *, at: str = "s1._domainkey.example.org") -> None:
    server.add(at, "TXT", read_key(key).record())


def signed(
    mail: bytes = MAIL,
    *,
    domain: str = "example.org",
    selector: str = "s1",
    key: Path = RSA,
    canonical: str = "relaxed/relaxed",
    **more: object,
) -> bytes:
    """By dkimpy."""
    header, body = canonical.encode().split(b"/")
    algorithm, pem = b"rsa-sha256", key.read_bytes()
    if key == ED25519:
        algorithm, pem = b"ed25519-sha256", base64.b64encode(read_key(key).seed)
    field: bytes = dkim.sign(
        mail,
        selector.encode(),
        domain.encode(),
        pem,
        signature_algorithm=algorithm,
        canonicalize=(header, body),
        **more,
    )
    return field + mail


def by_hand(h: str = "From:Subject", **tags: str) -> bytes:
    """Put together from the words of RFC 6376 alone, simple/simple; ``tags`` replace and add."""
    head, _, body = MAIL.partition(b"\r\n\r\n")
    fields = {line.split(b":")[0].lower(): line for line in head.split(b"\r\n")}
    bh = base64.b64encode(hashlib.sha256(body.rstrip(b"\r\n") + b"\r\n").digest()).decode()
    given = {"v": "1", "a": "rsa-sha256", "d": "example.org", "s": "s1", "h": h, "bh": bh} | tags
    line = "; ".join(f"{name}={value}" for name, value in given.items())
    unsigned = f"DKIM-Signature: {line}; b=".encode()
    digest = hashlib.sha256()
    for name in h.lower().split(":"):
        if name.encode() in fields:
            digest.update(fields.pop(name.encode()) + b"\r\n")
    digest.update(unsigned)
    signature = base64.b64encode(RSASSA_PKCS1_v1_5_sign(digest, read_key(RSA).rsa))
    return unsigned + signature + b"\r\n" + MAIL


def key_text(key: Path = RSA) -> str:
    """The public key alone, as it stands after p=."""
    return read_key(key).record().partition("p=")[2]
