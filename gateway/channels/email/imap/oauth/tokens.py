"""The tokens of a mailbox, kept in the notebook, sealed, and never shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from typing import Any

from pydantic import SecretStr

from gateway.channels.email.imap.oauth.asking import OAuthUnavailableError
from gateway.channels.email.imap.oauth.sealing import Seal
from gateway.core.ports import Note, Notebook

_BOOK = "email.oauth2"
_IN_CLEAR, _SEALED = 1, 2  # how the secrets of a note stand there
_SECRETS = ("access", "refresh")
_LIFE = 3_600  # seconds of an access token whose server does not say
_LONGEST = 10 * 365 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a server gave out. ``given`` tells which refresh token of the config it came from."""

    access: SecretStr
    got_at: datetime
    expires_at: datetime
    refresh: SecretStr
    refresh_expires_at: datetime | None = None
    given: str = ""

    @property
    def half_gone(self) -> datetime:
        """When half of the access token's life is over."""
        return self.got_at + (self.expires_at - self.got_at) / 2


def tokens_in(answer: dict[str, Any], now: datetime, before: Tokens | None = None) -> Tokens:
    """The tokens of a server's answer (RFC 6749, section 5.1).

    A refresh token that is not given anew goes on to be good. Raises `OAuthUnavailableError`
    where there is no access token in it.
    """
    access = answer.get("access_token")
    if not isinstance(access, str) or not access or not access.isprintable():
        raise OAuthUnavailableError("the server's answer holds no access token")
    refresh = answer.get("refresh_token")
    known = before.refresh if before else SecretStr("")
    until = _after(now, answer.get("refresh_token_expires_in"))
    return Tokens(
        access=SecretStr(access),
        got_at=now,
        expires_at=_after(now, answer.get("expires_in")) or now + timedelta(seconds=_LIFE),
        refresh=SecretStr(refresh) if isinstance(refresh, str) and refresh else known,
        refresh_expires_at=until or (before.refresh_expires_at if before else None),
        given=before.given if before else "",
    )


def _after(now: datetime, seconds: object) -> datetime | None:
    try:
        span = int(seconds)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return None
    return now + timedelta(seconds=span) if 0 < span < _LONGEST else None


def digest_of(secret: SecretStr) -> str:
    """A sign by which a refresh token of the config is known again; empty for none."""
    value = secret.get_secret_value()
    return blake2b(value.encode(), digest_size=8).hexdigest() if value else ""


class TokenBox:
    """Where the tokens of one mailbox are kept. Raises NotebookUnavailableError."""

    def __init__(self, notebook: Notebook, seal: Seal, user: str, host: str) -> None:
        self._notebook = notebook
        self._seal = seal
        self._key = f"{user}@{host.lower()}"

    def load(self) -> Tokens | None:
        """What is kept, if anything is. Raises `SealedOtherwiseError`."""
        note = self._notebook.get(_BOOK, self._key)
        if note is None:
            return None
        if note["v"] > _IN_CLEAR:
            opened = {key: self._seal.open(note[key]) for key in _SECRETS}
            return _tokens({**note, **opened})
        tokens = _tokens(note)
        self.keep(tokens)  # an earlier version of ours did not seal them
        return tokens

    def keep(self, tokens: Tokens) -> None:
        """From now on these."""
        until = tokens.refresh_expires_at
        note = {
            "v": _SEALED,
            "access": self._seal.close(tokens.access.get_secret_value()),
            "got_at": tokens.got_at.isoformat(),
            "expires_at": tokens.expires_at.isoformat(),
            "refresh": self._seal.close(tokens.refresh.get_secret_value()),
            "refresh_expires_at": until.isoformat() if until else None,
            "given": tokens.given,
        }
        self._notebook.write(_BOOK, {self._key: note})


def _tokens(note: Note) -> Tokens:
    until = note["refresh_expires_at"]
    return Tokens(
        access=SecretStr(note["access"]),
        got_at=datetime.fromisoformat(note["got_at"]),
        expires_at=datetime.fromisoformat(note["expires_at"]),
        refresh=SecretStr(note["refresh"]),
        refresh_expires_at=datetime.fromisoformat(until) if until else None,
        given=note["given"],
    )
