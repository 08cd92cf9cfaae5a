"""OAuth2: how tokens are had, kept, refreshed and said; against strict servers."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import SecretStr

from gateway.channels.email.imap import mailbox
from gateway.channels.email.imap.mailboxes import access_tokens, token_box
from gateway.channels.email.imap.oauth.access import AccessTokens
from gateway.channels.email.imap.oauth.asking import OAuthError, OAuthUnavailableError
from gateway.channels.email.imap.oauth.endpoints import Endpoints, endpoints_of
from gateway.channels.email.imap.oauth.signing_in import (
    browser_visit,
    device_code,
    tokens_for,
    wait_for_person,
)
from gateway.channels.email.imap.oauth.tokens import Tokens
from gateway.channels.email.imap.options import options_of
from gateway.channels.email.imap.troubles import LoginError, LostError
from gateway.channels.email.mailbox_settings import Auth, MailboxTable, OAuth2Table, Provider
from gateway.core.addresses import AddressBook, Key
from tests.channels.email.imap.watched import MemoryNotebook, Watched, eventually, letter
from tests.servers import free_port
from tests.servers.bearer_imap import BearerImap, bearer_imap
from tests.servers.oauth import TokenServer, token_server

USER = "support@acme.example"


def book(*secrets: bytes) -> AddressBook:
    """The desk's address book, whose keys seal the tokens; the first secret counts."""
    keys = tuple(Key(id=secret[0] % 16, secret=secret) for secret in secrets)
    return AddressBook(keys=keys, desk_address=USER, queues={})


BOOK = book(b"a secret of the tests")


@pytest.fixture
def server() -> Iterator[TokenServer]:
    with token_server(TokenServer()) as running:
        yield running


class Clock:
    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


def table_of(server: TokenServer, **more: object) -> MailboxTable:
    given = {
        "host": "127.0.0.1",
        "user": USER,
        "security": "none",
        "auth": "xoauth2",
        "oauth2": {
            "client_id": server.client_id,
            "client_secret": server.client_secret,
            "scope": server.scope,
            "token_url": server.url("token"),
            "device_url": server.url("device"),
            "auth_url": server.url("auth"),
        },
    }
    oauth2 = given["oauth2"] | more.pop("oauth2", {})  # type: ignore[operator]
    return MailboxTable.model_validate(given | {"oauth2": oauth2} | more)


def endpoints(server: TokenServer) -> Endpoints:
    table = table_of(server).oauth2
    assert table is not None
    return endpoints_of(table)


def signed_in(server: TokenServer, notebook: MemoryNotebook, clock: Clock) -> AccessTokens:
    """A mailbox whose person has signed in by a device code just now."""
    code = device_code(endpoints(server))
    tokens = wait_for_person(endpoints(server), code, clock, lambda _seconds: None)
    token_box(table_of(server), notebook, BOOK).keep(tokens)
    return access_tokens(table_of(server), notebook, BOOK, clock)


def test_a_device_code_is_told_and_waited_for(server: TokenServer):
    naps: list[float] = []
    code = device_code(endpoints(server))
    assert (code.code, code.where, code.minutes) == ("WXYZ-1234", server.url("enter"), 15)
    server.broken = 1
    tokens = wait_for_person(endpoints(server), code, Clock(), naps.append)
    assert tokens.access.get_secret_value() == server.issued[-1]
    assert naps == [1, 2, 7, 7]  # unavailable: twice as long; slow down: 5 s more (RFC 8628)
    assert server.issued[-1] not in repr(tokens)
    assert tokens.refresh.get_secret_value() not in repr(tokens)


def test_a_person_who_refuses(server: TokenServer):
    server.denied = True
    code = device_code(endpoints(server))
    with pytest.raises(OAuthError, match=r"^access_denied: They said no\.$"):
        wait_for_person(endpoints(server), code, Clock(), lambda _seconds: None)


def test_a_person_who_never_comes(server: TokenServer):
    server.pending = 10**6
    code = device_code(endpoints(server))
    naps: list[float] = []
    with pytest.raises(OAuthError, match="expired_token"):
        wait_for_person(endpoints(server), code, Clock(), naps.append)
    assert 900 <= sum(naps) < 1000


def test_a_browser_visit(server: TokenServer):
    visit = browser_visit(endpoints(server), USER)
    came_to = server.agree(visit.url)
    tokens = tokens_for(endpoints(server), visit, f" {came_to}\n", datetime.now(UTC))
    assert tokens.access.get_secret_value() == server.issued[-1]


@pytest.mark.parametrize(
    ("came_to", "why"),
    [
        ("http://127.0.0.1:8914/?code=abc&state=other", "another visit"),
        ("http://127.0.0.1:8914/?error=access_denied", "access_denied"),
        ("http://127.0.0.1:8914/", "copy the whole address"),
        ("", "copy the whole address"),
    ],
)
def test_an_address_that_is_no_answer(server: TokenServer, came_to: str, why: str):
    with pytest.raises(OAuthError, match=why):
        tokens_for(endpoints(server), browser_visit(endpoints(server), USER), came_to, Clock()())


