"""Where everything is kept."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationInfo

from gateway.settings.table import Table
from gateway.settings.types import (
    Words,
)

_URL_WORDS = 'a database such as "sqlite:///../var/gateway.db" or "postgresql+psycopg://…"'
_SQLITE = "sqlite:///"
_POSTGRESQL = re.compile(r"(?:postgresql(?:\+psycopg)?|postgres)://(.+)", re.DOTALL)


def _database_url(given: SecretStr, info: ValidationInfo) -> SecretStr:
    url = given.get_secret_value()
    if url.startswith(_SQLITE):
        return SecretStr(_sqlite_url(url, info))
    if match := _POSTGRESQL.fullmatch(url):
        return SecretStr(f"postgresql+psycopg://{match[1]}")
    raise ValueError(_URL_WORDS)


def _sqlite_url(url: str, info: ValidationInfo) -> str:
    path, question, query = url.removeprefix(_SQLITE).partition("?")
    if not path or path == ":memory:":
        raise ValueError("a file: the daemon and the commands share the database")
    folder = (info.context or {}).get("folder")
    return f"{_SQLITE}{folder / path if folder else path}{question}{query}"


DatabaseUrl = Annotated[SecretStr, AfterValidator(_database_url), Words("database URL", _URL_WORDS)]


class DatabaseTable(Table):
    """[database]: where everything is kept."""

    url: DatabaseUrl = Field(
        SecretStr("sqlite:///../var/gateway.db"),
        validate_default=True,
        description='SQLite file, or "postgresql+psycopg://user:password@host/name"',
    )
