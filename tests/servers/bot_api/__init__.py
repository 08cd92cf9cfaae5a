"""A Bot API on this machine: real HTTP, a small world behind it, strict about what it takes."""

from tests.servers.bot_api.refusing import Refusal
from tests.servers.bot_api.server import AFTER, BEFORE, LOSE_ANSWER, LOSE_REQUEST, BotApi, serving
from tests.servers.bot_api.world import World

__all__ = [
    "AFTER",
    "BEFORE",
    "LOSE_ANSWER",
    "LOSE_REQUEST",
    "BotApi",
    "Refusal",
    "World",
    "serving",
]
