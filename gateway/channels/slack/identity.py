"""Who the desk is in Slack: its workspace and its bot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.channels.slack.reading.fields import words


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """``team``: the workspace's id; ``user`` and ``bot``: the bot's, as a user and as an app."""

    team: str
    user: str
    bot: str = ""


def identity_of(said: Mapping[str, Any]) -> Identity:
    """What auth.test answered."""
    return Identity(
        team=words(said, "team_id"), user=words(said, "user_id"), bot=words(said, "bot_id")
    )
