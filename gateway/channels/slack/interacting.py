"""What the channel itself shows: forms, questions to one person, the App Home."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any

import aiohttp
import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.forms import CANNED, asking, new_ticket, with_canned, words_for
from gateway.channels.slack.home import Home
from gateway.channels.slack.keys import Place
from gateway.channels.slack.phrases import phrases
from gateway.channels.slack.reading.actions import COPY
from gateway.channels.slack.reading.fields import Table, table, tables, words
from gateway.channels.slack.sending.buttons import plain
from gateway.channels.slack.settings import CannedTable

log = structlog.get_logger(__name__)


class Desk:
    """Everything here is done beside the acknowledgement, which never waits for it."""

    def __init__(self, web: Web, canned: Sequence[CannedTable], home: Home) -> None:
        self._web = web
        self._canned = canned
        self._home = home
        self._tasks: set[asyncio.Task[None]] = set()

    def open_new(self, trigger: str, language: str, prefill: str) -> None:
        """Open the form for a new ticket."""
        self._open(trigger, new_ticket(language, prefill))

    def answers(self, payload: Table, language: str) -> bool:
        """Whether a press is answered by a form, which is then opened or changed."""
        action = asking(payload)
        if action is not None:
            view = words_for(language, action, payload, self._canned)
            self._open(words(payload, "trigger_id"), view)
            return True
        if any(words(one, "action_id") == CANNED for one in tables(payload, "actions")):
            changed, before = with_canned(language, payload, self._canned), table(payload, "view")
            if changed is not None:
                given = {"view_id": words(before, "id"), "hash": words(before, "hash") or None}
                self._soon("views.update", self._web.call("views.update", view=changed, **given))
            return True
        return False

    def ask_to_copy(self, who: str, place: Place, picked: Table, language: str) -> None:
        """Ask one person whether a message of a private channel may be copied to a ticket."""
        say = phrases(language)
        button = {
            "type": "button",
            "action_id": COPY,
            "text": plain(say.copy, 75),
            "value": place.ts,
            "style": "primary",
        }
        blocks: list[dict[str, Any]] = [
            {"type": "section", "text": plain(say.may_copy, 3_000)},
            {"type": "actions", "elements": [button]},
        ]
        thread = words(picked, "thread_ts") or None
        self._show(who, place, say.may_copy, blocks, thread)

    def refuse(self, who: str, place: Place, language: str) -> None:
        """Tell somebody that what they did is for members of the workspace."""
        self._show(who, place, phrases(language).not_staff, [], None)

    def refuse_press(self, who: str, payload: Table, language: str) -> None:
        """Tell somebody, alone, that a button of the agents' room is none of theirs."""
        under = table(payload, "container")
        place = Place(words(under, "channel_id"))
        thread = words(under, "thread_ts") or None
        self._show(who, place, phrases(language).not_agent, [], thread)

    def forget_question(self, response_url: str) -> None:
        """Take a question away that was answered."""
        if response_url.startswith("https://hooks.slack.com/"):
            self._soon("response_url", self._delete(response_url))

    def show_home(self, who: str, language: str) -> None:
        """Show somebody their App Home."""
        self._soon("views.publish", self._home.publish(who, language))

    def close(self) -> None:
        """Let go of what is under way."""
        for task in self._tasks:
            task.cancel()

    def _show(
        self, who: str, place: Place, text: str, blocks: list[dict[str, Any]], thread: str | None
    ) -> None:
        call = self._web.call(
            "chat.postEphemeral",
            channel=place.channel,
            user=who,
            thread_ts=thread,
            text=text,
            blocks=blocks or None,
        )
        self._soon("chat.postEphemeral", call)

    async def _delete(self, url: str) -> None:
        """The address is the permission: no token goes along."""
        body = {"delete_original": True}
        try:
            async with self._web.session().post(url, json=body, allow_redirects=False):
                pass
        except (aiohttp.ClientError, OSError, TimeoutError) as error:
            raise LostError(type(error).__name__, maybe=True) from None

    def _open(self, trigger: str, view: dict[str, Any]) -> None:
        self._soon("views.open", self._web.call("views.open", trigger_id=trigger, view=view))

    def _soon(self, what: str, doing: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(self._quietly(what, doing))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _quietly(self, what: str, doing: Coroutine[Any, Any, Any]) -> None:
        """A form that could not be shown is asked for again by whoever wants it."""
        try:
            await doing
        except (SlackError, LostError) as error:
            log.warning("slack_not_shown", what=what, error=str(error))
        except Exception:
            log.exception("slack_not_shown", what=what)
