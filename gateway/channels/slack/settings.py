"""The [slack] table."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field, SecretStr

from gateway.core.chat import Room
from gateway.settings.faults import Doubt
from gateway.settings.table import Table
from gateway.settings.types import Line, Name, Secret

CHANNEL = "slack"
_CHANNEL_ID = re.compile(r"[CG][A-Z0-9]{2,}")
_EMOJI = re.compile(r"[a-z0-9_+'-]+")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_COMMAND = re.compile(r"/[a-z0-9_-]{1,31}")
_LONGEST_ANSWER = 3_000  # what Slack has room for in a form

_LINE_OR_POSTS = (
    "the app-level token of the desk's Slack app, for Socket Mode; "
    "or signing_secret, where Slack is to post to [http]"
)


class CannedTable(Table):
    """[[slack.canned]]: words that agents put into an answer with one click."""

    name: Name = Field(examples=["Reset password"], description="what agents pick it by")
    text: str = Field(
        examples=["Please open https://login.acme.example/reset and choose a new password."],
        description="the words, which can be changed before they are sent",
    )

    def doubts(self) -> Iterator[Doubt]:
        if len(self.name) > 75:
            found = f"found {len(self.name)} characters"
            yield Doubt(place=("name",), found=found, expected="at most 75")
        if not 0 < len(self.text) <= _LONGEST_ANSWER:
            found, expected = f"found {len(self.text)} characters", f"1 to {_LONGEST_ANSWER}"
            yield Doubt(place=("text",), found=found, expected=expected)


class SlackTable(Table):
    """[slack]: staff ask in Slack, and agents work in it."""

    bot_token: Secret = Field(
        SecretStr(""), examples=["SLACK_BOT_TOKEN"], description='the app\'s token, "xoxb-…"'
    )
    app_token: Secret = Field(
        SecretStr(""),
        examples=["SLACK_APP_TOKEN"],
        description='"xapp-…", for Socket Mode, which needs no public address',
    )
    signing_secret: Secret = Field(
        SecretStr(""),
        examples=["SLACK_SIGNING_SECRET"],
        description="with it and [http], Slack posts to /slack/events instead of Socket Mode",
    )
    triage_channel: Line = Field(
        "",
        examples=["C0123456789"],
        description="the id of the channel where agents work, with a card for each ticket; "
        "empty: none",
    )
    queue: Line = Field("", description="where tickets from Slack land; empty: the first queue")
    command: Line = Field("/ticket", description="the slash command, as it stands in the app")
    emoji: Line = Field("ticket", description="the reaction that makes a ticket of a message")
    mail_domains: tuple[Line, ...] = Field(
        (),
        description="members whose mail address is of one of these are one contact with it; "
        "empty: nobody is",
    )
    canned: tuple[CannedTable, ...] = Field((), description="words for answers, to pick from")
    api_url: Line = Field(
        "https://slack.com/api/", description="where Slack's Web API is; for tests and proxies"
    )

    @classmethod
    def wanted(cls, given: Mapping[str, Any]) -> Mapping[str, str]:
        asked = {"bot_token": "the bot token of the desk's Slack app"}
        if not any(key.startswith("signing_secret") for key in given):
            asked["app_token"] = _LINE_OR_POSTS
        return asked

    @property
    def room(self) -> Room | None:
        """Where agents work."""
        return Room(channel=CHANNEL, address=self.triage_channel) if self.triage_channel else None

    @property
    def needs_web(self) -> str:
        """See `settings.table.Table`: without an app token, Slack can only post its events."""
        posts = self.signing_secret.get_secret_value() and not self.app_token.get_secret_value()
        return "signing_secret" if posts else ""

    def doubts(self) -> Iterator[Doubt]:
        yield from self._token_doubts()
        yield from self._form_doubts()
        if len(self.canned) > 100:
            found = f"found {len(self.canned)}"
            yield Doubt(place=("canned",), found=found, expected="at most 100, as Slack shows")

    def _token_doubts(self) -> Iterator[Doubt]:
        secrets = (self.app_token, self.signing_secret)
        empty = not any(secret.get_secret_value() for secret in secrets)
        if empty and "signing_secret" in self.model_fields_set:  # `wanted` asks for all else
            found, expected = "found neither app_token nor signing_secret", "one of them"
            yield Doubt(place=("app_token",), found=found, expected=expected)
        for key, begins in (("bot_token", "xoxb-"), ("app_token", "xapp-")):
            value = getattr(self, key).get_secret_value()
            if value and not value.startswith(begins):
                found = "found something else"
                yield Doubt(place=(key,), found=found, expected=f'a token that begins "{begins}"')

    def _form_doubts(self) -> Iterator[Doubt]:
        forms = (
            ("triage_channel", _CHANNEL_ID, 'the id of a channel, such as "C0123456789"'),
            ("emoji", _EMOJI, 'the name of an emoji without colons, such as "ticket"'),
            ("command", _COMMAND, 'a slash command such as "/ticket"'),
        )
        for key, form, expected in forms:
            value = getattr(self, key)
            if not form.fullmatch(value) and not (key == "triage_channel" and not value):
                yield Doubt(place=(key,), found=f'found "{value}"', expected=expected)
        for index, domain in enumerate(self.mail_domains):
            if not _DOMAIN.fullmatch(domain):
                expected = 'a domain in lower case, such as "acme.example"'
                place = ("mail_domains", index)
                yield Doubt(place=place, found=f'found "{domain}"', expected=expected)
        if not re.fullmatch(r"https?://[^\s?#]+/api/", self.api_url):
            found, expected = f'found "{self.api_url}"', 'a URL that ends with "/api/"'
            yield Doubt(place=("api_url",), found=found, expected=expected)
