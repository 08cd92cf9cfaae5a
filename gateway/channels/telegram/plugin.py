"""Telegram as a channel: its name, its table in the config, and how it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.channels.telegram.settings import TelegramTable

if TYPE_CHECKING:
    from gateway.core.ports import Channel, Surroundings

name = "telegram"
settings = TelegramTable


def build(table: TelegramTable, around: Surroundings) -> Channel:
    """The channel of a ``[telegram]`` table.

    Its libraries are imported here: every command reads the config, few of them touch Telegram.
    """
    from gateway.channels.telegram.channel import build as build_channel

    return build_channel(table, around)
