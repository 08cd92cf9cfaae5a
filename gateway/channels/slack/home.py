"""The App Home: what somebody has asked, how it stands, and when an answer is due."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from gateway.channels.slack.api import Web
from gateway.channels.slack.phrases import Phrases, phrases
from gateway.channels.slack.sending.buttons import plain
from gateway.core.model import Party
from gateway.core.ports import OwnTicket, OwnTickets

_MOST = 40  # tickets; a view holds 100 blocks

Block = dict[str, Any]


class Home:
    """``own`` says what somebody has asked; without it the home tells how to ask."""

    def __init__(self, web: Web, own: OwnTickets | None, command: str) -> None:
        self._web = web
        self._own = own
        self._command = command

    async def publish(self, who: str, language: str) -> None:
        """Show somebody their home. Raises SlackError and LostError."""
        asked: Sequence[OwnTicket] = ()
        if self._own is not None:
            party = Party(channel="slack", address=who)
            asked = await asyncio.to_thread(self._own, party, language)
        view = home_view(asked, phrases(language), self._command)
        await self._web.call("views.publish", user_id=who, view=view)


def home_view(asked: Sequence[OwnTicket], say: Phrases, command: str) -> Block:
    """The home as a view."""
    how = plain(say.how.format(command=command), 3_000)
    blocks: list[Block] = [
        {"type": "section", "text": how},
        {"type": "divider"},
        {"type": "header", "text": plain(say.your_tickets, 150)},
    ]
    blocks += [_ticket(one, say) for one in asked[:_MOST]]
    if not asked:
        blocks.append({"type": "section", "text": plain(say.no_tickets, 3_000)})
    return {"type": "home", "blocks": blocks}


def _ticket(one: OwnTicket, say: Phrases) -> Block:
    """The subject in bold, then how it stands; times are shown in each person's own zone."""
    below: list[Block] = [{"type": "text", "text": f"\n{one.state}"}]
    if one.due_at is not None:
        stamp = int(one.due_at.timestamp())
        below += [
            {"type": "text", "text": f" · {say.due} "},
            {
                "type": "date",
                "timestamp": stamp,
                "format": "{date_short_pretty} {time}",
                "fallback": f"{one.due_at:%Y-%m-%d %H:%M} UTC",
            },
        ]
    title = {"type": "text", "text": f"#{one.number} {one.subject}"[:300], "style": {"bold": True}}
    section = {"type": "rich_text_section", "elements": [title, *below]}
    return {"type": "rich_text", "elements": [section]}
