"""The entries of a ticket's history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from gateway.core.model.messages import Remark
from gateway.core.model.people import Author


class Visibility(StrEnum):
    """Who may see an entry: everybody on the ticket, or agents alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Direction(StrEnum):
    """Which way a message went, seen from the desk."""

    IN = "in"
    OUT = "out"


class EntryKind(StrEnum):
    """What an entry of a ticket's history is."""

    MESSAGE = "message"
    NOTE = "note"
    CHANGE = "change"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Body:
    """The words of an entry; kept apart from the history, so that they can be erased.

    ``remarks`` are what an agent has to know of the message that brought them.
    """

    text: str
    full_text: str = ""
    html: str | None = None
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFact:
    """What a decision needs to know of an entry that is already there.

    ``text`` is the beginning of what was said. ``reply_visibility`` is set for what the desk sent
    to an agent: whether an answer to it is public or stays inside. ``change``, where something of
    the ticket changed, is ``{"what", "old", "new"}``.
    """

    id: int
    ticket: int
    kind: EntryKind
    visibility: Visibility
    at: datetime
    author: Author
    text: str = ""
    reply_visibility: Visibility | None = None
    change: Mapping[str, Any] | None = None
