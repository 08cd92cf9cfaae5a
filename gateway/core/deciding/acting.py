"""What an agent says on a ticket: an answer, a note, commands, or a line nobody understands."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.changes import Append, Decision, NoticeKind, Reach, Refuse
from gateway.core.commands import Fault, Parsed, parse, parse_words
from gateway.core.deciding.draft import Desk, Draft, agent_author, desk_author
from gateway.core.deciding.incoming import claim, leaked_to
from gateway.core.deciding.performing import Act, WrongCommandError, perform
from gateway.core.deciding.publishing import Words, publish, write_note
from gateway.core.events import AgentActed, MessageArrived
from gateway.core.model import (
    Body,
    Direction,
    EntryFact,
    EntryKind,
    Message,
    Visibility,
)
from gateway.core.place import Placement
from gateway.core.policy import Agent
from gateway.core.reasons import Reason, Why
from gateway.core.scrubbing import internal_left
from gateway.core.situation import Situation
from gateway.core.speakers import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doubt:
    """Why an answer is held for its author, and the entry that it should have seen."""

    held: str
    because: Reason
    newer: EntryFact | None = None


def decide_agent_message(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """An agent's mail on a ticket: all of it is done, or none of it and they hear why."""
    assert placement.ticket is not None  # noqa: S101 - the caller has looked
    assert speaker.agent is not None  # noqa: S101 - the caller has looked
    message, agent = event.message, speaker.agent
    parsed = parse(message.text)
    public = goes_out(parsed, speaker.reach, situation.answered)
    words = _words_of(message, parsed, placement.because)
    doubt = _doubt(parsed, words, agent, situation, desk) if public else None
    draft = Draft(placement.ticket, desk, event.at, live=event.live)
    faults = parsed.faults or _do(draft, agent, parsed, words, situation, doubt, public=public)
    if faults:
        draft = Draft(placement.ticket, desk, event.at, live=event.live)
        explain_faults(draft, agent, words, faults, public=public)
    _claim_keys(draft, message, agent, placement)
    draft.matched_by = placement.matched_by
    return draft.decision()


def goes_out(parsed: Parsed, reach: Visibility | None, answered: EntryFact | None) -> bool:
    """Whether an agent's words are public: as they say, else as the address, else as what they
    answer was.
    """
    if parsed.has("note"):
        return False
    if parsed.has("reply"):
        return True
    if reach is not None:
        return reach is Visibility.PUBLIC
    return answered is not None and answered.visibility is Visibility.PUBLIC


def _words_of(message: Message, parsed: Parsed, because: Reason) -> Words:
    files = tuple(a for a in message.attachments if parsed.rest or not a.inline)
    return Words(
        body=Body(text=parsed.rest, full_text=message.full_text),
        original=message.text,
        attachments=files,
        because=because,
        fingerprint=message.fingerprint,
        message_id=message.message_id,
        channel=message.channel,
    )


def _do(
    draft: Draft,
    agent: Agent,
    parsed: Parsed,
    words: Words,
    situation: Situation,
    doubt: _Doubt | None,
    *,
    public: bool,
) -> tuple[Fault, ...]:
    """Answer or note first, then the commands; gives the faults, if there are any."""
    if not words.any and not parsed.commands:
        return (Fault(line="", expected="some words above the quoted text, or a command"),)
    if doubt is not None and words.any:
        _hold(draft, agent, words, doubt)
        return ()
    act = Act(draft=draft, agent=agent, situation=situation, parsed=parsed, words=words)
    try:
        _say_words(act, public=public and not parsed.has("send"))
        for command in parsed.commands:
            perform(act, command)
    except WrongCommandError as wrong:
        return (wrong.fault,)
    return ()


def _say_words(act: Act, *, public: bool) -> None:
    if not act.words.any:
        return
    if public:
        takes = not (act.parsed.has("assign") or act.parsed.has("take"))
        publish(act.draft, act.agent, act.words, takes=takes)
    else:
        write_note(act.draft, act.agent, act.words)


