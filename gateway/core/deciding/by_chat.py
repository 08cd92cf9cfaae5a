"""Notices to agents by chat: in a ticket's thread, in private, or where they just spoke.

Whatever answers an agent's own words goes to them alone, where they spoke. All else goes by the
ways that their config names: as a mention in the ticket's thread, where it is shown in a room of
that network, else in private.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from gateway.core.changes import Change, Decision, NoticeKind, Reach, Say
from gateway.core.chat import Room, Spoken, Where
from gateway.core.deciding.hearing import typed_elsewhere
from gateway.core.deciding.showing import as_party, lane_of
from gateway.core.events import DeliveryFailed, Event, MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import Party
from gateway.core.policy import Agent, Policy

_MAIL = "email"
# They carry words that a thread shows already: whom they are for is mentioned there.
_WORDS = frozenset(
    {
        NoticeKind.NEW_TICKET,
        NoticeKind.REPLY,
        NoticeKind.STRANGER,
        NoticeKind.COPY,
        NoticeKind.NOTE,
    }
)
# They call whom they are for in the thread, too, by whatever way they hear of their tickets.
_CALLS = frozenset({NoticeKind.REMINDER, NoticeKind.OVERDUE, NoticeKind.ESCALATED})
_OF_ROOMS = frozenset({NoticeKind.CARD, NoticeKind.SAID, NoticeKind.HAPPENED})
# About the desk or an agent's own mail, or answered by mail alone.
_BY_MAIL = frozenset(
    {
        NoticeKind.HELD_UNPROVEN,
        NoticeKind.TROUBLE,
        NoticeKind.DIGEST,
        NoticeKind.AGENDA,
        NoticeKind.SUMMARY,
        NoticeKind.SHIFT_DONE,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spoke:
    """An agent who said something in a chat, by which account and where.

    ``elsewhere``: by a command that they typed where others read.
    """

    agent: Agent
    account: Party
    chat: Spoken
    elsewhere: bool


def with_chats(decision: Decision, event: Event, policy: Policy) -> Decision:
    """The decision, with what agents are told by chat in place of mail."""
    spoke = _spoke(event, policy)
    if spoke is None and not (policy.told_by_chat or policy.called_in_rooms):
        return decision
    failed = event.to.channel if isinstance(event, DeliveryFailed) else ""
    ways = _Ways(policy, spoke, failed)
    also = tuple(replace(on, changes=ways.of(on.changes)) for on in decision.also)
    return replace(decision, changes=ways.of(decision.changes), also=also)


def _spoke(event: Event, policy: Policy) -> _Spoke | None:
    message = event.message if isinstance(event, MessageArrived) else None
    if message is None or message.chat is None:
        return None
    agent = policy.agent_of(message.author)
    if agent is None:
        return None
    elsewhere = typed_elsewhere(message)
    return _Spoke(agent=agent, account=message.author, chat=message.chat, elsewhere=elsewhere)


class _Ways:
    """By which ways each agent hears what is said to them."""

    def __init__(self, policy: Policy, spoke: _Spoke | None, failed: str) -> None:
        self._policy = policy
        self._spoke = spoke
        self._failed = failed  # a network by which something did not arrive just now

    def of(self, changes: tuple[Change, ...]) -> tuple[Change, ...]:
        """The changes to one ticket, with what is said by other ways."""
        called: dict[int, tuple[Party, ...]] = {}  # by the post's place among the changes
        moved: list[Change] = []
        for change in changes:
            agent = self._agent(change)
            if agent is None or not isinstance(change, Say):
                moved.append(change)
            elif self._spoke is not None and agent.email == self._spoke.agent.email:
                moved.append(_alone(change, self._spoke))
            else:
                moved += self._told(change, agent, changes, called)
        return tuple(_together(_calling(one, called.get(id(one), ())) for one in moved))

    def _agent(self, change: Change) -> Agent | None:
        """The agent to whom something is said as one, by mail so far."""
        if not isinstance(change, Say) or change.to.channel != _MAIL or change.in_room:
            return None
        if change.reach is Reach.REQUESTER or change.kind in _BY_MAIL:
            return None
        return self._policy.agents_by_email.get(change.to.address)

    def _told(
        self,
        say: Say,
        agent: Agent,
        changes: tuple[Change, ...],
        called: dict[int, tuple[Party, ...]],
    ) -> Iterable[Say]:
        ways = [way for way in agent.notify if way != self._failed] or [_MAIL]
        for way in ways:
            if way == _MAIL:
                yield say
                continue
            account = Party(channel=way, address=agent.account(way), name=agent.name)
            post = _post_of(say, way, changes)
            if post is not None:
                called[id(post)] = (*called.get(id(post), ()), account)
            else:
                yield self._by_chat(say, account, changes)
        if say.kind in _CALLS:
            yield from self._calls(say, agent, ways, changes)

    def _calls(
        self, say: Say, agent: Agent, ways: list[str], changes: tuple[Change, ...]
    ) -> Iterable[Say]:
        """The same in the ticket's thread on each network by which they do not hear of it yet."""
        shown = _shown_in(changes)
        for room in self._policy.rooms:
            account = agent.account(room.channel)
            elsewhere = room.channel in (*ways, self._failed)
            if account and room.channel in shown and not elsewhere:
                who = Party(channel=room.channel, address=account, name=agent.name)
                yield self._in_thread(say, room, who)

    def _by_chat(self, say: Say, account: Party, changes: tuple[Change, ...]) -> Say:
        """In the ticket's thread, with a mention; words that stand there already in private."""
        room = next((r for r in self._policy.rooms if r.channel == account.channel), None)
        if room is None or room.channel not in _shown_in(changes) or say.kind in _WORDS:
            return replace(say, to=account)
        return self._in_thread(say, room, account)

    def _in_thread(self, say: Say, room: Room, account: Party) -> Say:
        """In the room, below the ticket's card, with a mention of somebody."""
        return replace(
            say,
            to=as_party(room),
            reach=Reach.NOBODY,
            lane=lane_of(room),
            in_room=True,
            language=self._policy.language,
            mentions=(account,),
        )


