"""Files that came with a message: named now, fetched later by their id."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from gateway.channels.telegram.reading.fields import Table, tables, whole, words
from gateway.core.chat import WantedFile

LARGEST = 20_000_000  # octets that the Bot API lets a bot fetch
_TOO_LARGE = "Telegram lets bots fetch files of up to 20 MB"
_UNSAFE = re.compile(r"[^\w .,()+=@-]+")
# Which field holds a file, what it is named without a name of its own, and its type.
_KINDS = {
    "live_photo": ("live.mp4", "video/mp4"),
    "animation": ("animation.mp4", "video/mp4"),
    "document": ("document", "application/octet-stream"),
    "video": ("video.mp4", "video/mp4"),
    "video_note": ("video.mp4", "video/mp4"),
    "voice": ("voice.ogg", "audio/ogg"),
    "audio": ("audio.mp3", "audio/mpeg"),
    "sticker": ("sticker.webp", "image/webp"),
}


def files_of(message: Table) -> tuple[WantedFile, ...]:
    """The files of a message; none is left out for its kind."""
    found = []
    for key, (name, type) in _KINDS.items():
        if key == "document" and "animation" in message:
            continue  # Telegram names an animation twice
        if isinstance(message.get(key), dict):
            found.append(_file(message[key], *_of_sticker(message[key], name, type)))
    photo = _largest(tables(message, "photo"))
    if photo is not None:
        found.append(_file(photo, "photo.jpg", "image/jpeg"))
    for paid in tables(_media(message), "paid_media"):
        found.extend(files_of(paid))
    return tuple(found)


def told_apart(files: Iterable[WantedFile]) -> tuple[WantedFile, ...]:
    """With a number in names that several of them have, as the photos of an album do."""
    made: list[WantedFile] = []
    for file in files:
        taken = {one.name for one in made}
        stem, dot, ending = file.name.rpartition(".")
        numbered = (f"{stem}-{n}{dot}{ending}" if stem else f"{ending}-{n}" for n in count(2))
        name = file.name if file.name not in taken else next(n for n in numbered if n not in taken)
        made.append(replace(file, name=name))
    return tuple(made)


def _media(message: Table) -> Table:
    stored = message.get("paid_media")
    return stored if isinstance(stored, dict) else {}


def _of_sticker(stored: Table, name: str, type: str) -> tuple[str, str]:
    if name == "sticker.webp" and stored.get("is_video") is True:
        return "sticker.webm", "video/webm"
    if name == "sticker.webp" and stored.get("is_animated") is True:
        return "sticker.tgs", "application/x-tgsticker"
    return name, type


def _largest(sizes: list[Table]) -> Table | None:
    """Telegram offers a photo in several sizes."""
    return max(sizes, key=lambda s: whole(s, "width") * whole(s, "height"), default=None)


def _file(stored: Table, name: str, type: str) -> WantedFile:
    size = whole(stored, "file_size") or None
    ref = words(stored, "file_id")
    problem = _TOO_LARGE if size is not None and size > LARGEST else ""
    given = words(stored, "mime_type").lower()
    return WantedFile(
        ref=ref,
        name=_safe(words(stored, "file_name")) or name,
        type=given if re.fullmatch(r"[\w.+-]+/[\w.+-]+", given) else type,
        size=size,
        problem=problem or ("" if ref else "Telegram gave no id for it"),
    )


def _safe(name: str) -> str:
    return _UNSAFE.sub("_", name.replace("\\", "/").rpartition("/")[2]).strip(" .")[:100]
