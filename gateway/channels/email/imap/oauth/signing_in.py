"""Signing in as a person, once: by a device code (RFC 8628), or in a browser (RFC 8252)."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from gateway.channels.email.imap.oauth.asking import OAuthError, OAuthUnavailableError, ask
from gateway.channels.email.imap.oauth.endpoints import Endpoints
from gateway.channels.email.imap.oauth.tokens import Tokens, tokens_in
from gateway.channels.email.imap.said import in_words

_DEVICE = "urn:ietf:params:oauth:grant-type:device_code"
_INTERVAL, _MOST_INTERVAL = 5.0, 60.0  # seconds (RFC 8628, section 3.2)
_LIFE = 900.0
# Nobody listens there: the address that the browser is sent to is shown in it, and copied.
_REDIRECT = "http://127.0.0.1:8914/"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a person is told (RFC 8628, section 3.2). ``minutes`` it is good for."""

    code: str
    where: str
    minutes: int
    secret: str
    interval: float


def device_code(endpoints: Endpoints) -> DeviceCode:
    """Ask for a code. Raises `OAuthError` and `OAuthUnavailableError`."""
    said = ask(endpoints.device, {"client_id": endpoints.client_id, "scope": endpoints.scope})
    where = str(said.get("verification_uri") or said.get("verification_url") or "")
    code, secret = str(said.get("user_code") or ""), str(said.get("device_code") or "")
    if not (where and code and secret):
        raise OAuthUnavailableError("the server's answer holds no code")
    return DeviceCode(
        code=in_words(code),
        where=in_words(where),
        minutes=max(int(_seconds(said, "expires_in", _LIFE) // 60), 1),
        secret=secret,
        interval=_seconds(said, "interval", _INTERVAL),
    )


def _seconds(said: dict[str, Any], name: str, otherwise: float) -> float:
    value = said.get(name)
    good = isinstance(value, int | float) and 0 < value < 86_400
    return float(value) if good and value is not None else otherwise


def wait_for_person(
    endpoints: Endpoints,
    code: DeviceCode,
    now: Callable[[], datetime],
    sleep: Callable[[float], None] = time.sleep,
) -> Tokens:
    """Ask until the person has signed in. Raises `OAuthError` where they refused or were late."""
    form = {"grant_type": _DEVICE, "device_code": code.secret} | endpoints.client()
    interval, waited = code.interval, 0.0
    while waited < code.minutes * 60:
        sleep(interval)
        waited += interval
        try:
            return tokens_in(ask(endpoints.token, form), now())
        except OAuthUnavailableError:
            interval = min(interval * 2, _MOST_INTERVAL)  # RFC 8628, section 3.5
        except OAuthError as error:
            if error.code == "slow_down":
                interval = min(interval + 5, _MOST_INTERVAL)
            elif error.code != "authorization_pending":
                raise
    raise OAuthError("expired_token", "nobody signed in in time")


@dataclass(frozen=True, slots=True, kw_only=True)
class BrowserVisit:
    """An address for a browser, and what proves that its answer is ours (RFC 7636)."""

    url: str
    state: str
    verifier: str


def browser_visit(endpoints: Endpoints, user: str) -> BrowserVisit:
    """Where a person signs in with a browser."""
    state, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    digest = hashlib.sha256(verifier.encode()).digest()
    query = {
        "response_type": "code",
        "client_id": endpoints.client_id,
        "redirect_uri": _REDIRECT,
        "scope": endpoints.scope,
        "state": state,
        "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        "code_challenge_method": "S256",
        "login_hint": user,
    } | dict(endpoints.more)
    return BrowserVisit(
        url=f"{endpoints.browser}?{urlencode(query)}", state=state, verifier=verifier
    )


def tokens_for(endpoints: Endpoints, visit: BrowserVisit, came_to: str, now: datetime) -> Tokens:
    """The tokens for the address that the browser came to at last.

    Raises `OAuthError` where the person refused or it is not the answer to this visit.
    """
    answer = {key: values[0] for key, values in parse_qs(urlsplit(came_to.strip()).query).items()}
    if "error" in answer:
        raise OAuthError(in_words(answer["error"]), in_words(answer.get("error_description", "")))
    if "code" not in answer:
        raise OAuthError("no code", "copy the whole address, from http:// to its end")
    if not secrets.compare_digest(answer.get("state", "").encode(), visit.state.encode()):
        raise OAuthError("another visit", "the address is the answer to an earlier try")
    form = {
        "grant_type": "authorization_code",
        "code": answer["code"],
        "redirect_uri": _REDIRECT,
        "code_verifier": visit.verifier,
    }
    return tokens_in(ask(endpoints.token, endpoints.client() | form), now)
