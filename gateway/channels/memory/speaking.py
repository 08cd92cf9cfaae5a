"""What a chat network would say beside the words, from the network's JSON."""

from __future__ import annotations

from typing import Any

from gateway.core.chat import Edit, Request, Spoken, WantedFile, Where
from gateway.core.model import Party


def spoken(stored: dict[str, Any]) -> Spoken | None:
    """The facts of its ``chat`` object; None for what has none, as mail. Never raises."""
    said = stored.get("chat")
    if not isinstance(said, dict):
        return None
    where = words(said, "where")
    return Spoken(
        where=Where(where) if where in set(Where) else Where.DIRECT,
        conversation=words(said, "conversation"),
        place=words(said, "place"),
        shown_to_author_alone=said.get("alone") is True,
        overheard=said.get("overheard") is True,
        ticket=_number(said, "ticket"),
        request=Request.of(words(said, "request")),
        edit=_edit(said),
        pressed=said.get("pressed") is True,
        same=tuple(_party(one) for one in _objects(said, "same")),
        files=tuple(_file(one) for one in _objects(said, "files")),
    )


def words(stored: dict[str, Any], key: str) -> str:
    """A field as text; lone surrogates, which no database takes, become question marks."""
    value = stored.get(key)
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _number(stored: dict[str, Any], key: str) -> int | None:
    value = stored.get(key)
    return value if type(value) is int and value >= 0 else None


def _objects(stored: dict[str, Any], key: str) -> list[dict[str, Any]]:
    value = stored.get(key)
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _edit(said: dict[str, Any]) -> Edit | None:
    key = words(said, "edit")
    return Edit(key=key, deleted=said.get("deleted") is True) if key else None


def _party(stored: dict[str, Any]) -> Party:
    return Party(
        address=words(stored, "address"),
        name=words(stored, "name"),
        channel=words(stored, "channel") or "email",
    )


def _file(stored: dict[str, Any]) -> WantedFile:
    return WantedFile(
        ref=words(stored, "ref"),
        name=words(stored, "name") or "file",
        type=words(stored, "type") or "application/octet-stream",
        size=_number(stored, "size"),
        inline=stored.get("inline") is True,
        problem=words(stored, "problem"),
    )
