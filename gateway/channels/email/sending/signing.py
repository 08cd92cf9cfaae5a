"""DKIM signatures on what we send (RFC 6376, RFC 8463), relaxed/relaxed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.channels.email.authenticating.dkim.octets import canonical_body, read_octets
from gateway.channels.email.sending.signing_key import SigningKey

# What an answer's meaning hangs on. From is named once more than it stands there, so that nobody
# can add another one (RFC 6376, section 8.15).
_SIGNED = (
    *(b"from", b"to", b"cc", b"subject", b"date", b"message-id", b"reply-to", b"in-reply-to"),
    *(b"references", b"mime-version", b"content-type", b"content-transfer-encoding"),
    *(b"content-language", b"auto-submitted", b"x-helpdesk-mark"),
)

Sign = Callable[[bytes, datetime], bytes]


def unsigned(mail: bytes, at: datetime) -> bytes:
    """The mail as it is: for a desk without a key."""
    del at
    return mail


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Signs for ``domain`` with the key that the DNS has under ``selector``."""

    domain: str
    selector: str
    key: SigningKey

    def __call__(self, mail: bytes, at: datetime) -> bytes:
        """The mail with a signature above it.

        It bears the time ``at``, when the mail was written, so it is the same at every try.
        """
        octets = read_octets(mail)
        body = hashlib.sha256()
        for block in canonical_body(octets.body, relaxed=True):
            body.update(block)
        tags = self._tags(octets.fields, body.digest(), at)
        return self._signed(octets.fields, tags) + mail

    def _tags(
        self, fields: Sequence[tuple[bytes, bytes]], body: bytes, at: datetime
    ) -> list[tuple[bytes, bytes]]:
        return [
            (b"v", b"1"),
            (b"a", self.key.algorithm.encode()),
            (b"c", b"relaxed/relaxed"),
            (b"d", self.domain.encode()),
            (b"s", self.selector.encode()),
            (b"t", b"%d" % at.timestamp()),
            (b"h", b" : ".join(_names(fields))),
            (b"bh", base64.b64encode(body)),
            (b"b", b"0" * 60),  # dkimpy puts the signature here, and folds as if it were there
        ]

    def _signed(
        self, fields: Sequence[tuple[bytes, bytes]], tags: list[tuple[bytes, bytes]]
    ) -> bytes:
        from dkim import DKIM
        from dkim.canonicalization import CanonicalizationPolicy

        signer = DKIM(signature_algorithm=self.key.algorithm.encode())
        signer.headers = list(fields)
        signer.hasher = hashlib.sha256
        form = CanonicalizationPolicy.from_c_value(b"relaxed/relaxed")
        value: bytes = signer.gen_header(
            tags, _names(fields), form, b"DKIM-Signature", self._private()
        )
        return b"DKIM-Signature: " + value

    def _private(self) -> Any:
        if self.key.rsa:
            return self.key.rsa
        from nacl.signing import SigningKey as Ed25519

        return Ed25519(self.key.seed)


def _names(fields: Sequence[tuple[bytes, bytes]]) -> list[bytes]:
    """The fields that are signed, each as often as it stands there, and From once more."""
    there = [name.lower() for name, _ in fields]
    return [name for name in _SIGNED for _ in range(there.count(name))] + [b"from"]
