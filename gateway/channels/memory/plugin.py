"""A network in memory as a channel: its name, its table in the config, and how it is built."""

from __future__ import annotations

from gateway.channels.memory.channel import MemoryChannel, build
from gateway.channels.memory.settings import MemoryTable

name = "memory"
settings = MemoryTable

__all__ = ["MemoryChannel", "build", "name", "settings"]
