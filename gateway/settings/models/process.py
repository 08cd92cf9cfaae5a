"""How a process is reached, and what it tells its operator."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.settings.table import Table
from gateway.settings.types import (
    Name,
    Whole,
    Words,
)

_PUBLIC_URL_WORDS = 'an address such as "https://desk.acme.example", without query or fragment'
_PUBLIC_URL = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]{1,255}(?:/[A-Za-z0-9._~/-]*)?", re.ASCII)


def _public_url(given: str) -> str:
    if given and not _PUBLIC_URL.fullmatch(given):
        raise ValueError(_PUBLIC_URL_WORDS)
    return given.rstrip("/")


PublicUrl = Annotated[str, AfterValidator(_public_url), Words("URL", _PUBLIC_URL_WORDS)]


class HttpTable(Table):
    """[http]: health, metrics, and links. Leave the table out and there is none."""

    host: Name = Field("127.0.0.1", description="the address to listen on")
    port: Whole = Field(8080, ge=1, le=65_535, description="the port to listen on")
    public_url: PublicUrl = Field(
        "",
        examples=["https://desk.acme.example"],
        description="where people reach it, by the proxy before it; empty: mails hold no links",
    )


class LogLevel(StrEnum):
    """The least weight of a log line that is written."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


class LogFormat(StrEnum):
    """How log lines look."""

    AUTO = "auto"
    HUMAN = "human"
    JSON = "json"


class LogTable(Table):
    """[log]: what is told on standard error."""

    level: LogLevel = Field(LogLevel.INFO, description="the least weight of a line")
    format: LogFormat = Field(
        LogFormat.AUTO, description='"auto": for people on a terminal, JSON lines elsewhere'
    )
