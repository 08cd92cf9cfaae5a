"""The [telegram] table."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, SecretStr

from gateway.core.chat import Room
from gateway.settings.faults import Doubt
from gateway.settings.table import Table
from gateway.settings.types import Line, Secret, Whole

CHANNEL = "telegram"
_TOKEN = re.compile(r"\d+:[A-Za-z0-9_-]+")
_WEBHOOK_SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


class Mode(StrEnum):
    """How messages come from Telegram."""

    POLLING = "polling"
    WEBHOOK = "webhook"


class TelegramTable(Table):
    """[telegram]: people write to a bot, and agents work in a group with topics."""

    token: Secret = Field(
        SecretStr(""), examples=["TELEGRAM_BOT_TOKEN"], description="the bot's token, of @BotFather"
    )
    mode: Mode = Field(
        Mode.POLLING,
        description='"polling" needs no public address; "webhook" needs [http] with public_url',
    )
    webhook_secret: Secret = Field(
        SecretStr(""),
        examples=["TELEGRAM_WEBHOOK_SECRET"],
        description="what Telegram sends along with each post; empty: one made from the token",
    )
    agents_chat: Whole = Field(
        0,
        examples=[-1001234567890],
        description="the id of the group where agents work, with a topic for each ticket; 0: none",
    )
    queue: Line = Field("", description="where tickets from Telegram land; empty: the first queue")
    api_url: Line = Field(
        "https://api.telegram.org",
        description="where the Bot API is: Telegram's, or a server of your own",
    )

    @classmethod
    def wanted(cls, given: Mapping[str, Any]) -> Mapping[str, str]:
        return {"token": "the token of the desk's bot"}

    @property
    def room(self) -> Room | None:
        """Where agents work."""
        return Room(channel=CHANNEL, address=str(self.agents_chat)) if self.agents_chat else None

    @property
    def hook_secret(self) -> str:
        """What Telegram proves itself by when it posts to us."""
        given = self.webhook_secret.get_secret_value()
        token = self.token.get_secret_value().encode()
        return given or hmac.new(token, b"webhook", hashlib.sha256).hexdigest()

    @property
    def needs_web(self) -> str:
        """See `settings.table.Table`."""
        return "mode" if self.mode is Mode.WEBHOOK else ""

    def doubts(self) -> Iterator[Doubt]:
        token = self.token.get_secret_value()
        if token and not _TOKEN.fullmatch(token):
            expected = 'a token such as "123456:ABC-def", as @BotFather gives it'
            yield Doubt(place=("token",), found="found something else", expected=expected)
        secret = self.webhook_secret.get_secret_value()
        if secret and not _WEBHOOK_SECRET.fullmatch(secret):
            expected = "at most 256 letters, digits, _ and -"
            yield Doubt(place=("webhook_secret",), found="found other signs", expected=expected)
        if self.agents_chat > 0:
            found, expected = f"found {self.agents_chat}", "a group, whose id is below 0"
            yield Doubt(place=("agents_chat",), found=found, expected=expected)
        if not re.fullmatch(r"https?://[^\s?#]+[^\s?#/]", self.api_url):
            found, expected = f'found "{self.api_url}"', "a URL without a slash at its end"
            yield Doubt(place=("api_url",), found=found, expected=expected)
