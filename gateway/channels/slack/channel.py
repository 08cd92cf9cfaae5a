"""The channel itself: who it is, its line to Slack, and what is in the way."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.arriving import Answer, Arrivals
from gateway.channels.slack.bolt import Signed, answer_hook, app_of, dispatch
from gateway.channels.slack.checking import check_slack
from gateway.channels.slack.conversations import Conversations
from gateway.channels.slack.failures import OF_THE_TOKEN, LostError, SlackError
from gateway.channels.slack.fetching import Files
from gateway.channels.slack.home import Home
from gateway.channels.slack.identity import Identity, identity_of
from gateway.channels.slack.interacting import Desk
from gateway.channels.slack.known import WITHIN, Known
from gateway.channels.slack.memory import Threads
from gateway.channels.slack.people import People
from gateway.channels.slack.reading import ReadOptions, read
from gateway.channels.slack.sending.faces import Face
from gateway.channels.slack.sending.places import Places
from gateway.channels.slack.sending.posting import Poster
from gateway.channels.slack.settings import SlackTable
from gateway.channels.slack.socket_mode import SocketMode
from gateway.channels.slack.troubles import APP_TOKEN, BOT_TOKEN, LINE, Troubles
from gateway.core.model import Message, Party
from gateway.core.ports import (
    Door,
    Finding,
    Hook,
    HookReply,
    HookRequest,
    Incoming,
    Outbound,
    Receipt,
    Surroundings,
)

PATH = "/slack/events"
_LONG_AWAY = 6  # lines in vain before somebody is told
_AGAIN = (1.0, 2.0, 5.0, 15.0, 60.0)  # seconds before Slack is asked again who we are
log = structlog.get_logger(__name__)


class SlackChannel:
    """See `core.ports.Channel`."""

    name = "slack"

    def __init__(self, table: SlackTable, around: Surroundings) -> None:
        self._table = table
        self._around = around
        self._web = Web(table.api_url, table.bot_token)
        self._app_web = Web(table.api_url, table.app_token)
        self._threads = Threads(around.notebook)
        self._places = Places(self._web, around.notebook, table.triage_channel)
        self._poster = Poster(self._web, self._places, self._threads, self._face)
        self._files = Files(self._web, table.api_url)
        self._signed = Signed(table.signing_secret, around.now)
        self._people = People(self._web, around.notebook, around.now, table.mail_domains)
        self._conversations = Conversations(self._web, around.notebook)
        self._reading = ReadOptions(room=table.triage_channel, queue=table.queue)
        self._arrivals: Arrivals | None = None
        self._me: Identity | None = None
        self._app = app_of(self._web.bare_client(), self._take)

    def __repr__(self) -> str:
        return f"SlackChannel({self._table.api_url})"

    @property
    def by_http(self) -> bool:
        """Whether Slack posts to the desk; else the desk holds a line to Slack."""
        return self._around.web and bool(self._table.signing_secret.get_secret_value())

    def read(self, incoming: Incoming) -> Message:
        """A payload as the core sees it."""
        return read(incoming, self._reading)

    async def run(self, door: Door, ready: Callable[[], None]) -> None:
        """Take in until cancelled.

        It is ready once Slack was tried: one that is down, or that does not take a token, is
        tried again and waited for by nobody.
        """
        troubles = Troubles(door)
        revoked = asyncio.Event()
        self._web.on_refused = lambda _code: revoked.set()
        desk = Desk(self._web, self._table.canned, self._home())
        try:
            me = self._me = await self._identity(troubles, ready)
            self._arrivals = self._arriving(door, me, desk, revoked)
            watching = asyncio.create_task(self._watch(troubles, revoked))
            try:
                await self._listen(troubles, ready)
            finally:
                watching.cancel()
                await asyncio.gather(watching, return_exceptions=True)
        finally:
            self._arrivals = None
            desk.close()

    async def _identity(self, troubles: Troubles, ready: Callable[[], None]) -> Identity:
        """Who we are, asked until Slack says it."""
        vain = 0
        while True:
            try:
                me = identity_of(await self._web.call("auth.test"))
            except (SlackError, LostError) as error:
                self._tell(troubles, error, BOT_TOKEN)
                ready()
                await asyncio.sleep(_AGAIN[min(vain, len(_AGAIN) - 1)])
                vain += 1
            else:
                troubles.over(BOT_TOKEN)
                troubles.over(LINE)
                return me

    async def _watch(self, troubles: Troubles, revoked: asyncio.Event) -> None:
        """Once the token was refused: say so, and ask now and then whether it is taken again."""
        while True:
            await revoked.wait()
            revoked.clear()
            vain = 0
            while not await self._is_taken(troubles):
                await asyncio.sleep(_AGAIN[min(vain, len(_AGAIN) - 1)])
                vain += 1
            revoked.clear()

    async def _is_taken(self, troubles: Troubles) -> bool:
        try:
            await self._web.call("auth.test")
        except SlackError as error:
            self._tell(troubles, error, BOT_TOKEN)
            return error.code not in OF_THE_TOKEN
        except LostError:
            return False
        troubles.over(BOT_TOKEN)
        return True

    def _tell(self, troubles: Troubles, error: SlackError | LostError, key: str) -> None:
        if isinstance(error, SlackError) and error.code != "ratelimited":
            troubles.there(key, error.code)
        else:
            troubles.there(LINE, str(error))
        log.warning("slack_not_up", error=str(error))

    async def _listen(self, troubles: Troubles, ready: Callable[[], None]) -> None:
        if self.by_http:
            ready()
            await asyncio.Event().wait()
            return
        line = SocketMode(self._app_web, self._answers)

        def up() -> None:
            troubles.over(APP_TOKEN)
            troubles.over(LINE)
            ready()

        def down(why: SlackError | LostError, times: int) -> None:
            if isinstance(why, SlackError) or times >= _LONG_AWAY:
                self._tell(troubles, why, APP_TOKEN)
            ready()

        line.on_up, line.on_down = up, down
        await line.run()

    async def _answers(self, payload: Mapping[str, Any]) -> bool:
        return (await dispatch(self._app, self._take, payload)).status == 200

    async def _take(self, payload: Mapping[str, Any]) -> Answer:
        if payload.get("type") == "url_verification":
            return Answer(body={"challenge": str(payload.get("challenge", ""))})
        arrivals = self._arrivals
        return await arrivals.take(payload) if arrivals is not None else Answer(503)

    def _arriving(self, door: Door, me: Identity, desk: Desk, revoked: asyncio.Event) -> Arrivals:
        return Arrivals(
            intake=door,
            now=self._around.now,
            table=self._table,
            known=Known(
                me=me,
                people=self._people,
                conversations=self._conversations,
                threads=self._threads,
                direct=self._places.direct,
            ),
            desk=desk,
            on_revoked=lambda _kind: revoked.set(),
            is_agent=lambda id: self._around.is_agent(Party(channel=self.name, address=id)),
        )

    def _home(self) -> Home:
        return Home(self._web, self._around.own_tickets, self._table.command)

    async def send(self, outbound: Outbound) -> Receipt:
        """Post it."""
        return await self._poster.send(outbound)

    async def _face(self, who: Party) -> Face | None:
        """Somebody's picture, once it is known whose workspace they are looked up in."""
        if self._me is None:
            return None
        found = await self._people.among([who.address], self._me.team, WITHIN)
        person = found.get(who.address)
        if person is None or not person.picture:
            return None
        return Face(url=person.picture, name=person.name or who.shown)

    async def fetch(self, ref: str, most: int) -> bytes:
        """See `core.ports.Fetches`."""
        return await self._files.fetch(ref, most)

    def hooks(self) -> Mapping[str, Hook]:
        """See `core.ports.Hooks`."""
        return {PATH: self._hook} if self.by_http else {}

    async def _hook(self, request: HookRequest) -> HookReply:
        if not self._signed.is_slacks(request):
            return HookReply(status=401, body=b"not signed by Slack")
        return await answer_hook(self._app, request)

    async def check(self) -> list[Finding]:
        """See `core.ports.Checks`."""
        socket = not self.by_http
        return await check_slack(self._table, self._web, self._app_web, by_socket=socket)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._web.close()
        await self._app_web.close()


def build(table: SlackTable, around: Surroundings) -> SlackChannel:
    """The channel of a ``[slack]`` table."""
    return SlackChannel(table, around)
