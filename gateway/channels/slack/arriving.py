"""Takes payloads in: on disk before Slack is told so, each conversation in its order."""

from __future__ import annotations

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from gateway.channels.slack import sorting
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.interacting import Desk
from gateway.channels.slack.keys import Place
from gateway.channels.slack.known import Known
from gateway.channels.slack.reading.actions import COPY, MAKE_TICKET
from gateway.channels.slack.reading.context import Context
from gateway.channels.slack.reading.fields import Table, table, tables, words
from gateway.channels.slack.reading.ignoring import is_foreign
from gateway.channels.slack.reading.slash import slash_of
from gateway.channels.slack.reading.wording import calls
from gateway.channels.slack.settings import SlackTable
from gateway.core.ports import Incoming, Intake, IntakeUnavailableError, NotebookUnavailableError

_NOT_READABLE = frozenset("channel_not_found not_in_channel missing_scope thread_not_found".split())
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack is told. Any other status than 200: it was not taken, and is to come again."""

    status: int = 200
    body: dict[str, Any] | None = None


_TAKEN = Answer()
_COME_AGAIN = Answer(503)


class Arrivals:
    """``take`` is called for every payload, by whatever way it came."""

    def __init__(
        self,
        *,
        intake: Intake,
        now: Callable[[], datetime],
        table: SlackTable,
        known: Known,
        desk: Desk,
        on_revoked: Callable[[str], None],
        is_agent: Callable[[str], bool],
    ) -> None:
        self._intake = intake
        self._now = now
        self._room = table.triage_channel
        self._emoji = table.emoji
        self._known = known
        self._desk = desk
        self._on_revoked = on_revoked
        self._is_agent = is_agent
        self._lanes: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._waiting: defaultdict[str, int] = defaultdict(int)

    async def take(self, payload: Table) -> Answer:
        """Take one payload in. Never raises."""
        try:
            async with self._in_turn(sorting.lane(payload)):
                return await self._sorted(payload)
        except (IntakeUnavailableError, NotebookUnavailableError) as away:
            log.warning("slack_not_accepted", error=str(away))
        except (SlackError, LostError) as error:
            log.warning("slack_not_looked_up", error=str(error))
        except Exception:
            log.exception("slack_not_taken")
        return _COME_AGAIN

    @asynccontextmanager
    async def _in_turn(self, lane: str) -> AsyncIterator[None]:
        """Those of a lane one after the other, as they came."""
        self._waiting[lane] += 1
        try:
            async with self._lanes[lane]:
                yield
        finally:
            self._waiting[lane] -= 1
            if not self._waiting[lane]:
                del self._waiting[lane], self._lanes[lane]

    async def _sorted(self, payload: Table) -> Answer:
        if is_foreign(payload, self._known.me.team):
            return await self._accept(payload)
        if "command" in payload:
            return await self._command(payload)
        match words(payload, "type"):
            case "event_callback":
                return await self._event(payload, table(payload, "event"))
            case "block_actions":
                return await self._pressed(payload)
            case "message_action" if words(payload, "callback_id") == MAKE_TICKET:
                return await self._shortcut(payload)
            case "ssl_check":
                return _TAKEN
            case _:
                return await self._accept(payload)

    async def _command(self, payload: Table) -> Answer:
        slash = slash_of(words(payload, "text"))
        if not slash.form:
            return await self._accept(payload)
        language = await self._known.language(words(payload, "user_id"))
        self._desk.open_new(words(payload, "trigger_id"), language, slash.prefill)
        return _TAKEN

    async def _event(self, payload: Table, event: Table) -> Answer:
        match words(event, "type"):
            case "app_home_opened":
                who = words(event, "user")
                if words(event, "tab") != "messages":
                    self._desk.show_home(who, await self._known.language(who))
                return _TAKEN
            case "tokens_revoked" | "app_uninstalled" as kind:
                self._on_revoked(kind)
                return _TAKEN
            case "reaction_added":
                return await self._reaction(payload, event)
            case "message" | "app_mention":
                return await self._words(payload, event)
            case _:
                return await self._accept(payload)

    async def _words(self, payload: Table, event: Table) -> Answer:
        if sorting.is_own(event, self._known.me.user, self._known.me.bot):
            return _TAKEN
        channel, message = words(event, "channel"), sorting.message_of(event)
        called = words(event, "type") == "app_mention" or calls(
            message, Context(envelope=self._known.basics)
        )
        if called and not Place(channel).direct and words(event, "subtype") in ("", "file_share"):
            root = words(message, "thread_ts") or words(message, "ts")
            await self._known.threads.note(Place(channel, root).key)
        elif sorting.is_chatter(event) and not await self._is_ours(channel, event):
            return _TAKEN  # what people say to each other is none of the desk's business
        return await self._accept(payload)

    async def _is_ours(self, channel: str, event: Table) -> bool:
        if channel == self._room and sorting.is_command(event):
            return True
        if sorting.is_below(event, self._known.me.user):
            return True  # though it may not be noted yet that the post went out
        return await self._known.threads.knows(sorting.thread_keys(event))

    async def _reaction(self, payload: Table, event: Table) -> Answer:
        """🎫 on a message: counts from members of the workspace alone."""
        item, who = table(event, "item"), words(event, "user")
        if words(event, "reaction").partition("::")[0] != self._emoji:
            return _TAKEN
        if words(item, "type") != "message" or not await self._known.is_staff(who):
            return await self._accept(payload)
        channel, ts = words(item, "channel"), words(item, "ts")
        try:
            picked = await self._known.conversations.message(channel, ts)
            private = (await self._known.conversations.info(channel)).private
        except SlackError as error:
            if error.code not in _NOT_READABLE:
                raise
            log.info("slack_reaction_unreadable", channel=channel, error=error.code)
            return await self._accept(payload)
        if not picked or channel == self._room:
            return await self._accept(payload)
        if private and words(picked, "user") != who and not Place(channel).direct:
            self._desk.ask_to_copy(who, Place(channel, ts), picked, await self._known.language(who))
            return _TAKEN
        return await self._pick(payload, channel, picked)

    async def _pick(self, payload: Table, channel: str, picked: Table) -> Answer:
        root = words(picked, "thread_ts") or words(picked, "ts")
        await self._known.threads.note(Place(channel, root).key)
        return await self._accept(payload, picked=picked)

    async def _shortcut(self, payload: Table) -> Answer:
        who, picked = sorting.author(payload), table(payload, "message")
        channel = words(table(payload, "channel"), "id")
        language = await self._known.language(who)
        if not await self._known.is_staff(who):
            self._desk.refuse(who, Place(channel), language)
            return _TAKEN
        try:
            private = (await self._known.conversations.info(channel)).private
        except SlackError:
            private = True  # it may be one that the app is not in
        if private and words(picked, "user") != who:
            place = Place(channel, words(picked, "ts"))
            self._desk.ask_to_copy(who, place, picked, language)
            return _TAKEN
        return await self._pick(payload, channel, picked)

    async def _pressed(self, payload: Table) -> Answer:
        who = sorting.author(payload)
        kind = next((words(a, "action_id") for a in tables(payload, "actions")), "")
        if kind.partition(":")[0] == COPY:
            return await self._copied(payload, who)
        language = await self._known.language(who)
        if self._is_of_agents(payload) and not self._is_agent(who):
            self._desk.refuse_press(who, payload, language)
            return await self._accept(payload)
        if self._desk.answers(payload, language):
            return _TAKEN
        return await self._accept(payload)

    def _is_of_agents(self, payload: Table) -> bool:
        """Whether a button in the agents' room was pressed; a form was opened for its agent."""
        channel = words(table(payload, "container"), "channel_id")
        return bool(channel) and channel == self._room

    async def _copied(self, payload: Table, who: str) -> Answer:
        """A member said yes to copying a message of a private channel."""
        value = next((words(a, "value") for a in tables(payload, "actions")), "")
        channel = words(table(payload, "container"), "channel_id")
        if not await self._known.is_staff(who):
            return await self._accept(payload)
        try:
            picked = await self._known.conversations.message(channel, value)
        except SlackError as error:
            if error.code not in _NOT_READABLE:
                raise
            picked = {}
        self._desk.forget_question(words(payload, "response_url"))
        return await self._pick(payload, channel, picked) if picked else await self._accept(payload)

    async def _accept(self, payload: Table, *, picked: Table | None = None) -> Answer:
        """On disk, then acknowledged. Raises IntakeUnavailableError."""
        await self._intake.accept(
            Incoming(
                channel="slack",
                external_id=sorting.external_id(payload),
                raw=_raw(payload),
                received_at=self._now(),
                envelope=await self._known.envelope(payload, picked),
                lane=sorting.lane(payload),
            )
        )
        return _TAKEN


def _raw(payload: Table) -> bytes:
    """What is kept of a payload: all but the app's verification token, a secret."""
    kept = {key: value for key, value in payload.items() if key != "token"}
    return json.dumps(kept, ensure_ascii=False).encode("utf-8", "replace")
