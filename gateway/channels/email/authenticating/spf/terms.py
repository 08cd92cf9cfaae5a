"""The terms of an SPF record (RFC 7208, sections 4.6, 5, 6 and 12)."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

from gateway.channels.email.authenticating.spf.macros import ENDS_WITH_MACRO, MACRO_STRING

IpNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

_VERSION = b"v=spf1"
_TERM = re.compile(r"([+?~-]?)([A-Za-z][A-Za-z0-9._-]*)(?:([:/=])(.*))?", re.DOTALL)
_NUMBER = r"0|[1-9][0-9]{0,2}"
_DUAL_CIDR = re.compile(rf"(.*?)(?:/({_NUMBER}))?(?://({_NUMBER}))?", re.DOTALL)
_CIDR = re.compile(rf"([^/]*)(?:/({_NUMBER}))?")
_QUALIFIERS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral", "": "pass"}
_LONGEST = 8_192  # octets: every record that could be evaluated within its limits is shorter


class SpfSyntaxError(Exception):
    """A record that cannot be understood: the result is a permanent error."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mechanism:
    """One directive: what it says (``result``) if it matches.

    ``target`` is the domain as it is written, with macros; empty: the domain that is checked.
    ``cidr4`` and ``cidr6`` are prefix lengths; ``network`` is set for ip4 and ip6.
    """

    name: str
    result: str
    text: str
    target: str = ""
    cidr4: int = 32
    cidr6: int = 128
    network: IpNetwork | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An SPF record. ``redirect`` is the domain as it is written, None if there is none."""

    mechanisms: tuple[Mechanism, ...]
    redirect: str | None = None


def records_among(texts: Sequence[bytes]) -> list[bytes]:
    """Those TXT records that are SPF records (RFC 7208, section 4.5)."""
    return [t for t in texts if t.lower() == _VERSION or t[:7].lower() == _VERSION + b" "]


def parse(text: bytes) -> Record:
    """Read a record, all of it. Raises SpfSyntaxError."""
    if len(text) > _LONGEST:
        raise SpfSyntaxError("it is too long")
    try:
        words = text.decode("ascii").split(" ")[1:]
    except UnicodeDecodeError:
        raise SpfSyntaxError("it holds letters beyond ASCII") from None
    mechanisms: list[Mechanism] = []
    modifiers: dict[str, str] = {}
    for word in filter(None, words):
        match = _TERM.fullmatch(word)
        if match is None:
            raise SpfSyntaxError(f'"{word}" is no term')
        if match[3] == "=":
            _modifier(match, modifiers)
        else:
            mechanisms.append(_mechanism(match))
    return Record(mechanisms=tuple(mechanisms), redirect=modifiers.get("redirect"))


def _modifier(match: re.Match[str], modifiers: dict[str, str]) -> None:
    name, value = match[2].lower(), match[4]
    if match[1]:
        raise SpfSyntaxError(f'"{match[0]}" is no term')
    if name not in ("redirect", "exp"):
        if not MACRO_STRING.fullmatch(value):
            raise SpfSyntaxError(f'"{match[0]}" holds a macro that is none')
        return
    if name in modifiers:
        raise SpfSyntaxError(f"{name} stands there twice")
    modifiers[name] = _domain_spec(value, match[0])


def _mechanism(match: re.Match[str]) -> Mechanism:
    name, mark, value = match[2].lower(), match[3], match[4] or ""
    result, text = _QUALIFIERS[match[1]], match[0]
    if name == "all" and mark is None:
        return Mechanism(name=name, result=result, text=text)
    if name in ("include", "exists") and mark == ":":
        return Mechanism(name=name, result=result, text=text, target=_domain_spec(value, text))
    if name == "ptr" and mark in (":", None):
        target = _domain_spec(value, text) if mark else ""
        return Mechanism(name=name, result=result, text=text, target=target)
    if name in ("a", "mx"):
        return _host(name, result, text, (mark or "") + value)
    if name in ("ip4", "ip6") and mark == ":":
        return Mechanism(name=name, result=result, text=text, network=_network(name, value, text))
    raise SpfSyntaxError(f'"{text}" is no mechanism')


def _host(name: str, result: str, text: str, rest: str) -> Mechanism:
    match = _DUAL_CIDR.fullmatch(rest)
    if match is None:
        raise SpfSyntaxError(f'"{text}" is no mechanism')
    target = ""
    if match[1]:
        if not match[1].startswith(":"):
            raise SpfSyntaxError(f'"{text}" has a prefix length that is none')
        target = _domain_spec(match[1][1:], text)
    cidr4, cidr6 = int(match[2] or 32), int(match[3] or 128)
    if cidr4 > 32 or cidr6 > 128:
        raise SpfSyntaxError(f'"{text}" has a prefix length that is none')
    return Mechanism(name=name, result=result, text=text, target=target, cidr4=cidr4, cidr6=cidr6)


def _network(name: str, value: str, text: str) -> IpNetwork:
    match = _CIDR.fullmatch(value)
    if match is None or "%" in value:
        raise SpfSyntaxError(f'"{text}" names no network')
    try:
        if name == "ip4":
            return ipaddress.IPv4Network((match[1], int(match[2] or 32)), strict=False)
        return ipaddress.IPv6Network((match[1], int(match[2] or 128)), strict=False)
    except ValueError:
        raise SpfSyntaxError(f'"{text}" names no network') from None


def _domain_spec(value: str, text: str) -> str:
    """A domain with macros: it ends with a macro or a top-level label."""
    if not MACRO_STRING.fullmatch(value) or re.search(r"%\{[crtCRT]", value):
        raise SpfSyntaxError(f'"{text}" names no domain')
    if ENDS_WITH_MACRO.search(value):
        return value
    _, dot, last = value.removesuffix(".").rpartition(".")
    if not dot or not _is_top_label(last):
        raise SpfSyntaxError(f'"{text}" names no domain')
    return value


def _is_top_label(label: str) -> bool:
    plain = label.replace("-", "")
    return bool(plain) and plain.isalnum() and not label.isdigit() and label.strip("-") == label