def _doubt(
    parsed: Parsed, words: Words, agent: Agent, situation: Situation, desk: Desk
) -> _Doubt | None:
    """Why an answer must not go out yet, or None."""
    if not words.any or parsed.has("send"):
        return None
    notes = [e.text for e in situation.history if e.kind is EntryKind.NOTE]
    left = internal_left(words.body.text, notes, desk.book.looks_ours)
    if left is not None:
        return _Doubt(held="mark", because=Reason.of(Why.MARK_SURVIVED, what=left))
    newer = [e for e in situation.newer if e.author.address != agent.email]
    if not newer:
        return None
    other = newer[-1].author.name or newer[-1].author.address
    because = Reason.of(Why.OVERTAKEN, other=other)
    return _Doubt(held="overtaken", because=because, newer=newer[-1])


def _hold(draft: Draft, agent: Agent, words: Words, doubt: _Doubt) -> None:
    """Keep the answer as a note of its author, and explain to them alone."""
    ref = draft.ref()
    draft.entry(
        Append(
            ref=ref,
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
            channel=words.channel,
            author=agent_author(agent, words.channel),
            because=doubt.because,
            body=Body(text=words.body.text, full_text=words.original),
            attachments=words.attachments,
            fingerprint=words.fingerprint,
            message_id=words.message_id,
            held=doubt.held,
        )
    )
    newer = doubt.newer
    draft.tell(
        agent,
        NoticeKind.HELD_ANSWER,
        doubt.because,
        reach=Reach.PUBLIC,
        about=newer.id if newer else ref,
        facts={
            "overtaken": newer is not None,
            "why": str(doubt.because),
            "other": (newer.author.name or newer.author.address) if newer else "",
            "other_words": newer.text if newer else "",
            "other_at": newer.at if newer else None,
            "answer": words.body.text,
        },
    )


def explain_faults(
    draft: Draft, agent: Agent, words: Words, faults: tuple[Fault, ...], *, public: bool
) -> None:
    """Nothing is sent and nothing changed: the text stays as a note, and the agent hears why."""
    because = Reason.of(Why.COMMAND_WRONG, line=faults[0].line or "(nothing)")
    ref = draft.ref()
    draft.entry(
        Append(
            ref=ref,
            kind=EntryKind.NOTE,
            visibility=Visibility.INTERNAL,
            direction=Direction.IN,
            channel=words.channel,
            author=agent_author(agent, words.channel),
            because=because,
            body=Body(text=words.original, full_text=words.body.full_text),
            attachments=words.attachments,
            fingerprint=words.fingerprint,
            message_id=words.message_id,
        )
    )
    draft.tell(
        agent,
        NoticeKind.COMMAND_ERROR,
        because,
        reach=Reach.PUBLIC if public else Reach.INTERNAL,
        about=ref,
        facts={"faults": fault_facts(faults), "text": words.original},
    )


def fault_facts(faults: tuple[Fault, ...]) -> list[dict[str, str]]:
    """Faults as templates see them."""
    return [{"line": f.line, "expected": f.expected, "meant": f.meant or ""} for f in faults]


def _claim_keys(draft: Draft, message: Message, agent: Agent, placement: Placement) -> None:
    last = draft.newest_ref(message.fingerprint)
    claim(draft, message, last)
    if placement.own_address and leaked_to(message, draft.desk.book, draft.policy):
        because = Reason.of(Why.ADDRESS_GOT_OUT, agent=agent.name)
        leaked = (*draft.ticket.leaked, agent.email)
        draft.alter("leaked", leaked, because, desk_author(draft.policy))


def decide_acted(event: AgentActed, situation: Situation, desk: Desk) -> Decision:
    """An agent spoke by the command line or a button: the same, with refusals said at once."""
    agent = desk.policy.agents_by_email.get(event.agent)
    ticket = situation.ticket
    if agent is None or ticket is None or not desk.policy.may_see(agent, ticket.queue):
        return _refused(("there is no such ticket, or no such agent",))
    parsed = parse_words(event.commands)
    words = Words(
        body=Body(text=event.text.strip(), full_text=event.text),
        original=event.text,
        because=Reason.of(Why.BY_SHELL, agent=agent.name),
        channel="cli",
    )
    draft = Draft(ticket, desk, event.at)
    public = event.public and not parsed.has("note")
    faults = parsed.faults or _do(draft, agent, parsed, words, situation, None, public=public)
    if faults:
        return _refused(tuple(f"{f.line or 'nothing'}: expected {f.expected}" for f in faults))
    return draft.decision()


def _refused(lines: tuple[str, ...]) -> Decision:
    return Decision(ticket=None, changes=(Refuse(lines=lines),))
