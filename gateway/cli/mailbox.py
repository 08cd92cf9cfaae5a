"""`gateway mailbox`: what a person does for a mailbox that mail is fetched from."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.context import Desk, desk_of
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.frame import group
from gateway.cli.terminal import line

if TYPE_CHECKING:
    from gateway.channels.email.imap.oauth.access import AccessTokens
    from gateway.channels.email.imap.oauth.endpoints import Endpoints
    from gateway.channels.email.imap.oauth.tokens import TokenBox, Tokens
    from gateway.channels.email.mailbox_settings import MailboxTable

app = group(help="Mailboxes that mail is fetched from.")


@app.callback()
def _mailbox() -> None:
    """Mailboxes that mail is fetched from."""


@app.command()
def login(
    ctx: typer.Context,
    mailbox: Annotated[
        str | None,
        typer.Argument(metavar="MAILBOX", help="its user, or its place in the config from 1"),
    ] = None,
    browser: Annotated[
        bool, typer.Option("--browser", help="sign in in a browser, not with a device code")
    ] = False,
) -> None:
    """Sign in to a mailbox with auth = "xoauth2", so that the desk may read it.

    What comes of it is kept in the database, and the daemon goes on with it by itself. Once is
    enough, until the provider wants to see you again: then the leads are told.
    """
    from gateway.channels.email.imap.mailboxes import access_tokens, token_box
    from gateway.channels.email.imap.oauth.endpoints import endpoints_of
    from gateway.store.notebook import StoredNotebook

    desk = desk_of(ctx)
    table = _table(desk, mailbox)
    if table.oauth2 is None:
        raise AssertionError("a mailbox with xoauth2 has its table")
    endpoints = endpoints_of(table.oauth2)
    book = desk.book
    with desk.database() as database:
        notebook = StoredNotebook(database)
        tokens = _tokens(endpoints, table.user, browser=browser)
        _keep(tokens, table, token_box(table, notebook, book))
        print(f"The desk may read {line(table.user)} from now on.")
        _try(table, access_tokens(table, notebook, book, _now))


def _table(desk: Desk, wanted: str | None) -> MailboxTable:
    """The mailbox that is meant. Raises RefusedError that says which there are."""
    from gateway.channels.email.mailbox_settings import Auth

    section = desk.loaded.sections.get("email")
    every: tuple[MailboxTable, ...] = getattr(section, "mailbox", ())
    boxes = [box for box in every if box.auth is Auth.XOAUTH2]
    if not boxes:
        raise RefusedError(f'{desk.loaded.path}: no [[email.mailbox]] with auth = "xoauth2"')
    users = ", ".join(dict.fromkeys(line(b.user) for b in boxes))
    if wanted is None:
        if len({(b.host, b.user) for b in boxes}) > 1:
            raise RefusedError(f"which mailbox? There are {users}")
        return boxes[0]
    if wanted.isdecimal() and 0 < int(wanted) <= len(every) and every[int(wanted) - 1] in boxes:
        return every[int(wanted) - 1]
    named = [b for b in boxes if b.user.casefold() == wanted.casefold()]
    if not named:
        raise RefusedError(f'no mailbox "{wanted}" with auth = "xoauth2"; there are {users}')
    return named[0]


def _tokens(endpoints: Endpoints, user: str, *, browser: bool) -> Tokens:
    from gateway.channels.email.imap.oauth.asking import OAuthError, OAuthUnavailableError

    in_browser = browser or endpoints.in_browser or not endpoints.device
    if in_browser and not endpoints.browser:
        raise RefusedError("the table oauth2 has neither device_url nor auth_url")
    try:
        return _by_browser(endpoints, user) if in_browser else _by_code(endpoints, user)
    except (OAuthError, OAuthUnavailableError) as error:
        raise FailedError(f"signing in failed: {line(str(error))}") from None


def _by_code(endpoints: Endpoints, user: str) -> Tokens:
    from gateway.channels.email.imap.oauth.signing_in import device_code, wait_for_person

    code = device_code(endpoints)
    print(f"To let the desk read {line(user)}:")
    print(f"  1. Open {code.where} in a browser, on any machine.")
    print(f"  2. Enter the code {code.code} within {code.minutes} minutes.")
    print(f"  3. Sign in as {line(user)}, and agree.")
    print("Waiting for you. (Ctrl-C gives up.)", flush=True)
    return wait_for_person(endpoints, code, _now, time.sleep)


def _by_browser(endpoints: Endpoints, user: str) -> Tokens:
    from gateway.channels.email.imap.oauth.signing_in import browser_visit, tokens_for

    visit = browser_visit(endpoints, user)
    print(f"To let the desk read {line(user)}:")
    print("  1. Open this address in a browser, on any machine:")
    print(f"     {visit.url}")
    print(f"  2. Sign in as {line(user)}, and agree.")
    print("  3. The browser then finds no page, and that is right. Copy the address that it shows,")
    print("     which begins with http://127.0.0.1, and paste it here.", flush=True)
    return tokens_for(endpoints, visit, typer.prompt("Address", hide_input=True), _now())


def _keep(tokens: Tokens, table: MailboxTable, box: TokenBox) -> None:
    import dataclasses

    from gateway.channels.email.imap.oauth.tokens import digest_of

    if not tokens.refresh.get_secret_value():
        raise FailedError(
            "the provider gave no refresh token, so this would end within the hour: "
            "the application needs leave for it (scope offline_access, or access_type offline)"
        )
    given = digest_of(table.oauth2.refresh_token) if table.oauth2 else ""
    box.keep(dataclasses.replace(tokens, given=given))


def _try(table: MailboxTable, keys: AccessTokens) -> None:
    """Whether the mailbox really opens with it; what is kept stays kept."""
    from gateway.channels.email.imap.checking import check_mailbox
    from gateway.channels.email.imap.options import options_of
    from gateway.core.ports import Verdict

    for found in check_mailbox(options_of(table, 1), keys):
        if found.verdict is Verdict.BROKEN:
            raise FailedError(f"but it does not open yet: {line(found.said)}")
        print(line(found.said))


def _now() -> datetime:
    return datetime.now(UTC)
