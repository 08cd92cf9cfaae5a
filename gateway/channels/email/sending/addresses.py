"""Mail addresses on their way out: checked, and as much in ASCII as they can be."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from gateway.core.model import Party
from gateway.core.ports import Outbound, PermanentError

# Line separators of Unicode are here, too: some servers and clients end a line at them.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ATOMS = re.compile(r"[^\s\"(),:;<>@\[\\\]]+")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"')
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_LITERAL = re.compile(r"\[[0-9A-Za-z.:]+\]")
_UNICODE_DOTS = re.compile("[\u3002\uff0e\uff61]")
_MAX_LOCAL = 64  # octets, RFC 5321, section 4.5.3.1.1
_MAX_ADDRESS = 254  # octets, RFC 5321, section 4.5.3.1.3 less the angle brackets


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address that is safe in a header and in an SMTP command.

    ``local`` is not quoted; ``domain`` is ASCII (IDNA) or an address literal.
    """

    local: str
    domain: str

    @property
    def spec(self) -> str:
        """``local@domain``, the local part quoted where RFC 5322 asks for it."""
        return f"{_quoted_if_needed(self.local)}@{self.domain}"

    @property
    def ascii(self) -> bool:
        """No server needs SMTPUTF8 (RFC 6531) for it."""
        return self.local.isascii()


def mailbox(address: str) -> Mailbox:
    """The parts of an address. Raises PermanentError: with these characters nobody takes it."""
    refuse_controls(address)
    local, at, domain = address.strip().rpartition("@")
    box = Mailbox(_unquoted(local), _ascii_domain(domain)) if at else Mailbox("", "")
    if not box.local or not box.domain or not _fits(box):
        raise PermanentError(f"{address[:320]!r} is not a mail address: expected name@domain")
    return box


def refuse_controls(address: str) -> None:
    """Raise PermanentError for an address with a line break or another control character."""
    if CONTROLS.search(address):
        raise PermanentError(
            f"the address {address[:320]!r} has a line break or a control character in it"
        )


def shown_mailboxes(people: tuple[Party, ...], *, utf8: bool) -> tuple[tuple[str, Mailbox], ...]:
    """Names and mailboxes that a header can show.

    Who is on another channel or has something that is no address is left out, and without
    ``utf8`` whose local part is not ASCII: mail to the others must not fail for them.
    Raises PermanentError for control characters.
    """
    found = ((p.name, _mailbox_or_none(p)) for p in people)
    return tuple((name, box) for name, box in found if box and (utf8 or box.ascii))


def envelope_needs_utf8(outbound: Outbound) -> bool:
    """Whether delivery itself needs SMTPUTF8: there is no other way to write these addresses."""
    own = (outbound.to.address, outbound.sender.address, outbound.reply_to, outbound.bounce_to)
    return any(not mailbox(address).ascii for address in own if address)


def wants_utf8(outbound: Outbound) -> bool:
    """Whether any address, those merely shown included, is complete with SMTPUTF8 only."""
    shown = shown_mailboxes((*outbound.shown_to, *outbound.shown_cc), utf8=True)
    return envelope_needs_utf8(outbound) or any(not box.ascii for _, box in shown)


def _mailbox_or_none(party: Party) -> Mailbox | None:
    refuse_controls(party.address)
    if party.channel != "email":
        return None
    try:
        return mailbox(party.address)
    except PermanentError:
        return None


def _unquoted(local: str) -> str:
    if quoted := _QUOTED.fullmatch(local):
        return re.sub(r"\\(.)", r"\1", quoted[1])
    return local if _ATOMS.fullmatch(local) else ""


def _quoted_if_needed(local: str) -> str:
    dotted = local.startswith(".") or local.endswith(".") or ".." in local
    if _ATOMS.fullmatch(local) and not dotted:
        return local
    escaped = local.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _ascii_domain(domain: str) -> str:
    """The domain in ASCII, or nothing if it cannot be one.

    Not the codec of the standard library: that is IDNA 2003, which sends ``straße.example``
    to ``strasse.example``, somebody else's domain.
    """
    if _LITERAL.fullmatch(domain):
        return domain
    normal = unicodedata.normalize("NFKC", _UNICODE_DOTS.sub(".", domain)).lower()
    labels = [_ascii_label(label) for label in normal.removesuffix(".").split(".")]
    return ".".join(labels) if all(labels) else ""


def _ascii_label(label: str) -> str:
    if not label.isascii():
        if not all(c in "-_" or c.isalnum() or unicodedata.category(c)[0] == "M" for c in label):
            return ""
        label = "xn--" + label.encode("punycode").decode("ascii")
    return label if _LABEL.fullmatch(label) else ""


def _fits(box: Mailbox) -> bool:
    return len(box.local.encode()) <= _MAX_LOCAL and len(box.spec.encode()) <= _MAX_ADDRESS
