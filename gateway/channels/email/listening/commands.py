"""Command lines, and the arguments of MAIL and RCPT (RFC 5321, section 4.1.2; RFC 6531)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from gateway.channels.email.listening.replies import Refusal, syntax_error

LOCAL_LIMIT = 64  # octets, RFC 5321, section 4.5.3.1.1
ADDRESS_LIMIT = 254  # octets, RFC 5321, section 4.5.3.1.3, without the angle brackets

_ATOM = r"A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\x80-\U0010ffff"  # dots anywhere: real addresses have them
_LABEL = r"A-Za-z0-9_\x80-\U0010ffff"
_LOCAL = rf'[{_ATOM}]+|"(?:[^"\\]|\\.)*"'
_DOMAIN = rf"[{_LABEL}](?:[{_LABEL}.\-]*[{_LABEL}])?|\[[A-Za-z0-9.:\-]+\]"
# A source route is read over, as RFC 5321, appendix F.2 asks for.
_PATH = re.compile(
    rf"<(?:@[{_LABEL}.,@\-]+:)?(?:(?P<local>{_LOCAL})(?:@(?P<domain>{_DOMAIN}))?)?>(?P<rest>.*)"
)
_DOT_ATOM = re.compile(rf"[{_ATOM}]+")
_SIZE = re.compile(r"[0-9]{1,20}")  # RFC 1870, section 4

_MAIL_FORM = "MAIL FROM:<address> [SIZE=octets] [BODY=8BITMIME] [SMTPUTF8]"
_RCPT_FORM = "RCPT TO:<address>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """What MAIL said. ``address`` is empty for mail that wants no answer; ``size`` in octets."""

    address: str
    size: int = 0
    utf8: bool = False


@dataclass(slots=True)
class Transaction:
    """One message on its way: its sender, and the recipients taken so far."""

    sender: Sender
    recipients: list[str] = field(default_factory=list)


def read_command(line: bytes) -> tuple[str, str]:
    """A line as verb, in upper case, and argument. Raises `Refusal` for what is no clean line."""
    if not line.endswith(b"\r\n"):
        raise Refusal("500 5.5.2 a command line ends with CR LF, this one with a bare LF")
    try:
        text = line[:-2].decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("500 5.5.2 a command line is ASCII or UTF-8") from None
    if not text.isprintable():
        raise Refusal("500 5.5.2 control character in a command line")
    verb, _, argument = text.partition(" ")
    return verb.upper(), argument.strip()


def read_sender(argument: str, *, max_size: int) -> Sender:
    """The argument of MAIL. Raises `Refusal`: syntax, unknown parameters, too large a SIZE."""
    address, rest = _read_path(argument, "FROM:", _MAIL_FORM)
    parameters = _parameters(rest)
    size = _size(parameters.pop("SIZE", "0"))
    utf8 = parameters.pop("SMTPUTF8", None)
    body = parameters.pop("BODY", "7BIT").upper()
    if parameters:
        raise Refusal(f"555 5.5.4 unknown parameter {next(iter(parameters))} of MAIL")
    if utf8 or body not in {"7BIT", "8BITMIME"}:
        raise syntax_error(_MAIL_FORM)
    if size > max_size:
        raise Refusal(f"552 5.3.4 message too big: at most {max_size} octets")
    return Sender(
        address=_checked(address, utf8=utf8 is not None), size=size, utf8=utf8 is not None
    )


def read_recipient(argument: str, *, utf8: bool, hostname: str) -> str:
    """The argument of RCPT. A bare ``postmaster`` is that of ``hostname``.

    Raises `Refusal`: syntax, unknown parameters, letters beyond ASCII without SMTPUTF8.
    """
    address, rest = _read_path(argument, "TO:", _RCPT_FORM)
    for name in _parameters(rest):
        raise Refusal(f"555 5.5.4 unknown parameter {name} of RCPT")
    if address.lower() == "postmaster":
        return f"{address}@{hostname}"
    if "@" not in address:
        raise syntax_error(_RCPT_FORM)
    return _checked(address, utf8=utf8)


def _read_path(argument: str, keyword: str, form: str) -> tuple[str, str]:
    path = argument[len(keyword) :].lstrip()
    match = _PATH.fullmatch(path)
    if argument[: len(keyword)].upper() != keyword or match is None:
        raise syntax_error(form)
    local, domain, rest = match["local"] or "", match["domain"], match["rest"]
    if rest and not rest.startswith(" "):
        raise syntax_error(form)
    return _unquoted(local) + (f"@{domain}" if domain else ""), rest


def _unquoted(local: str) -> str:
    """Quotes that are not needed left out, as RFC 5321, section 4.1.2 asks of a sender."""
    inside = local[1:-1]
    return inside if local.startswith('"') and _DOT_ATOM.fullmatch(inside) else local


def _checked(address: str, *, utf8: bool) -> str:
    if not utf8 and not address.isascii():
        raise Refusal("553 5.6.7 an address beyond ASCII needs SMTPUTF8 with MAIL")
    local = address.rpartition("@")[0]
    if len(local.encode()) > LOCAL_LIMIT or len(address.encode()) > ADDRESS_LIMIT:
        raise Refusal(
            f"553 5.1.3 address too long: at most {LOCAL_LIMIT} octets before the @, "
            f"{ADDRESS_LIMIT} in all"
        )
    return address


def _parameters(rest: str) -> dict[str, str]:
    """``KEY=value`` and ``KEY`` as a mapping; a key twice is a syntax error."""
    found: dict[str, str] = {}
    for word in rest.split():
        key, equals, value = word.partition("=")
        if key.upper() in found or (equals and not value):
            raise syntax_error("each parameter once, as KEY or KEY=value")
        found[key.upper()] = value
    return found


def _size(value: str) -> int:
    if not _SIZE.fullmatch(value):
        raise syntax_error("SIZE=octets, in digits")
    return int(value)


def shortened(address: str) -> str:
    """An address as logs show it: the first letter and the domain."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}…{at}{domain}" if at else f"{address[:1]}…"
