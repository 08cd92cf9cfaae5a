"""OpenPGP in the middle of a text (RFC 9580, sections 6 and 7)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

_BEGIN = re.compile(r"(?m)^-----BEGIN PGP (SIGNED MESSAGE|MESSAGE)-----[ \t]*\n")
_SIGNATURE = "\n-----BEGIN PGP SIGNATURE-----"
_END_OF = {
    "SIGNED MESSAGE": re.compile(r"(?m)^-----END PGP SIGNATURE-----[ \t]*(?:\n|\Z)"),
    "MESSAGE": re.compile(r"(?m)^-----END PGP MESSAGE-----[ \t]*(?:\n|\Z)"),
}
_FIELDS = re.compile(r"(?:[A-Za-z]{3,30}:[^\n]*\n){0,20}\s*?\n")
_ESCAPED = re.compile(r"(?m)^- ")
_MOST = 20


@dataclass(slots=True)
class Unarmoured:
    """A text without its armour; what was armoured, to be kept; and what it was."""

    text: str
    armoured: list[str] = field(default_factory=list)
    signed: bool = False
    encrypted: bool = False


def unarmoured(text: str) -> Unarmoured:
    """The text, signed words without their armour and encrypted ones left out."""
    found = Unarmoured(text)
    if "-----BEGIN PGP " not in text:
        return found
    pieces, position = [], 0
    for match in _BEGIN.finditer(text):
        end = _END_OF[match[1]].search(text, match.end())
        if end is None or len(found.armoured) >= _MOST:
            break
        if match.start() >= position:
            pieces.append(text[position : match.start()])
            pieces.append(_words(text[match.end() : end.start()], match[1], found))
            found.armoured.append(text[match.start() : end.end()])
            position = end.end()
    found.text = "".join(pieces) + text[position:]
    return found


def _words(inside: str, kind: str, found: Unarmoured) -> str:
    if kind == "MESSAGE":
        found.encrypted = True
        return ""
    found.signed = True
    fields = _FIELDS.match(inside)
    words = inside[fields.end() if fields else 0 :].partition(_SIGNATURE)[0]
    return _ESCAPED.sub("", words) + "\n"
