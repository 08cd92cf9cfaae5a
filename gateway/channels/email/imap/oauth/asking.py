"""Asking an authorization server: a form goes there, a small JSON object comes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import HTTPException
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from gateway.channels.email.imap.said import in_words

_MOST = 65_536  # octets of an answer
_TIMEOUT = 30.0  # seconds
_SERVER_ERROR = 500
_TOO_MANY = 429


class OAuthError(Exception):
    """The server refused. ``code`` is that of RFC 6749, section 5.2; no secret is in the text."""

    def __init__(self, code: str, description: str = "") -> None:
        super().__init__(f"{code}: {description}" if description else code)
        self.code = code


class OAuthUnavailableError(Exception):
    """The server cannot be asked now."""


class _NoRedirect(HTTPRedirectHandler):
    """A secret goes where the config says, and nowhere else."""

    def redirect_request(self, *_arguments: Any) -> None:
        return None


def ask(url: str, form: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a form. Raises `OAuthError` and `OAuthUnavailableError`."""
    request = Request(  # noqa: S310 - the config takes addresses of https alone
        url,
        data=urlencode(form).encode(),
        headers={"Accept": "application/json", "User-Agent": "helpdesk-gateway"},
    )
    try:
        with build_opener(_NoRedirect).open(request, timeout=_TIMEOUT) as answer:
            return _object(answer.read(_MOST))
    except HTTPError as error:
        with error:
            raise _refused(error.code, error.read(_MOST)) from None
    except (OSError, HTTPException) as error:
        why = getattr(error, "reason", None) or error
        raise OAuthUnavailableError(f"{url} cannot be reached: {in_words(str(why))}") from None


def _object(octets: bytes) -> dict[str, Any]:
    try:
        found = json.loads(octets)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise OAuthUnavailableError("an answer that is not the JSON of OAuth2")
    return found


def _refused(status: int, octets: bytes) -> Exception:
    if status >= _SERVER_ERROR or status == _TOO_MANY:
        return OAuthUnavailableError(f"the server answers with status {status}")
    try:
        said = _object(octets)
    except OAuthUnavailableError:
        return OAuthUnavailableError(f"the server answers with status {status}")
    description = str(said.get("error_description") or "").partition("\n")[0]
    return OAuthError(in_words(str(said.get("error") or status)), in_words(description))
