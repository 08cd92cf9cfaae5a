"""Macros in SPF records (RFC 7208, section 7)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import quote

_EXPAND = r"%\{([slodiphcrtvSLODIPHCRTV])([1-9][0-9]{0,2})?([rR])?([.+,/_=-]*)\}"
_PIECE = re.compile(rf"{_EXPAND}|(%%|%_|%-)")
MACRO_STRING = re.compile(rf"(?>(?:{_EXPAND.replace('(', '(?:')}|%%|%_|%-|[\x21-\x24\x26-\x7e])*)")
ENDS_WITH_MACRO = re.compile(r"(?:\}|%%|%_|%-)\Z")
_FIXED = {"%%": "%", "%_": " ", "%-": "%20"}
_LONGEST_NAME = 253


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What macros stand for; ``validated`` is the peer's name, if it was asked for."""

    local: str
    sender_domain: str
    domain: str
    helo: str
    ip: ipaddress.IPv4Address | ipaddress.IPv6Address
    validated: str = "unknown"


def wants_validated(spec: str) -> bool:
    """Whether a domain can only be known with the peer's validated name."""
    return any(match[1] in ("p", "P") for match in _PIECE.finditer(spec) if match[1])


def expand(spec: str, facts: Facts) -> str:
    """The domain that is meant; what is too long loses labels at its left (section 7.3)."""
    name = _PIECE.sub(lambda match: _piece(match, facts), spec).removesuffix(".")
    while len(name) > _LONGEST_NAME and "." in name:
        name = name.partition(".")[2]
    return name


def _piece(match: re.Match[str], facts: Facts) -> str:
    if match[5]:
        return _FIXED[match[5]]
    parts = re.split(f"[{re.escape(match[4] or '.')}]", _value(match[1].lower(), facts))
    if match[3]:
        parts.reverse()
    if match[2]:
        parts = parts[-int(match[2]) :]
    text = ".".join(parts)
    return quote(text, safe="-._~") if match[1].isupper() else text


def _value(letter: str, facts: Facts) -> str:
    values = {
        "s": f"{facts.local}@{facts.sender_domain}",
        "l": facts.local,
        "o": facts.sender_domain,
        "d": facts.domain,
        "i": _dotted(facts.ip),
        "p": facts.validated,
        "v": "in-addr" if facts.ip.version == 4 else "ip6",
        "h": facts.helo,
    }
    return values.get(letter, "")


def _dotted(ip: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
    return str(ip) if ip.version == 4 else ".".join(f"{int(ip):032x}")
