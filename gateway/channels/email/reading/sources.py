"""Machines that may open tickets: which of the operator's sources a mail is from, and its facts.

What follows from them is the core's business.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from gateway.channels.email.reading.headers import Headers
from gateway.channels.email.reading.parties import normal_address, parties_of
from gateway.core.expressions import (
    TEXT,
    Expression,
    Fact,
    Facts,
    Vocabulary,
    list_of,
    map_of,
)
from gateway.core.model import Party, Source

LONGEST_TEXT = 50_000  # characters that expressions look at
_MOST_HEADERS = 200
_LONGEST_HEADER = 2_000
_LONGEST_LINE = 300
_MOST_LINES = 400
_SPACE = re.compile(r"\s+")

WORDS = Vocabulary(
    (
        Fact("from", TEXT, "the address in From, in lower case", 'from == "alerts@acme.example"'),
        Fact("name", TEXT, "the name in From", 'name == "Nagios"'),
        Fact(
            "reply_to",
            TEXT,
            "the first address in Reply-To, in lower case; empty if there is none",
            'reply_to != ""',
        ),
        Fact("to", list_of(TEXT), "the addresses in To", '"ops@acme.example" in to'),
        Fact("cc", list_of(TEXT), "the addresses in Cc", "cc.size() == 0"),
        Fact("subject", TEXT, "the subject", 'subject.matches("^(?:PROBLEM|RECOVERY)")'),
        Fact(
            "text",
            TEXT,
            f"all of the text, at most {LONGEST_TEXT} characters",
            'text.contains("state: OK")',
        ),
        Fact(
            "headers",
            map_of(TEXT, lower=True),
            "the first header field of each name, by its name in lower case",
            '"x-alert-id" in headers && headers["x-alert-id"] != ""',
        ),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRule:
    """One of the operator's sources, ready to be asked.

    Who asks is whom Reply-To names (``reply_to``), whom the first group of a ``pattern`` finds in
    the text, else whom From names.
    """

    name: str
    match: Expression
    reply_to: bool = False
    pattern: re.Pattern[str] | None = None
    dedupe: Expression | None = None
    resolves: Expression | None = None
    names: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        asked = (self.match, self.dedupe, self.resolves)
        object.__setattr__(self, "names", frozenset(n for e in asked if e for n in e.names))


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """What of a mail is looked at."""

    headers: Headers
    author: Party
    to: tuple[Party, ...]
    cc: tuple[Party, ...]
    subject: str
    text: str


def source_of(rules: tuple[SourceRule, ...], mail: Mail, defects: list[str]) -> Source | None:
    """The first source that matches; None for all other mail.

    An expression that cannot be told for this mail is as if it were not there, and a defect.
    """
    if not rules:
        return None
    facts = Facts(_facts(mail, {name for rule in rules for name in rule.names}))
    rule = next((r for r in rules if r.match.run(facts).true), None)
    if rule is None:
        return None
    person = _requester(rule, mail)
    if person is None and (rule.reply_to or rule.pattern):
        defects.append(f"source {rule.name}: the mail names no requester")
    resolves = rule.resolves is not None and rule.resolves.run(facts).true
    key = _key(rule, facts, defects)
    return Source(name=rule.name, key=key, resolves=resolves, person=person)


def _facts(mail: Mail, wanted: Iterable[str]) -> dict[str, object]:
    values: dict[str, Callable[[], object]] = {
        "from": lambda: mail.author.address,
        "name": lambda: mail.author.name,
        "reply_to": lambda: next((p.address for p in parties_of(mail.headers, "reply-to", 1)), ""),
        "to": lambda: [party.address for party in mail.to],
        "cc": lambda: [party.address for party in mail.cc],
        "subject": lambda: mail.subject,
        "text": lambda: mail.text[:LONGEST_TEXT],
        "headers": lambda: _headers(mail.headers),
    }
    return {name: values[name]() for name in wanted}


def _headers(headers: Headers) -> dict[str, str]:
    names = dict.fromkeys(name for name, _ in headers.fields[:_MOST_HEADERS])
    return {name: headers.text(name)[:_LONGEST_HEADER] for name in names}


def _key(rule: SourceRule, facts: Facts, defects: list[str]) -> str:
    """The durable key of what it is about; empty where nothing folds."""
    if rule.dedupe is None:
        return ""
    outcome = rule.dedupe.run(facts)
    if outcome.failed:
        defects.append(f"source {rule.name}: dedupe gives nothing: {outcome.failed}"[:300])
        return ""
    about = _SPACE.sub(" ", str(outcome.value)).strip()
    digest = blake2b(f"{rule.name}\0{about}".encode("utf-8", "replace"), digest_size=16)
    return f"source:{digest.hexdigest()}"


def _requester(rule: SourceRule, mail: Mail) -> Party | None:
    """The person for whom the source speaks, if it does."""
    if rule.reply_to:
        return next(iter(parties_of(mail.headers, "reply-to", 1)), None)
    if rule.pattern is not None:
        return next(_named(rule.pattern, mail.text), None)
    return None


def _named(pattern: re.Pattern[str], text: str) -> Iterator[Party]:
    """Whom the text names, line by line: short lines, for patterns may be slow on long ones."""
    for line in text[:LONGEST_TEXT].split("\n", _MOST_LINES)[:_MOST_LINES]:
        found = pattern.search(line[:_LONGEST_LINE])
        address = normal_address(found[1].strip(" <>\t\r")) if found and found[1] else None
        if found and address:
            name = found.groupdict().get("name") or ""
            yield Party(address=address, name=name.strip()[:200])
