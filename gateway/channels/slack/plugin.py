"""Slack as a channel: its name, its table in the config, and how it is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gateway.channels.slack.settings import SlackTable

if TYPE_CHECKING:
    from gateway.core.ports import Channel, Surroundings

name = "slack"
settings = SlackTable


def build(table: SlackTable, around: Surroundings) -> Channel:
    """The channel of a ``[slack]`` table.

    Its libraries are imported here: every command reads the config, few of them touch Slack.
    """
    from gateway.channels.slack.channel import build as build_channel

    return build_channel(table, around)
