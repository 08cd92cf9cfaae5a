"""The [[email.mailbox]] tables: mailboxes that mail is fetched from (IMAP)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any

from pydantic import Field, SecretStr

from gateway.channels.email.security import Security
from gateway.settings.faults import Doubt
from gateway.settings.table import Table
from gateway.settings.types import Line, Name, PresentFile, Secret, Wait, Whole


class Auth(StrEnum):
    """How we log in."""

    PASSWORD = "password"  # noqa: S105 - the word in the config
    XOAUTH2 = "xoauth2"


class First(StrEnum):
    """What is taken in of what a mailbox holds when it is met for the first time."""

    UNSEEN = "unseen"
    ALL = "all"
    NEW = "new"


class After(StrEnum):
    """What becomes of a mail in its mailbox once it is taken in."""

    SEEN = "seen"
    MOVE = "move"
    DELETE = "delete"


class Provider(StrEnum):
    """Whose addresses for OAuth2 are known."""

    NONE = ""
    MICROSOFT = "microsoft"
    GOOGLE = "google"


class OAuth2Table(Table):
    """[email.mailbox.oauth2]: for auth = "xoauth2"."""

    provider: Provider = Field(
        Provider.NONE, description="whose addresses are used; empty: those given below"
    )
    tenant: Line = Field("", description='Microsoft: directory id or domain; empty: "common"')
    client_id: Line = Field("", description="the application's id, as registered there")
    client_secret: Secret = Field(
        SecretStr(""),
        examples=["OAUTH2_CLIENT_SECRET"],
        description="the application's secret, where it has one",
    )
    refresh_token: Secret = Field(
        SecretStr(""),
        examples=["OAUTH2_REFRESH_TOKEN"],
        description="one had elsewhere; `gateway mailbox login` gets and keeps one by itself",
    )
    scope: Line = Field("", description="what is asked for; empty: the provider's for IMAP")
    token_url: Line = Field("", description="where tokens are given out; empty: the provider's")
    device_url: Line = Field("", description="where a device code is had; empty: the provider's")
    auth_url: Line = Field("", description="where a browser is sent; empty: the provider's")

    def doubts(self) -> Iterator[Doubt]:
        for key in ("token_url", "device_url", "auth_url"):
            given = getattr(self, key)
            if given and not given.startswith(("https://", "http://127.0.0.1", "http://localhost")):
                expected = "an address that begins with https://"
                yield Doubt(place=(key,), found=f'found "{given}"', expected=expected)


class MailboxTable(Table):
    """[[email.mailbox]]: a mailbox that mail is fetched from (IMAP); any number of them."""

    host: Name = Field(examples=["imap.acme.example"], description="the IMAP server")
    port: Whole = Field(993, ge=1, le=65_535, description='its port; mostly 143 with "starttls"')
    security: Security = Field(
        Security.TLS,
        description='"tls" and "starttls" ask for a valid certificate; "none" sends in clear',
    )
    tls_ca: PresentFile = Field(
        None, description="PEM file of the authority to trust; empty: the system's"
    )
    user: Name = Field(examples=["support@acme.example"], description="name to log in with")
    password: Secret = Field(
        SecretStr(""), examples=["IMAP_PASSWORD"], description="password to log in with"
    )
    auth: Auth = Field(Auth.PASSWORD, description='"xoauth2" needs the table oauth2')
    folder: Name = Field("INBOX", description="the folder that mail arrives in")
    first: First = Field(
        First.UNSEEN,
        description="what is taken in of what is there at first contact; later, all that is new",
    )
    after: After = Field(After.SEEN, description="what becomes of a mail there once it is taken in")
    move_to: Line = Field("Processed", description='the folder for after = "move"')
    poll: Wait = Field(
        timedelta(minutes=1), description="how often to look, where the server cannot tell (IDLE)"
    )
    max_message_bytes: Whole = Field(
        26_214_400, ge=1_024, description="larger mails stay where they are, and the lead is told"
    )
    timeout: Wait = Field(timedelta(seconds=30), description="the longest wait for an answer")
    oauth2: OAuth2Table | None = Field(None, description='for auth = "xoauth2"')

    @classmethod
    def wanted(cls, given: Mapping[str, Any]) -> Mapping[str, str]:
        if given.get("auth", "password") == "password":
            return {"password": f"the password of {given.get('user')} at {given.get('host')}"}
        return {}

    def doubts(self) -> Iterator[Doubt]:
        if self.after is After.MOVE and self.move_to in ("", self.folder):
            expected = "another folder than the one that mail arrives in"
            yield Doubt(place=("move_to",), found=f'found "{self.move_to}"', expected=expected)
        if self.auth is Auth.XOAUTH2:
            yield from _oauth2_doubts(self.oauth2)


def _oauth2_doubts(oauth2: OAuth2Table | None) -> Iterator[Doubt]:
    if oauth2 is None:
        expected = "a table with provider and client_id"
        yield Doubt(place=("oauth2",), found="not given", expected=expected)
        return
    if not oauth2.client_id:
        expected = "the id of an application registered with the provider"
        yield Doubt(place=("oauth2", "client_id"), found="not given", expected=expected)
    if oauth2.provider is Provider.NONE and not oauth2.token_url:
        expected = '"microsoft" or "google", or a token_url'
        yield Doubt(place=("oauth2", "provider"), found="not given", expected=expected)


def same_mailboxes(mailboxes: tuple[MailboxTable, ...]) -> Iterator[Doubt]:
    """A doubt for each mailbox that stands there a second time."""
    first: dict[tuple[str, int, str, str], int] = {}
    for n, box in enumerate(mailboxes):
        key = (box.host.lower(), box.port, box.user, box.folder)
        earlier = first.setdefault(key, n)
        if earlier != n:
            found = f'found "{box.folder}" of "{box.user}", which email.mailbox[{earlier + 1}] has'
            yield Doubt(place=("mailbox", n), found=found, expected="each folder once")
