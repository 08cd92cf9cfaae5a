"""Address lists (RFC 5322, section 3.4), as people's programs really write them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.words import decoded_words, plain, tidy
from gateway.core.model import Party

_ONE = re.compile(
    r'\s*(?:"([^"\\<>]*)"|([^"\\<>@,;:()\[\]]*?))\s*<([^\s<>@",;:()\[\]\\]+@[^\s<>@",;:()\[\]\\]+)>\s*$'
)
_BARE = re.compile(r"\s*([^\s<>@\",;:()\[\]\\]+@[^\s<>@\",;:()\[\]\\]+)\s*$")
_TOKEN = re.compile(
    r'"(?P<quoted>(?>(?:[^"\\]|\\.){0,500}))"'
    r"|<(?P<angle>[^<>]*+)>"
    r"|(?P<comment>\((?>(?:[^()\\]|\\.|\([^()]*+\))*)\))"
    r"|(?P<mark>[,;:])"
    r'|(?P<words>(?>(?:[^"<>(),;:\[]|\[[^\]\s"]{0,60}+\])+))'
    r'|(?P<odd>["<>()\[])',
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_DOT_ATOM = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f]+")
_DOMAIN = re.compile(r"[^\s\"(),:;<>@\[\]\\\x00-\x1f\x7f/]+|\[[0-9A-Fa-f.:IPv]+\]")
_COMMENT_OR_SPACE = re.compile(r"\([^()]*+\)|\s+")
_ANYWHERE = re.compile(r"[^\s<>@\",;:()\[\]\\]{1,64}@[^\s<>@\",;:()\[\]\\]{1,255}")
_FULL_STOPS = re.compile("[.。．｡]")
# What the older IDNA (RFC 3490) maps to other letters: straße.example is not strasse.example.
_DEVIATIONS = re.compile("[ßς\u200c\u200d]")
# Signs without a form of their own, which make two addresses look alike, or turn one around.
_UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_LONGEST_NAME = 200
# Of all fields of a name together: thousands of recipients.
_LONGEST_LISTS = 256 * 1024
_LONGEST_FIELDS = 16 * 1024
_SHORT = 200  # octets
_FEW = 20
_MOST = 1_000


def parties_of(headers: Headers, name: str, most: int = _MOST) -> tuple[Party, ...]:
    """Everybody named in the fields of that name, groups dissolved, at most ``most``."""
    longest = _LONGEST_LISTS if most > _FEW else _LONGEST_FIELDS
    return tuple(islice(_named(headers, name, longest), most))


def _named(headers: Headers, name: str, left: int) -> Iterator[Party]:
    for value in headers.every(name):
        if left <= 0:
            return
        if len(value) <= _SHORT:
            yield from _few(value, headers.charset)
        elif len(value) <= _LONGEST_FIELDS:
            yield from parse_list(plain(value, headers.charset))
        else:
            yield from parse_list(value[:left].decode("utf-8", "replace"))
        left -= len(value)


@lru_cache(maxsize=1024)  # the same fields are asked for several times, and people write again
def _few(value: bytes, charset: str | None) -> tuple[Party, ...]:
    return tuple(parse_list(plain(value, charset)))


def parse_list(text: str) -> Iterator[Party]:
    """The mailboxes of an address list; what holds no address is left out."""
    simple = _ONE.match(text) if len(text) < 1000 else None
    if simple:
        yield from _party(simple[3], simple[1] if simple[1] is not None else simple[2])
        return
    bare = _BARE.match(text) if len(text) < 1000 else None
    if bare:
        yield from _party(bare[1], "")
        return
    if "@" not in text and "=?" in text:
        text = decoded_words(text)  # the address itself was encoded (RFC 2047 forbids it)
    for pieces in _mailboxes(text):
        yield from _from_pieces(pieces)


_Pieces = list[tuple[str, str]]


def _mailboxes(text: str) -> Iterator[_Pieces]:
    """The tokens of one mailbox at a time."""
    pieces: _Pieces = []
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "mark":
            pieces.append((kind, match[kind]))
        elif match[0] == ":" and not any(k == "angle" or "@" in v for k, v in pieces):
            pieces = []  # the name of a group
        elif match[0] == "," and _is_half_a_name(pieces):
            pieces.append(("words", ","))
        elif match[0] != ":":
            yield pieces
            pieces = []
    yield pieces


def _is_half_a_name(pieces: _Pieces) -> bool:
    """``Byron, Ada <ada@…>``: a name whose comma should have stood in quotes."""
    return (
        len(pieces) == 1
        and pieces[0][0] == "words"
        and 0 < len(pieces[0][1].strip()) < 60
        and "@" not in pieces[0][1]
    )


def _from_pieces(pieces: _Pieces) -> Iterator[Party]:
    angles = [value for kind, value in pieces if kind == "angle" and "@" in value]
    if angles:
        name = " ".join(v for k, v in pieces if k in ("quoted", "words")).replace(" ,", ",")
        comment = " ".join(v for k, v in pieces if k == "comment")
        yield from _party(angles[-1], name if name.strip() else _uncommented(comment))
        return
    flat = "".join(f'"{v}"' if k == "quoted" else v for k, v in pieces if k != "comment").strip()
    comment = " ".join(v for k, v in pieces if k == "comment")
    if "@" in flat:
        yield from _loose(flat, _uncommented(comment))


def _loose(flat: str, comment: str) -> Iterator[Party]:
    """An address without angle brackets, perhaps with words beside it."""
    whole = normal_address(flat)
    if whole:
        yield Party(address=whole, name=_name(comment))
        return
    match = _ANYWHERE.search(flat[:2000])
    if match:
        rest = (flat[: match.start()] + flat[match.end() :]).strip(" \t\"'<>[],")
        yield from _party(match[0], comment if not rest or rest[0] == "@" else rest)


def _uncommented(comment: str) -> str:
    return comment.strip()[1:-1] if comment.strip().startswith("(") else ""


def _party(address: str, name: str) -> Iterator[Party]:
    normal = normal_address(address)
    if normal is None:
        address = _COMMENT_OR_SPACE.sub("", address[:2000])
        normal = normal_address(address)
    if normal is None:
        match = _ANYWHERE.search(address[:2000])
        normal = normal_address(match[0]) if match else None
    if normal:
        yield Party(address=normal, name=_name(name))


def _name(text: str) -> str:
    text = text[:2000].strip()
    if not text:
        return ""
    if "\\" in text:
        text = _ESCAPED.sub(r"\1", text)
    if "=?" in text:
        text = decoded_words(text)
    text = tidy(text)
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1].strip()
    return text[:_LONGEST_NAME]


@lru_cache(maxsize=4096)
def normal_address(address: str) -> str | None:
    """An address in lower case, its domain in ASCII form (RFC 5890); None if it is none.

    A source route is left out (RFC 5322, section 4.4), and so are ``mailto:`` and quotes that
    the local part does not need.
    """
    address = address.strip().strip("<>").strip()
    if address[:1] == address[-1:] == "'":
        address = address[1:-1]
    if "=?" in address:
        address = decoded_words(address).strip()
    if not address.isprintable():
        address = _UNSEEN.sub("", address)
    if address.lower().startswith(("mailto:", "smtp:")):
        address = address.partition(":")[2].partition("?")[0]
    if address.startswith("@") and ":" in address:
        address = address.rpartition(":")[2]
    local, at, domain = address.rpartition("@")
    if not at or not 0 < len(local) <= 250 or not 0 < len(domain) <= 255:
        return None
    domain = domain.strip().rstrip(".")
    if not _DOMAIN.fullmatch(domain) or ".." in domain or domain.startswith("."):
        return None
    plain_local = _local(local.strip())
    domain = ascii_domain(domain)
    return f"{plain_local}@{domain}" if plain_local and domain.isprintable() else None


def _local(local: str) -> str | None:
    if len(local) > 2 and local[0] == local[-1] == '"':
        inner = _ESCAPED.sub(r"\1", local[1:-1])
        if _DOT_ATOM.fullmatch(inner):
            return inner.lower()
        return local.lower() if inner.isprintable() else None
    local = local.strip("'")
    return local.lower() if _DOT_ATOM.fullmatch(local) and local.isprintable() else None


def ascii_domain(domain: str) -> str:
    """A domain in lower case and in ASCII form; what cannot be put so stays as it is.

    By IDNA 2008 (RFC 5891), where ``ß``, the final sigma and joiners are letters of their own,
    with the full stops of Chinese and Japanese keyboards.
    """
    if domain.isascii() or len(domain) > 255:
        return domain.lower()
    try:
        return ".".join(map(_ascii_label, _FULL_STOPS.split(domain.lower())))
    except UnicodeError:
        return domain.lower()


def _ascii_label(label: str) -> str:
    if _DEVIATIONS.search(label):
        return "xn--" + unicodedata.normalize("NFC", label).encode("punycode").decode("ascii")
    return label.encode("idna").decode("ascii")
