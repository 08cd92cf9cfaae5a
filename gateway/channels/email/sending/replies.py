"""What went wrong on the way to the mail server, said so that an operator or agent can act.

Texts of a server are shortened and cleaned: they end on tickets and in terminals.
"""

from __future__ import annotations

import ssl

from aiosmtplib import SMTPException, SMTPResponseException

from gateway.channels.email.sending.headers import one_line
from gateway.core.ports import PermanentError, SendError, TemporaryError

_MAX_TEXT = 300  # characters
# RFC 4954, sections 4 and 6: what is asked for or wrong is the login, never the mail.
_LOGIN_CODES = frozenset({530, 534, 535, 538})
_LOGIN_HELP = "check user and password under [email.send]"

# What a connection can fail with: the library's own errors, the network's, TLS's, and
# UnicodeError for a host name that cannot be one.
CONNECTION_ERRORS = (SMTPException, OSError, TimeoutError, UnicodeError)


def shortened(text: str) -> str:
    """A server's text on one line, without control characters, of at most 300 characters."""
    return one_line(text, _MAX_TEXT)


def refusal(stage: str, code: int, text: str) -> SendError:
    """The failure that a reply means; ``stage`` names what was refused.

    5xx is permanent, unless it is about our login; all else is temporary (RFC 5321, section
    4.2.1).
    """
    said = shortened(f"{code} {text}") if code > 0 else shortened(text)
    if code in _LOGIN_CODES:
        return TemporaryError(f"the mail server wants another login ({said}): {_LOGIN_HELP}")
    if 500 <= code <= 599:
        return PermanentError(f"the mail server refused {stage}: {said}")
    return TemporaryError(f"the mail server did not take {stage} now: {said}")


def login_failure(server: str, error: Exception) -> TemporaryError:
    """Not accepted at login. Never permanent: the mail is good, the settings are not."""
    if isinstance(error, SMTPResponseException):
        said = shortened(f"{error.code} {error.message}")
        if 500 <= error.code <= 599:
            return TemporaryError(
                f"the mail server {server} says that the credentials are wrong ({said}):"
                f" {_LOGIN_HELP}"
            )
        return TemporaryError(f"the mail server {server} could not check the login now: {said}")
    return TemporaryError(f"login at the mail server {server} failed: {_said(error)}")


def connect_failure(server: str, error: BaseException) -> TemporaryError:
    """No usable connection to the server."""
    cause = error if isinstance(error, ssl.SSLError) else error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return TemporaryError(
            f"the certificate of the mail server {server} is not trusted:"
            f" {shortened(cause.verify_message)} (an own CA goes into tls_ca under"
            " [email.send])"
        )
    if isinstance(cause, ssl.SSLError):
        return TemporaryError(
            f"no TLS with the mail server {server}: {shortened(cause.reason or str(cause))}"
            " (check port and security under [email.send])"
        )
    return TemporaryError(f"no connection to the mail server {server}: {_said(error)}")


def _said(error: BaseException) -> str:
    if isinstance(error, SMTPResponseException):
        return shortened(f"{error.code} {error.message}" if error.code > 0 else error.message)
    return shortened(str(error)) or type(error).__name__
