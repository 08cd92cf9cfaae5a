"""From Telegram's updates to messages: facts alone, and never an exception."""

from gateway.channels.telegram.reading.reader import read

__all__ = ["read"]
