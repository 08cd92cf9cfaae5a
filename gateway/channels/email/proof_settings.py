"""The tables about who really sent a mail: whom we believe, and how we prove ourselves."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from gateway.channels.email.sending.signing_key import EXPECTED, KeyFileError, read_key
from gateway.settings.faults import Doubt
from gateway.settings.table import Table
from gateway.settings.types import Line, Name, PresentFile, Wait, Words

_LOCAL_NETWORKS = (
    *("127.0.0.0/8", "::1", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
    *("169.254.0.0/16", "fc00::/7", "fe80::/10"),
)
_LABELS = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")


def _network(given: str) -> str:
    try:
        ipaddress.ip_network(given, strict=False)
    except ValueError:
        raise ValueError('an IP address or network such as "10.0.0.5" or "10.0.0.0/8"') from None
    return given


def _name_server(given: str) -> str:
    try:
        name_server(given)
    except ValueError:
        raise ValueError('an IP address such as "10.0.0.53", or "10.0.0.53:5353"') from None
    return given


def name_server(given: str) -> tuple[str, int]:
    """Address and port of a name server as the config spells it. Raises ValueError."""
    host, port = given, "53"
    if given.startswith("["):
        host, _, rest = given[1:].partition("]")
        port = rest.removeprefix(":") if rest else port
    elif given.count(":") == 1:
        host, _, port = given.partition(":")
    ipaddress.ip_address(host)
    if not port.isdecimal() or not 0 < int(port) < 65_536:
        raise ValueError(f"no port: {port}")
    return host, int(port)


def _labels(given: str) -> str:
    if given and not (_LABELS.fullmatch(given) and ".." not in given and len(given) <= 200):
        raise ValueError("a name in the DNS, in ASCII")
    return given.lower()


Network = Annotated[
    str, AfterValidator(_network), Words("IP address or network", "an IP address or network")
]
NameServer = Annotated[str, AfterValidator(_name_server), Words("IP address", "an IP address")]
Labels = Annotated[Line, AfterValidator(_labels), Words("string", "a name in the DNS")]


class TrustedServer(Table):
    """[[email.trusted_authserv]]: a server whose Authentication-Results count (RFC 8601)."""

    id: Name = Field(
        examples=["mx.acme.example"], description="the authserv-id at the beginning of its header"
    )
    peers: tuple[Network, ...] = Field(
        (),
        examples=[["10.0.0.5"]],
        description="the addresses it hands mail over from; none: its mail is fetched by IMAP",
    )


class AuthenticationTable(Table):
    """[email.authentication]: SPF, DKIM and DMARC, looked at by the gateway itself."""

    evaluate: bool = Field(
        True, description="whether the gateway looks at them when it takes mail in"
    )
    nameservers: tuple[NameServer, ...] = Field(
        (),
        examples=[["10.0.0.53", "10.0.0.53:5353"]],
        description="whom it asks for DNS records; none: the system's",
    )
    timeout: Wait = Field(
        timedelta(seconds=5),
        description="the longest that one mail waits for it; then nothing is proven",
    )
    relays: tuple[Network, ...] = Field(
        _LOCAL_NETWORKS,
        description="who hands on other people's mail, so that SPF says nothing about it; the "
        "peers of trusted_authserv always count among them",
    )


class DkimTable(Table):
    """[email.dkim]: mail out is signed (RFC 6376), if all three are given."""

    domain: Labels = Field("", description="the domain that signs; empty: nothing is signed")
    selector: Labels = Field("", description="the name of the key below _domainkey in the DNS")
    key_file: PresentFile = Field(
        None, description="an RSA or Ed25519 private key in PEM, readable by the daemon alone"
    )

    def doubts(self) -> Iterator[Doubt]:
        given = {"domain": self.domain, "selector": self.selector, "key_file": self.key_file}
        if any(given.values()):
            for key in (key for key, value in given.items() if not value):
                beside = next(name for name, value in given.items() if value)
                yield Doubt(place=(key,), found=f"not given beside {beside}", expected="all three")
        if self.key_file is not None:
            yield from _key_doubts(self.key_file)


def _key_doubts(path: Path) -> Iterator[Doubt]:
    try:
        read_key(path)
    except KeyFileError as error:
        found = f"found {error} in {path}"
        yield Doubt(place=("key_file",), found=found, expected=EXPECTED)
    except OSError as error:
        found = f"{path} cannot be read: {error.strerror}"
        yield Doubt(place=("key_file",), found=found, expected=EXPECTED)
