"""A commented config, written from the models: what `gateway init` makes."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from gateway.settings.faults import Place, spell
from gateway.settings.models import Settings, TopKeys
from gateway.settings.table import for_people, inner, is_secret
from gateway.settings.types import spell_duration

_COLUMN = 44
_WIDTH = 108
_INTRODUCTION = """\
# The Help Desk gateway's config. `gateway check` reads it and says what does not work.
# A key behind a # shows its default, or an example.
# Paths count from this file's folder. Durations: "30s", "15m", "4h", "2d".
# No secret needs to stand here: any string key K may be K_env = "VARIABLE" or K_file = "PATH".
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a starter config needs to know; the defaults suit a first try on one machine."""

    desk_name: str = "Example Support"
    address: str = "support@acme.example"
    timezone: str = "UTC"
    agent_name: str = "Bea Ruiz"
    agent_email: str = "bea@acme.example"
    database_url: str = "sqlite:///../var/gateway.db"
    listen_host: str = "127.0.0.1"
    listen_port: int = 2525
    relay_host: str = ""
    relay_port: int = 587
    relay_user: str = ""
    maildir: str = "../var/outgoing"
    slack_channel: str = ""
    agent_slack: str = ""
    slack_url: str = ""
    telegram_group: str = ""
    agent_telegram: str = ""


def starter(facts: Facts, sections: Mapping[str, type[BaseModel]]) -> str:
    """The text of a config. ``sections``: the channels' models; email is the one it fills."""
    values = _values(facts)
    lines = [_INTRODUCTION.rstrip(), ""]
    for name, field in TopKeys.model_fields.items():
        lines += _key(name, field, (name,), values)
    for name, field in Settings.model_fields.items():
        lines += _field_tables(field, (name,), values)
    for name, model in for_people(sections).items():
        lines += _table(model, (name,), values, "[{}]")
    return "\n".join(lines) + "\n"


def _values(facts: Facts) -> dict[Place, Any]:
    """The keys that the starter gives; all others stand there as comments."""
    values: dict[Place, Any] = {
        ("desk", "name"): facts.desk_name,
        ("desk", "address"): facts.address,
        ("desk", "timezone"): facts.timezone,
        ("database", "url"): facts.database_url,
        ("agents", "name"): facts.agent_name,
        ("agents", "email"): facts.agent_email,
        ("agents", "queues"): ("support",),
        ("agents", "lead"): True,
        ("queues", "name"): "support",
        ("queues", "addresses"): (facts.address,),
        ("email", "bulk"): "ticket",
        ("email", "listen", "host"): facts.listen_host,
        ("email", "listen", "port"): facts.listen_port,
        ("email", "send", "host"): facts.relay_host,
        ("email", "send", "maildir"): facts.maildir,
    }
    relay = _relay(facts) if facts.relay_host else {}
    return values | relay | _chats(facts)


def _chats(facts: Facts) -> dict[Place, Any]:
    """The chats that the desk uses; their tokens come by the environment."""
    values: dict[Place, Any] = {}
    if facts.slack_channel:
        values[("slack", "bot_token")] = None
        values[("slack", "signing_secret" if facts.slack_url else "app_token")] = None
        values[("slack", "triage_channel")] = facts.slack_channel
        values[("agents", "slack")] = facts.agent_slack
    if facts.slack_url:
        values[("http", "public_url")] = facts.slack_url
    if facts.telegram_group:
        values[("telegram", "token")] = None
        values[("telegram", "agents_chat")] = int(facts.telegram_group)
        values[("agents", "telegram")] = int(facts.agent_telegram or 0)
    return values


def _relay(facts: Facts) -> dict[Place, Any]:
    values: dict[Place, Any] = {("email", "send", "port"): facts.relay_port}
    if facts.relay_user:
        values[("email", "send", "user")] = facts.relay_user
        values[("email", "send", "password")] = None
    return values


def _field_tables(field: FieldInfo, place: Place, values: Mapping[Place, Any]) -> Iterator[str]:
    held = inner(field)
    if held is not None:
        yield from _table(held.model, place, values, "[[{}]]" if held.many else "[{}]")


def _table(
    model: type[BaseModel], place: Place, values: Mapping[Place, Any], brackets: str
) -> Iterator[str]:
    given = any(place == key[: len(place)] for key in values)
    off = "" if given else "# "
    purpose = (model.__doc__ or "").strip().partition(": ")[2]
    yield ""
    yield from _beside(off + brackets.format(spell(place)), purpose.splitlines()[0].rstrip("."))
    tables = {name: field for name, field in model.model_fields.items() if inner(field)}
    for name, field in model.model_fields.items():
        if name not in tables:
            yield from _key(name, field, (*place, name), values)
    for name, field in tables.items():
        yield from _field_tables(field, (*place, name), values)


def _key(name: str, field: FieldInfo, place: Place, values: Mapping[Place, Any]) -> Iterator[str]:
    off = "" if place in values else "# "
    value = values.get(place)
    if is_secret(field) and value is None and field.examples:
        name, value = f"{name}_env", field.examples[0]
    elif place not in values:
        value = default_of(field) or next(iter(field.examples or ()), default_of(field))
    yield from _beside(f"{off}{name} = {toml(value)}", field.description or "")


def _beside(line: str, comment: str) -> Iterator[str]:
    """A line with its comment in a column to the right, on as many lines as it needs."""
    start = line.ljust(_COLUMN)
    wrapped = textwrap.wrap(comment, _WIDTH - _COLUMN, break_on_hyphens=False) or [""]
    if len(line) >= _COLUMN:
        yield line
        start = " " * _COLUMN
    for words in wrapped:
        yield f"{start}# {words}"
        start = " " * _COLUMN


def default_of(field: FieldInfo) -> Any:
    """A field's default as it would be written; "" for one that must be given."""
    if field.is_required():
        return ""
    default = field.default
    return default.get_secret_value() if isinstance(default, SecretStr) else default


def toml(value: Any) -> str:
    """A value of the config in TOML."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, timedelta):
        return toml(spell_duration(value))
    if isinstance(value, tuple | list):
        return f"[{', '.join(toml(one) for one in value)}]"
    if isinstance(value, Enum):
        return toml(value.value)
    text = "" if value is None else str(value) if isinstance(value, Path) else value
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
