"""An access token that is good now, and a warning before it is good no longer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from pydantic import SecretStr

from gateway.channels.email.imap.oauth.asking import OAuthError, OAuthUnavailableError, ask
from gateway.channels.email.imap.oauth.endpoints import Endpoints
from gateway.channels.email.imap.oauth.sealing import SealedOtherwiseError
from gateway.channels.email.imap.oauth.tokens import TokenBox, Tokens, digest_of, tokens_in
from gateway.channels.email.imap.troubles import LoginError, LostError

_SPARE = timedelta(minutes=1)  # that a token must be good for to be used
_WARN = timedelta(days=7)

_LOG_IN = "run `gateway mailbox login` and sign in as the mailbox"


class AccessTokens:
    """See `credentials.Credentials`: the tokens of one mailbox, whichever folders are watched.

    Refreshed when half of their life is over, so that there is time left to warn in.
    """

    def __init__(
        self,
        endpoints: Endpoints,
        box: TokenBox,
        given: SecretStr,
        now: Callable[[], datetime],
    ) -> None:
        self._endpoints = endpoints
        self._box = box
        self._given = given
        self._now = now
        self._lock = threading.Lock()
        self.doubt = ""

    def secret(self) -> str:
        """See `Credentials`."""
        with self._lock:
            tokens = self._loaded()
            given = digest_of(self._given)
            if given and (tokens is None or tokens.given != given):
                tokens = _never_fresh(self._given, given, self._now())
            if tokens is None:
                raise _none()
            if self._now() >= tokens.half_gone:
                tokens = self._refreshed(tokens)
            else:
                self.doubt = ""
            self.doubt = self.doubt or self._ending(tokens)
            return tokens.access.get_secret_value()

    def _loaded(self) -> Tokens | None:
        try:
            return self._box.load()
        except SealedOtherwiseError:
            if self._given.get_secret_value():
                return None  # the config has a refresh token to begin anew with
            words = (
                "the tokens that are kept were sealed with another [desk] secret: "
                f"put that one into previous_secrets, or {_LOG_IN}"
            )
            raise LoginError(words, "oauth2") from None

    def _refreshed(self, tokens: Tokens) -> Tokens:
        """Fresh ones; the old ones while they are good and there are no others."""
        good = self._now() + _SPARE < tokens.expires_at
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh.get_secret_value()}
        try:
            answer = ask(self._endpoints.token, self._endpoints.client() | form)
            fresh = tokens_in(answer, self._now(), tokens)
        except OAuthUnavailableError as error:
            if not good:
                raise LostError(f"no access token can be had now: {error}") from None
            return tokens
        except OAuthError as error:
            words = f"the refresh token is not taken any longer ({error}): {_LOG_IN}"
            if not good:
                raise LoginError(words, "oauth2") from None
            self.doubt = words
            return tokens
        self._box.keep(fresh)  # before it is used: a rotated refresh token is good once
        self.doubt = ""
        return fresh

    def _ending(self, tokens: Tokens) -> str:
        until = tokens.refresh_expires_at
        if until is None or until - self._now() > _WARN:
            return ""
        return f"the refresh token is good until {until:%Y-%m-%d %H:%M} UTC alone: {_LOG_IN}"


def _never_fresh(given: SecretStr, digest: str, now: datetime) -> Tokens:
    """A refresh token of the config, with which no access token was had yet."""
    long_ago = now - timedelta(days=1)
    none = Tokens(access=SecretStr(""), got_at=long_ago, expires_at=long_ago, refresh=given)
    return replace(none, given=digest)


class NoTokens:
    """See `Credentials`: where there is no notebook that tokens could stand in."""

    doubt = ""

    def secret(self) -> str:
        """See `Credentials`."""
        raise _none()


def _none() -> LoginError:
    return LoginError(f"no token was ever had: {_LOG_IN}", "oauth2")
