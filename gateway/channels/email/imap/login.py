"""Logging in: by password or by an access token (XOAUTH2)."""

from __future__ import annotations

import json
from contextlib import suppress

from gateway.channels.email.imap.credentials import Credentials
from gateway.channels.email.imap.options import MailboxOptions
from gateway.channels.email.imap.said import in_words, passes, refusal_of
from gateway.channels.email.imap.troubles import LoginError, LostError
from gateway.channels.email.imap.wire import Abort, Failure, Wire
from gateway.channels.email.mailbox_settings import Auth
from gateway.channels.email.security import Security


def log_in(wire: Wire, options: MailboxOptions, credentials: Credentials) -> None:
    """Authenticate. Raises `LoginError` where the server refuses, `LostError` where it fails."""
    secret = credentials.secret()
    try:
        if options.auth is Auth.XOAUTH2:
            _by_token(wire, options.user, secret)
        else:
            _by_password(wire, options, secret)
    except LoginError:
        raise
    except Abort as error:
        raise LostError(f"logging in: {in_words(str(error))}") from None
    except Failure as error:
        raise _refused(options, str(error)) from None
    except (OSError, ValueError) as error:
        raise LostError(f"logging in: {type(error).__name__}") from None


def _by_password(wire: Wire, options: MailboxOptions, password: str) -> None:
    """By SASL PLAIN where it is offered, which takes any characters (RFC 4616)."""
    if wire.has_capability("AUTH=PLAIN"):
        wire.plain_login(options.user, password)
        return
    if wire.has_capability("LOGINDISABLED"):
        hint = ' without TLS: try security = "starttls"' * (options.security is Security.NONE)
        raise LoginError(f"the server takes no password{hint}", "security")
    if not (options.user + password).isascii() or not (options.user + password).isprintable():
        raise LoginError("the server takes ASCII alone as name and password")
    wire.login(_quoted(options.user), password)


def _quoted(text: str) -> str:
    """As imaplib does with the password, though not with the name."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class _Bearer:
    """The client's side of XOAUTH2: the token, then an empty line where the server objects.

    https://developers.google.com/gmail/imap/xoauth2-protocol
    """

    def __init__(self, user: str, token: str) -> None:
        self._first = f"user={user}\x01auth=Bearer {token}\x01\x01"
        self.objection = ""

    def __call__(self, challenge: bytes) -> str:
        if self._first:
            first, self._first = self._first, ""
            return first
        self.objection = _status_in(challenge)
        return ""


def _status_in(challenge: bytes) -> str:
    with suppress(ValueError, AttributeError):
        return in_words(f"status {json.loads(challenge).get('status')}")
    return ""


def _by_token(wire: Wire, user: str, token: str) -> None:
    bearer = _Bearer(user, token)
    try:
        wire.sasl_login("XOAUTH2", bearer)
    except Abort:
        raise
    except Failure as error:
        said = ", ".join(
            filter(None, [refusal_of(error) or in_words(str(error)), bearer.objection])
        )
        raise LoginError(f"the server does not take the access token: {said}", "oauth2") from None


def _refused(options: MailboxOptions, said: str) -> LoginError | LostError:
    words = in_words(said.removeprefix("b'").rstrip("'"))
    if passes(words):
        return LostError(f"the server cannot let us in now: {words}")
    return LoginError(f"{options.host} refuses user and password: {words}")
