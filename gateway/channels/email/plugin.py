"""Mail as a channel: its name, its table in the config, and how it is built."""

from __future__ import annotations

from gateway.channels.email.channel import EmailChannel, build
from gateway.channels.email.settings import EmailTable

name = "email"
settings = EmailTable

__all__ = ["EmailChannel", "build", "name", "settings"]
