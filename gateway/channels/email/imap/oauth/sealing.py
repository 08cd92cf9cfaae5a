"""Secrets as they are kept: whoever has the database alone cannot use them."""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping

from nacl.exceptions import CryptoError
from nacl.secret import SecretBox

PURPOSE = "tokens of mailboxes"
Keys = Callable[[], Mapping[int, bytes]]


class SealedOtherwiseError(Exception):
    """None of the keys opens it: the secret they are made from is another one now."""


class Seal:
    """Seals and opens (XSalsa20 and Poly1305).

    ``keys`` of 32 octets by id, asked for each time: the first one seals, all open.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def __repr__(self) -> str:
        return "Seal()"

    def close(self, secret: str) -> str:
        """A secret in a form that may be kept: the key's id, and base64."""
        number, key = next(iter(self._keys().items()))
        sealed = SecretBox(key).encrypt(secret.encode())
        return f"{number}.{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str) -> str:
        """The secret. Raises `SealedOtherwiseError`."""
        number, _, octets = sealed.partition(".")
        try:
            key = self._keys()[int(number)]
            return SecretBox(key).decrypt(base64.b64decode(octets, validate=True)).decode()
        except (LookupError, ValueError, CryptoError) as problem:
            raise SealedOtherwiseError(type(problem).__name__) from None
