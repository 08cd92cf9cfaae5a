"""File names that cannot leave their folder, hide their ending or upset a file system."""

from __future__ import annotations

import mimetypes
import re
import unicodedata

LONGEST = 150
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f<>:\"/\\|?*]+")
# Signs like slashes, of which some systems make slashes where their own set of signs lacks them.
_SLASHES = re.compile(r"[\u2044\u2215\u2216\u29f5\u29f8\u29f9\ufe68\uff0f\uff3c]+")
# Signs that cannot be seen, turn the direction of writing, or are none at all.
_UNSEEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"))
_BLANKS = re.compile(r"\s+")
_RESERVED = re.compile(r"(?i)(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?:\..*)?")
_ENDINGS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "image/jpeg": ".jpg",
    "image/jpg": ".jpg",
    "message/rfc822": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
    "message/feedback-report": ".txt",
    "message/partial": ".txt",
    "message/external-body": ".txt",
    "text/rfc822-headers": ".txt",
    "application/octet-stream": ".bin",
    "application/pgp-signature": ".asc",
    "application/pkcs7-signature": ".p7s",
}


def safe_name(name: str, kind: str) -> str:
    """A file name from what a mail claims; one made up from the MIME type if nothing is left.

    No path, no control characters, no leading dots, no name that Windows reserves, at most
    150 characters and 200 octets.
    """
    return _harmless(name) or _harmless(_stem_of(kind) + ending_of(kind)) or "attachment"


def _harmless(name: str) -> str:
    """The name without what could hurt; empty if nothing is left but dots, blanks and lines."""
    name = unicodedata.normalize("NFC", name[:2000])
    name = name.replace("\\", "/").rstrip("/").rpartition("/")[2]
    if not name.isascii():
        name = _SLASHES.sub("_", name)
        name = "".join("_" if unicodedata.category(c) in _UNSEEN else c for c in name)
    name = _BLANKS.sub(" ", _FORBIDDEN.sub("_", name)).strip(" ._")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return _shortened(name)


def ending_of(kind: str) -> str:
    """The usual ending of files of a MIME type, with its dot; empty if there is none."""
    return _ENDINGS.get(kind) or mimetypes.guess_extension(kind) or ""


def _stem_of(kind: str) -> str:
    main, _, sub = kind.partition("/")
    if main == "message" or kind in ("text/rfc822-headers", "text/calendar"):
        return sub[:60]
    return main if main in ("image", "audio", "video") else "attachment"


def _shortened(name: str) -> str:
    while len(name) > LONGEST or len(name.encode("utf-8", "replace")) > 200:
        stem, dot, ending = name.rpartition(".")
        if not dot or len(ending) > 20:
            stem, dot, ending = name, "", ""
        cut = min(len(stem) - 1, LONGEST - len(ending) - 1)
        name = stem[: max(cut, 1)].rstrip(" .") + dot + ending
        if cut <= 1:
            break
    return name


def unique_name(name: str, taken: set[str]) -> str:
    """The name, numbered if it is taken; ``taken`` holds them case-folded and gets this one."""
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    unique, number = name, 2
    if name.casefold() in taken:
        number = max(2, 1 + sum(1 for other in taken if other.startswith(stem.casefold())))
        unique = f"{stem[: LONGEST - 30]}-{number}{dot}{ending}"
        while unique.casefold() in taken:
            number += 1
            unique = f"{stem[: LONGEST - 30]}-{number}{dot}{ending}"
    taken.add(unique.casefold())
    return unique
