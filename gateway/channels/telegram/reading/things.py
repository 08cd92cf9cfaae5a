"""What is no text and no file: places, contacts, polls and the like, told in a line each.

The lines hold signs rather than words: who reads them may speak any language.
"""

from __future__ import annotations

from gateway.channels.telegram.reading.context import person
from gateway.channels.telegram.reading.fields import Table, decimal, table, tables, words
from gateway.core.richtext import Piece, Run

_MAP = "https://www.openstreetmap.org/?mlat={0}&mlon={1}#map=17/{0}/{1}"


def things_of(message: Table) -> tuple[Piece, ...]:
    """Whatever of that a message holds."""
    lines = (
        *_venue(message),
        *_contact(table(message, "contact")),
        *_poll(table(message, "poll")),
        *_checklist(table(message, "checklist")),
        *_signs(message),
    )
    return tuple(Piece(runs=runs) for runs in lines)


def _line(*parts: str) -> tuple[Run, ...]:
    return (Run(text=" ".join(part for part in parts if part)),)


def _venue(message: Table) -> list[tuple[Run, ...]]:
    venue = table(message, "venue")
    place = table(venue, "location") or table(message, "location")
    north, east = decimal(place, "latitude"), decimal(place, "longitude")
    if north is None or east is None:
        return []
    at = f"{north:.6f}", f"{east:.6f}"
    named = ", ".join(part for part in (words(venue, "title"), words(venue, "address")) if part)
    label = f"📍 {named} ({', '.join(at)})" if named else f"📍 {', '.join(at)}"
    return [(Run(text=label, href=_MAP.format(*at)),)]


def _contact(contact: Table) -> list[tuple[Run, ...]]:
    said = ", ".join(p for p in (person(contact).name, words(contact, "phone_number")) if p)
    return [_line("👤", said)] if said else []


def _poll(poll: Table) -> list[tuple[Run, ...]]:
    if not poll:
        return []
    options = "".join(f"\n- {words(option, 'text')}" for option in tables(poll, "options"))
    return [_line("📊", words(poll, "question") + options)]


def _checklist(stored: Table) -> list[tuple[Run, ...]]:
    if not stored:
        return []
    tasks = "".join(f"\n- {words(task, 'text')}" for task in tables(stored, "tasks"))
    return [_line("☑", words(stored, "title") + tasks)]


def _signs(message: Table) -> list[tuple[Run, ...]]:
    dice, sticker = table(message, "dice"), table(message, "sticker")
    found = []
    if dice:
        found.append(_line(words(dice, "emoji") or "🎲", str(dice.get("value", ""))[:5]))
    if sticker:
        found.append(_line(words(sticker, "emoji") or "🙂"))
    if game := table(message, "game"):
        found.append(_line("🎮", words(game, "title")))
    if invoice := table(message, "invoice"):
        found.append(_line("🧾", words(invoice, "title")))
    if story := table(message, "story"):
        found.append(_line("▶", words(table(story, "chat"), "title")))
    if giveaway := table(message, "giveaway") or table(message, "giveaway_winners"):
        found.append(_line("🎁", words(giveaway, "prize_description")))
    return found
