"""Where tokens are had, and what is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import quote

from pydantic import SecretStr

from gateway.channels.email.mailbox_settings import OAuth2Table, Provider

_MICROSOFT = "https://login.microsoftonline.com/{tenant}/oauth2/v2.0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """The addresses of a provider, and this application as it is known there.

    ``in_browser``: people are sent there with a browser, as the provider gives out no device
    codes for mail. ``more`` are parameters of its own for that.
    """

    token: str
    device: str = ""
    browser: str = ""
    scope: str = ""
    client_id: str
    client_secret: SecretStr = field(default_factory=lambda: SecretStr(""))
    in_browser: bool = False
    more: tuple[tuple[str, str], ...] = ()

    def client(self) -> dict[str, str]:
        """How this application names itself in a request (RFC 6749, section 2.3.1)."""
        secret = self.client_secret.get_secret_value()
        return {"client_id": self.client_id} | ({"client_secret": secret} if secret else {})


def endpoints_of(table: OAuth2Table) -> Endpoints:
    """Those of a config: what it gives goes before what the provider has."""
    known = _OF[table.provider](table)
    return Endpoints(
        token=table.token_url or known.token,
        device=table.device_url or known.device,
        browser=table.auth_url or known.browser,
        scope=table.scope or known.scope,
        client_id=table.client_id,
        client_secret=table.client_secret,
        in_browser=known.in_browser and not table.device_url,
        more=known.more,
    )


def _microsoft(table: OAuth2Table) -> Endpoints:
    """See https://learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code."""
    base = _MICROSOFT.format(tenant=quote(table.tenant or "common", safe=""))
    return Endpoints(
        token=f"{base}/token",
        device=f"{base}/devicecode",
        browser=f"{base}/authorize",
        scope="https://outlook.office.com/IMAP.AccessAsUser.All offline_access",
        client_id=table.client_id,
    )


def _google(table: OAuth2Table) -> Endpoints:
    """See https://developers.google.com/identity/protocols/oauth2/native-app.

    Google gives out device codes as well, but not for mail.
    """
    return Endpoints(
        token="https://oauth2.googleapis.com/token",  # noqa: S106 - an address
        device="https://oauth2.googleapis.com/device/code",
        browser="https://accounts.google.com/o/oauth2/v2/auth",
        scope="https://mail.google.com/",
        client_id=table.client_id,
        in_browser=True,
        more=(("access_type", "offline"), ("prompt", "consent")),
    )


def _other(table: OAuth2Table) -> Endpoints:
    return Endpoints(token="", client_id=table.client_id, in_browser=bool(table.auth_url))


_OF = {Provider.MICROSOFT: _microsoft, Provider.GOOGLE: _google, Provider.NONE: _other}