def test_a_token_is_refreshed_in_time_and_the_new_refresh_token_kept(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    keys = signed_in(server, notebook, clock)
    first = keys.secret()
    clock.advance(minutes=29)
    assert keys.secret() == first
    clock.advance(minutes=2)
    second = keys.secret()
    assert second != first
    clock.advance(minutes=31)
    again = access_tokens(table_of(server), notebook, BOOK, clock)  # as after a restart
    assert again.secret() not in (first, second)
    assert len(server.used) == 2
    assert again.doubt == ""


def test_a_refresh_token_that_is_not_rotated_stays(server: TokenServer):
    server.rotates = False
    notebook, clock = MemoryNotebook(), Clock()
    keys = signed_in(server, notebook, clock)
    for _ in range(3):
        clock.advance(hours=2)
        keys.secret()
    assert len(set(server.issued)) == 4


def test_a_dead_refresh_token_is_told_while_the_access_token_is_good(server: TokenServer):
    clock = Clock()
    keys = signed_in(server, MemoryNotebook(), clock)
    first = keys.secret()
    server.refuses = True
    clock.advance(minutes=31)
    assert keys.secret() == first
    assert "AADSTS700082: expired" in keys.doubt
    assert "gateway mailbox login" in keys.doubt
    clock.advance(minutes=30)
    with pytest.raises(LoginError, match="gateway mailbox login") as raised:
        keys.secret()
    assert raised.value.key == "oauth2"


def test_a_server_that_is_away_is_waited_for(server: TokenServer):
    clock = Clock()
    keys = signed_in(server, MemoryNotebook(), clock)
    first = keys.secret()
    server.broken = 2
    clock.advance(minutes=31)
    assert keys.secret() == first
    clock.advance(minutes=40)
    with pytest.raises(LostError, match="status 503"):
        keys.secret()
    assert keys.secret() != first


def test_the_end_of_a_refresh_token_is_told_a_week_before(server: TokenServer):
    server.refresh_life = 30 * 86_400
    clock = Clock()
    keys = signed_in(server, MemoryNotebook(), clock)
    keys.secret()
    assert keys.doubt == ""
    server.rotates = False
    clock.advance(days=24)
    keys.secret()
    assert keys.doubt.startswith("the refresh token is good until")


def test_a_refresh_token_of_the_config(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    first = table_of(server, oauth2={"refresh_token": server.new_refresh_token()})
    keys = access_tokens(first, notebook, BOOK, clock)
    assert keys.secret() == server.issued[-1]
    clock.advance(hours=2)
    keys.secret()  # by the rotated one, and not by the one of the config
    assert len(server.used) == 2
    another = table_of(server, oauth2={"refresh_token": server.new_refresh_token()})
    access_tokens(another, notebook, BOOK, clock).secret()
    assert len(server.used) == 3


def test_who_never_signed_in_is_told_how(server: TokenServer):
    keys = access_tokens(table_of(server), MemoryNotebook(), BOOK, Clock())
    with pytest.raises(LoginError, match="no token was ever had: run `gateway mailbox login`"):
        keys.secret()


@pytest.mark.parametrize("answer", [{}, {"access_token": ""}, {"access_token": "a\r\nb"}])
def test_an_answer_without_a_token(server: TokenServer, monkeypatch, answer: dict[str, str]):
    monkeypatch.setattr(server, "_tokens", lambda: (200, answer))
    server.pending = 0
    with pytest.raises(OAuthError, match="invalid_grant"):  # the code was good once
        wait_for_person(
            endpoints(server), device_code(endpoints(server)), Clock(), lambda _seconds: None
        )


def test_a_server_that_is_not_there():
    nobody = Endpoints(token="", device=f"http://127.0.0.1:{free_port()}/device", client_id="x")
    with pytest.raises(OAuthUnavailableError, match="cannot be reached"):
        device_code(nobody)


@pytest.mark.parametrize(
    ("given", "token", "in_browser"),
    [
        (
            {"provider": Provider.MICROSOFT, "tenant": "acme.example"},
            "https://login.microsoftonline.com/acme.example/oauth2/v2.0/token",
            False,
        ),
        (
            {"provider": Provider.MICROSOFT, "tenant": "../x"},
            "https://login.microsoftonline.com/..%2Fx/oauth2/v2.0/token",
            False,
        ),
        ({"provider": Provider.GOOGLE}, "https://oauth2.googleapis.com/token", True),
        ({"token_url": "https://id.example/token"}, "https://id.example/token", False),
        (
            {"token_url": "https://id.example/token", "auth_url": "https://id.example/auth"},
            "https://id.example/token",
            True,
        ),
    ],
)
def test_providers(given: dict[str, object], token: str, in_browser: bool):
    found = endpoints_of(OAuth2Table.model_validate(given | {"client_id": "x"}))
    assert (found.token, found.in_browser) == (token, in_browser)


def test_no_secret_is_in_a_repr(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    keys = signed_in(server, notebook, clock)
    tokens = token_box(table_of(server), notebook, BOOK).load()
    assert isinstance(tokens, Tokens)
    table = table_of(server)
    shown = f"{keys!r} {vars(keys)!r} {tokens!r} {table!r} {options_of(table, 1)!r}"
    for secret in (*server.issued, *server.refresh, server.client_secret):
        assert secret not in shown


async def test_the_token_is_said_as_the_server_wants_it(server: TokenServer, monkeypatch):
    monkeypatch.setattr(mailbox, "_IDLE", (0.2, 0.2))
    watched = Watched()
    server.pending = 0
    keys = signed_in(server, watched.notebook, Clock())
    good = set(server.issued)
    async with bearer_imap(BearerImap(USER, good.__contains__, letter("by token"))) as imap:
        table = table_of(server, port=imap.port, poll="1s", first="all")
        box = options_of(table, 1)
        assert box.auth is Auth.XOAUTH2
        async with watched.watching(box, keys=keys):
            assert await watched.until(1) == ["by token"]
        assert imap.said == [f"user={USER}\x01auth=Bearer {server.issued[0]}\x01\x01"]


async def test_a_token_that_the_mail_server_refuses(server: TokenServer):
    watched = Watched()
    server.pending = 0
    keys = signed_in(server, watched.notebook, Clock())
    async with bearer_imap(BearerImap(USER, lambda _token: False, b"")) as imap:
        box = options_of(table_of(server, port=imap.port), 1)
        async with watched.watching(box, keys=keys):
            await eventually(lambda: watched.inbox.troubles)
    (trouble,) = watched.inbox.troubles
    assert "does not take the access token" in trouble.words
    assert "status 401" in trouble.words
    assert "email.mailbox[1].oauth2" in trouble.words
    assert server.issued[0] not in trouble.words
    assert imap.after_refusal == [b"\r\n"]


async def test_leads_hear_before_a_token_dies(server: TokenServer, monkeypatch):
    monkeypatch.setattr(mailbox, "_IDLE", (0.1, 0.1))
    watched, clock = Watched(), Clock()
    server.pending = 0
    keys = signed_in(server, watched.notebook, clock)
    async with bearer_imap(BearerImap(USER, lambda _token: True, letter())) as imap:
        box = options_of(table_of(server, port=imap.port, poll="1s"), 1)
        async with watched.watching(box, keys=keys):
            await watched.until(1)
            server.refuses = True
            clock.advance(minutes=31)
            await eventually(lambda: watched.inbox.troubles)
            (trouble,) = watched.inbox.troubles
            assert trouble.key == f"email.mailbox {USER} oauth2"
            assert trouble.words.startswith("Mail is fetched still, but the refresh token")
            server.refuses = False
            await eventually(lambda: watched.inbox.troubles[-1].over)


def test_a_secret_is_given_in_the_form_alone(server: TokenServer):
    """Never in the address, which proxies and servers write down."""
    keys = signed_in(server, MemoryNotebook(), Clock())
    keys.secret()
    assert all(
        "client_secret" not in e for e in (endpoints(server).token, endpoints(server).device)
    )
    assert SecretStr(server.client_secret) == endpoints(server).client_secret


def test_the_database_alone_opens_no_mailbox(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    keys = signed_in(server, notebook, clock)
    clock.advance(hours=2)
    keys.secret()
    kept = repr(notebook.books)
    assert len(server.issued) == 2
    assert not [s for s in (*server.issued, *server.refresh) if s in kept]


def test_tokens_that_an_earlier_version_kept_are_sealed(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    keys = signed_in(server, notebook, clock)
    good = keys.secret()
    ((key, note),) = notebook.scan("email.oauth2")
    (refresh,) = server.refresh
    in_clear = {"v": 1, "access": good, "refresh": refresh}
    notebook.write("email.oauth2", {key: {**note, **in_clear}})
    assert keys.secret() == good
    assert refresh not in repr(notebook.books)
    assert keys.secret() == good


def test_tokens_outlive_a_change_of_the_secret(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    good = signed_in(server, notebook, clock).secret()
    changed = book(b"b the next secret", b"a secret of the tests")
    assert access_tokens(table_of(server), notebook, changed, clock).secret() == good


def test_a_secret_that_was_lost_is_said(server: TokenServer):
    notebook, clock = MemoryNotebook(), Clock()
    signed_in(server, notebook, clock)
    for lost in (book(b"b another one"), book(b"a other one")):
        with pytest.raises(LoginError, match="put that one into previous_secrets, or run"):
            access_tokens(table_of(server), notebook, lost, clock).secret()
    given = table_of(server, oauth2={"refresh_token": server.new_refresh_token()})
    assert access_tokens(given, notebook, book(b"b another one"), clock).secret()