def _shown_in(changes: tuple[Change, ...]) -> set[str]:
    """The networks in whose room the ticket is shown."""
    cards = (c for c in changes if isinstance(c, Say) and c.kind is NoticeKind.CARD)
    return {card.to.channel for card in cards if not card.facts.get("hidden")}


def _together(changes: Iterable[Change]) -> list[Change]:
    """Several who are called in a thread by the same thing are called by one post."""
    kept: list[Change] = []
    calls: dict[tuple[object, ...], int] = {}
    for change in changes:
        if isinstance(change, Say) and change.in_room and change.kind not in _OF_ROOMS:
            key = (change.kind, change.to, change.about, change.because)
            if key in calls:
                first = kept[calls[key]]
                kept[calls[key]] = _calling(first, change.mentions)
                continue
            calls[key] = len(kept)
        kept.append(change)
    return kept


def _post_of(say: Say, channel: str, changes: tuple[Change, ...]) -> Say | None:
    """The post in a room of a network that shows the words which a notice carries."""
    if say.kind not in _WORDS or say.about is None:
        return None
    posts = (c for c in changes if isinstance(c, Say) and c.kind is NoticeKind.SAID)
    return next((p for p in posts if p.to.channel == channel and p.about == say.about), None)


def _calling(change: Change, them: tuple[Party, ...]) -> Change:
    if not them or not isinstance(change, Say):
        return change
    return replace(change, mentions=tuple(dict.fromkeys((*change.mentions, *them))))


def _alone(say: Say, spoke: _Spoke) -> Say:
    """To whoever spoke, where they spoke, if nobody else sees it there; else in private."""
    chat = spoke.chat
    private = chat.where is Where.DIRECT and not spoke.elsewhere
    there = private or chat.shown_to_author_alone
    return replace(
        say,
        to=replace(spoke.account, name=spoke.agent.name),
        place=chat.place if there else "",
        alone=not private,
        facts={**say.facts, "chat": True},
    )
