"""Faults that no table can see alone: names that point nowhere, addresses that meet."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gateway.core.calendars import ALWAYS
from gateway.core.nearest import nearest
from gateway.settings.faults import Doubt, Place
from gateway.settings.models import AgentTable, DeskTable, QueueTable
from gateway.settings.policy import DEFAULT_QUEUE, book_of, key_id
from gateway.settings.rules import Numbered, rule_doubts
from gateway.settings.ruling import ContactTable

Agents = tuple[tuple[int, AgentTable], ...]
Queues = tuple[tuple[int, QueueTable], ...]
_ADDRESS_LIMIT = 254  # octets, RFC 5321 section 4.5.3.1.3
_PROBE = b"only its length counts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The tables that are right in themselves, those of a list with their index in the file."""

    desk: DeskTable | None
    agents: Agents = ()
    queues: Queues = ()
    rules: Numbered = ()
    contacts: tuple[tuple[int, ContactTable], ...] = ()
    calendars: tuple[str, ...] = ()


def cross_doubts(parts: Parts) -> Iterator[Doubt]:
    """Whatever does not fit together."""
    desk, agents, queues = parts.desk, parts.agents, parts.queues
    yield from _same_names(queues)
    yield from _same_addresses(queues)
    yield from _same_agents(agents)
    yield from _told_nowhere(parts)
    yield from _agents_at_the_desk(desk, agents, queues)
    yield from _unknown_queues(agents, queues)
    yield from _restricted_and_empty(agents, queues)
    yield from _skills_of_nobody(agents, queues)
    yield from _same_contacts(parts)
    names = [q.name for _, q in queues] or [DEFAULT_QUEUE]
    calendars = (ALWAYS, *parts.calendars)
    yield from rule_doubts(parts.rules, [a for _, a in agents], names, calendars)
    if desk is not None:
        yield from _same_keys(desk)
        yield from _long_addresses(desk, queues)


def _same_names(queues: Queues) -> Iterator[Doubt]:
    names = [(("queues", n, "name"), q.name) for n, q in queues]
    yield from _repeated(names, "queue")


def _same_addresses(queues: Queues) -> Iterator[Doubt]:
    addresses = [(("queues", n, "addresses"), a) for n, q in queues for a in q.addresses]
    yield from _repeated(addresses, "address")


def _same_agents(agents: Agents) -> Iterator[Doubt]:
    emails = [(("agents", n, "email"), a.email) for n, a in agents]
    yield from _repeated(emails, "address")


def _told_nowhere(parts: Parts) -> Iterator[Doubt]:
    """Ways to tell an agent something by which nothing would reach them."""
    for n, agent in parts.agents:
        there = {"email": True, "slack": bool(agent.slack), "telegram": bool(agent.telegram)}
        if not agent.notify:
            yield _told(n, "found none", 'at least "email"')
        for way in agent.notify:
            if way not in there:
                known = ", ".join(f'"{one}"' for one in there)
                yield _told(n, f'found "{way}"', f"one of {known}", nearest(way, there))
            elif not there[way]:
                yield _told(n, f'found "{way}", where they are not known', f"{way} of the agent")


def _told(n: int, found: str, expected: str, hint: str = "") -> Doubt:
    return Doubt(place=("agents", n, "notify"), found=found, expected=expected, hint=hint)


def _skills_of_nobody(agents: Agents, queues: Queues) -> Iterator[Doubt]:
    for n, queue in queues:
        there = [a for _, a in agents if not a.queues or queue.name in a.queues]
        known = sorted({skill for a in there for skill in a.skills})
        if queue.skill and queue.skill.casefold() not in {s.casefold() for s in known}:
            yield Doubt(
                place=("queues", n, "skill"),
                found=f'found "{queue.skill}", which no agent of the queue has',
                expected="one of their skills " + ", ".join(f'"{s}"' for s in known)
                if known
                else f'an agent of the queue with skills = ["{queue.skill}"]',
                hint=nearest(queue.skill, known),
            )


def _same_contacts(parts: Parts) -> Iterator[Doubt]:
    matches = [(("contacts", n, "match"), c.match) for n, c in parts.contacts]
    yield from _repeated(matches, "address")


def _repeated(named: Sequence[tuple[Place, str]], what: str) -> Iterator[Doubt]:
    first: dict[str, Place] = {}
    for place, name in named:
        if first.setdefault(name, place) is not place:
            earlier = f"{first[name][0]}[{int(first[name][1]) + 1}]"
            yield Doubt(
                place=place,
                found=f'found "{name}", which {earlier} has already',
                expected=f"another {what}",
            )


def _agents_at_the_desk(desk: DeskTable | None, agents: Agents, queues: Queues) -> Iterator[Doubt]:
    taken = {address: f'queue "{q.name}"' for _, q in queues for address in q.addresses}
    if desk is not None:
        taken.setdefault(desk.address, "the desk")
    for n, agent in agents:
        if agent.email in taken:
            yield Doubt(
                place=("agents", n, "email"),
                found=f'found "{agent.email}", the address of {taken[agent.email]}',
                expected="an address of the agent's own",
            )


def _unknown_queues(agents: Agents, queues: Queues) -> Iterator[Doubt]:
    known = [q.name for _, q in queues] or [DEFAULT_QUEUE]
    for n, agent in agents:
        for name in agent.queues:
            if name not in known:
                yield Doubt(
                    place=("agents", n, "queues"),
                    found=f'found "{name}"',
                    expected="one of the queues " + ", ".join(f'"{k}"' for k in known),
                    hint=nearest(name, known),
                )


def _restricted_and_empty(agents: Agents, queues: Queues) -> Iterator[Doubt]:
    for n, queue in queues:
        if queue.restricted and not any(queue.name in a.queues for _, a in agents):
            yield Doubt(
                place=("queues", n, "restricted"),
                found=f'found a restricted queue "{queue.name}" that no agent names',
                expected=f'an agent with queues = ["{queue.name}"]',
            )


def _same_keys(desk: DeskTable) -> Iterator[Doubt]:
    old = desk.old_secrets
    secrets = [*filter(None, [desk.secret.get_secret_value()]), *old]
    if old and not desk.secret.get_secret_value():
        yield Doubt(
            place=("desk", "previous_secrets"),
            found="found previous secrets without a secret",
            expected="desk.secret beside them",
        )
    if len(secrets) != len({key_id(secret.encode()) for secret in secrets}):
        yield Doubt(
            place=("desk", "previous_secrets"),
            found="found two secrets that cannot be told apart in an address",
            expected="another desk.secret",
            hint="one in sixteen meets an earlier one by chance; make a new one",
        )


def _long_addresses(desk: DeskTable, queues: Queues) -> Iterator[Doubt]:
    book = book_of(desk, tuple(q for _, q in queues), _PROBE)
    where: list[tuple[Place, str]] = [
        (("queues", n, "addresses"), q.name) for n, q in queues if q.addresses
    ]
    where.append((("desk", "address"), ""))
    if desk.reply_address:
        where = [(("desk", "reply_address"), "")]
    for place, queue in where:
        try:
            longest = book.longest(queue)
        except ValueError:
            yield _too_long(place, "64 octets before the @")
        else:
            if len(longest.encode()) > _ADDRESS_LIMIT:
                yield _too_long(place, f"{_ADDRESS_LIMIT} octets in all")


def _too_long(place: Place, limit: str) -> Doubt:
    return Doubt(
        place=place,
        found="a signed reply address made of it would be too long",
        expected=f"an address that leaves room: at most {limit} with 42 for the signature",
    )
