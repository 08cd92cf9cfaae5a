"""What `gateway check` finds in the DNS about the desk's own mail, and what should stand there."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import Iterable
from pathlib import Path

from gateway.channels.email.authenticating.dkim.signatures import tags_of
from gateway.channels.email.authenticating.dmarc import find_record, read_tags
from gateway.channels.email.authenticating.names import DnsFailedError, Names
from gateway.channels.email.authenticating.spf import SpfSyntaxError, parse, records_among
from gateway.channels.email.authenticating.suffixes import aligned
from gateway.channels.email.findings import broken, doubtful, works
from gateway.channels.email.proof_settings import DkimTable, name_server
from gateway.channels.email.sending.signing_key import KeyFileError, SigningKey, read_key
from gateway.channels.email.settings import EmailTable
from gateway.core.ports import Finding

_MOST_DOMAINS = 20
_STRING = 255  # octets of one string of a TXT record (RFC 1035, section 3.3.14)
_KEY = "email.dkim.key_file"


async def check_dns(table: EmailTable, addresses: Iterable[str]) -> list[Finding]:
    """SPF, DKIM and DMARC of the domains that mail goes out from. Never raises.

    Without a relay and without a key no mail goes out to the world, and nothing is asked.
    """
    found = [] if table.dkim.key_file is None else [_key_file(table.dkim.key_file)]
    if not table.send.host and table.dkim.key_file is None:
        return found
    names = Names([name_server(one) for one in table.authentication.nameservers])
    deadline = names.in_seconds(table.authentication.timeout.total_seconds())
    domains = sorted({address.rpartition("@")[2] for address in addresses})[:_MOST_DOMAINS]
    look = _Look(table, names, deadline)
    checks = [look.dkim(), *(c for d in domains for c in (look.spf(d), look.dmarc(d)))]
    return [*found, *await asyncio.gather(*checks)]


class _Look:
    def __init__(self, table: EmailTable, names: Names, deadline: float) -> None:
        self._table = table
        self._names = names
        self._deadline = deadline

    async def spf(self, domain: str) -> Finding:
        """Who may send mail for a domain of the desk's (RFC 7208)."""
        key = f"spf {domain}"
        wanted = f"with the senders that your relay names: {_zone(domain, 'v=spf1 mx -all')}"
        try:
            found = records_among(await self._names.texts(domain, self._deadline))
        except DnsFailedError as error:
            return doubtful(key, f"not known ({error}); it should hold one record, {wanted}")
        if not found:
            return doubtful(key, f"there is no SPF record; it should hold one, {wanted}")
        if len(found) > 1:
            return broken(key, f"there are {len(found)} SPF records, so none counts; join them")
        text = _plain(found[0])
        try:
            record = parse(found[0])
        except SpfSyntaxError as error:
            return broken(key, f"{text}: {error}")
        last = record.mechanisms[-1] if record.mechanisms else None
        if last is not None and last.name == "all" and last.result == "pass":
            return broken(key, f"{text}: everybody may send mail in your name")
        if record.redirect is None and (last is None or last.result not in ("fail", "softfail")):
            return doubtful(key, f"{text}: it forbids nobody; end it with -all or ~all")
        return works(key, text)

    async def dkim(self) -> Finding:
        """Whether others find the key that we sign with (RFC 6376)."""
        table = self._table.dkim
        if table.key_file is None:
            said = "mail out is not signed by the gateway; if your relay does not sign it, give "
            return doubtful("email.dkim", said + "[email.dkim] domain, selector and key_file")
        key, name = f"dkim {table.domain}", f"{table.selector}._domainkey.{table.domain}"
        try:
            own = await asyncio.to_thread(read_key, table.key_file)
        except (KeyFileError, OSError) as error:
            return broken(_KEY, str(error))
        wanted = f"it should hold {_zone(name, own.record())}"
        try:
            found = await self._names.texts(name, self._deadline)
        except DnsFailedError as error:
            return doubtful(key, f"not known ({error}); {wanted}")
        return _published(key, name, found, own, wanted)

    async def dmarc(self, domain: str) -> Finding:
        """What others do with mail that only pretends to be ours (RFC 7489)."""
        key, name = f"dmarc {domain}", f"_dmarc.{domain}"
        wanted = f"it should hold one, such as {_zone(name, 'v=DMARC1; p=quarantine')}"
        try:
            record = await find_record(self._names, domain, self._deadline)
            texts = await self._names.texts(name, self._deadline)
        except DnsFailedError as error:
            return doubtful(key, f"not known ({error}); {wanted}")
        own = [text for text in texts if read_tags(text) is not None]
        if len(own) > 1:
            return broken(key, f"there are {len(own)} DMARC records, so none counts; keep one")
        if record is None and own:
            return broken(key, f"{_plain(own[0])}: it says no policy; {wanted}")
        if record is None:
            return doubtful(key, f"there is no DMARC record; {wanted}")
        if not _counts(self._table.dkim, domain, strict=record.strict_dkim):
            by = self._table.dkim.domain
            return doubtful(key, f"mail from {domain} is signed by {by}, which does not count here")
        return works(key, f"p={record.policy}, by {record.domain}")


def _counts(table: DkimTable, domain: str, *, strict: bool) -> bool:
    return not table.domain or aligned(table.domain, domain, strict=strict)


def _published(
    key: str, name: str, found: tuple[bytes, ...], own: SigningKey, wanted: str
) -> Finding:
    if not found:
        return broken(
            key, f"others find no key at {name}, so the signature is worth nothing; {wanted}"
        )
    public = tags_of(own.record().encode())[b"p"]
    if len(found) > 1:
        return broken(key, f"there are {len(found)} records at {name}; {wanted} alone")
    if b"".join(tags_of(found[0]).get(b"p", b"").split()) != public:
        return broken(key, f"{name} holds another key than key_file; {wanted}")
    return works(key, f"{name} holds the key that mail is signed with")


def _key_file(path: Path) -> Finding:
    try:
        mode = stat.S_IMODE(path.stat().st_mode)
        own = read_key(path)
    except (KeyFileError, OSError) as error:
        return broken(_KEY, f"{path}: {error}")
    if mode & (stat.S_IRWXO | stat.S_IWGRP):
        return doubtful(_KEY, f"{path} can be read or changed by others (mode {mode:04o}): 0600")
    return works(_KEY, f"signs with {own.algorithm}, {own.bits} bits")


def _zone(name: str, text: str) -> str:
    """A TXT record as it stands in a zone file, its long text in several strings."""
    parts = [f'"{text[n : n + _STRING]}"' for n in range(0, len(text), _STRING)]
    value = parts[0] if len(parts) == 1 else f"( {' '.join(parts)} )"
    return f"{name}. IN TXT {value}"


def _plain(text: bytes) -> str:
    return text[:500].decode("ascii", "replace")
