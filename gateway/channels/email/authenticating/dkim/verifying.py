from __future__ import annotations

import asyncio
import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gateway.channels.email.authenticating.dkim.octets import (
    Octets,
    UnreadableError,
    canonical_body,
    read_octets,
)
from gateway.channels.email.authenticating.dkim.signatures import (
    MOST,
    Signature,
    UnusableError,
    claimed,
    key_of,
    read_signature,
)
from gateway.channels.email.authenticating.names import DnsFailedError, Names

Run = Callable[..., "asyncio.Future[Any]"]


@dataclass(frozen=True, slots=True)
class DkimResult:
    """What became of one signature: pass, fail, policy, permerror or temperror; why."""

    result: str
    domain: str
    selector: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class _Work:
    """A mail with its signatures: those that can be checked, and what became of the others."""

    octets: Octets
    found: list[Signature | DkimResult]


async def check_signatures(
    names: Names, raw: bytes, *, deadline: float, run: Run
) -> list[DkimResult]:
    """Check at most ten signatures of a mail, topmost first. Never raises.

    ``run`` calls a function in a thread. What is not done by the deadline is a temporary error.
    """
    work: _Work = await run(_prepare, raw)
    results = [_one(names, work.octets, one, deadline, run) for one in work.found]
    return list(await asyncio.gather(*results))


def _prepare(raw: bytes) -> _Work:
    try:
        octets = read_octets(raw)
    except UnreadableError as error:
        return _Work(Octets((), b""), [DkimResult("permerror", "", because=str(error))])
    fields = [field for field in octets.fields if field[0].lower() == b"dkim-signature"]
    return _Work(octets, [_read(field) for field in fields[:MOST]])


def _read(field: tuple[bytes, bytes]) -> Signature | DkimResult:
    try:
        return read_signature(field)
    except UnusableError as error:
        return DkimResult(error.result, *claimed(field), str(error))


async def _one(
    names: Names, octets: Octets, signature: Signature | DkimResult, deadline: float, run: Run
) -> DkimResult:
    if isinstance(signature, DkimResult):
        return signature
    try:
        records = await names.texts(signature.key_name, deadline)
        key = key_of(records, signature)
        result, because = await run(_verify, octets, signature, key, names, deadline)
    except DnsFailedError as error:
        result, because = "temperror", f"the DNS gave no answer: {error}"
    except UnusableError as error:
        result, because = error.result, str(error)
    return DkimResult(result, signature.domain, signature.selector, because)


def _verify(
    octets: Octets, signature: Signature, key: Any, names: Names, deadline: float
) -> tuple[str, str]:
    body = hashlib.sha256()
    for block in canonical_body(octets.body, relaxed=signature.relaxed_body):
        body.update(block)
        if names.in_seconds(0) > deadline:
            raise DnsFailedError("the time is up")
    if body.digest() != _decoded(signature.tags[b"bh"]):
        return "fail", "the body is not the one that was signed"
    if not _is_signed_by(octets, signature, key):
        return "fail", "the headers are not those that were signed"
    return "pass", ""


def _decoded(value: bytes) -> bytes:
    try:
        return base64.b64decode(re.sub(rb"\s+", b"", value), validate=True)
    except ValueError as error:
        raise UnusableError("it is malformed") from error


def _is_signed_by(octets: Octets, signature: Signature, key: Any) -> bool:
    """Whether the headers bear this signature. The body's hash is compared already."""
    from dkim import DKIM, DKIMException

    names = set(signature.signed)
    checker = DKIM()
    # Only what can be signed: dkimpy walks through all fields for every name.
    checker.headers = [field for field in octets.fields if field[0].lower() in names]
    checker.pk, checker.ktag = key, signature.key_type
    checker.keysize = 8_192
    tags = {name: value for name, value in signature.tags.items() if name != b"bh"}
    try:
        good = checker.verify_sig_process(tags, list(signature.signed), signature.field, None)
    except (DKIMException, ValueError, AssertionError) as error:
        raise UnusableError("the signature does not fit the key") from error
    return bool(good)
