"""Mail as a channel: its name, its table in the config, and how it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.channels.email.settings import EmailTable

if TYPE_CHECKING:
    from gateway.core.ports import Channel, Surroundings

name = "email"
settings = EmailTable


def build(table: EmailTable, around: Surroundings) -> Channel:
    """The channel of an ``[email]`` table.

    Its libraries are imported here: every command reads the config, few of them touch mail.
    """
    from gateway.channels.email.channel import build as build_channel

    return build_channel(table, around)
