"""What an agent says on a ticket: an answer, a note, commands, or a line nobody understands."""

from __future__ import annotations

from gateway.core.changes import Alter, Decision, NoticeKind, Reach, Refuse
from gateway.core.commands import Fault, Parsed, parse, parse_words
from gateway.core.conversations import common_place
from gateway.core.deciding.draft import Desk, Draft, desk_author, is_the_desks
from gateway.core.deciding.formatting import html_below
from gateway.core.deciding.holding import Doubt, doubt_of, hold, keep
from gateway.core.deciding.incoming import claim, leaked_to
from gateway.core.deciding.performing import Act, WrongCommandError, perform
from gateway.core.deciding.publishing import Words, publish, write_note
from gateway.core.events import AgentActed, MessageArrived
from gateway.core.frozen import replace
from gateway.core.model import (
    Body,
    EntryFact,
    Visibility,
)
from gateway.core.placement import Placement
from gateway.core.policy import Agent, Policy
from gateway.core.reasons import Reason, Why
from gateway.core.revoking import without_address
from gateway.core.situation import Situation
from gateway.core.speakers import Speaker

_NOBODY_OUTSIDE = Fault(
    line="",
    expected='"#for" and whose address it is for: only the desk itself would get this answer',
)


def decide_agent_message(
    event: MessageArrived,
    placement: Placement,
    speaker: Speaker,
    situation: Situation,
    desk: Desk,
) -> Decision:
    """An agent's mail on a ticket: all of it is done, or none of it and they hear why."""
    assert speaker.agent is not None  # noqa: S101 - the caller has looked
    message, agent = event.message, speaker.agent
    parsed = parse(message.text)
    placement, situation = _meant(parsed, placement, situation)
    public = goes_out(parsed, speaker.reach, situation.answered)
    words = _words_of(event, parsed, placement.because)
    said = bool(words.said_in)  # everybody there has read it already
    doubt = None
    if public and words.any and not said and not parsed.has("send"):
        doubt = doubt_of(words, agent, placement, situation, desk)
    draft = _begun(event, placement, agent, desk)
    faults = parsed.faults or _do(draft, agent, parsed, words, situation, doubt, public=public)
    if faults:
        draft = _begun(event, placement, agent, desk)
        explain_faults(draft, agent, words, faults, public=public)
    claim(draft, message, _entry_of(draft, agent, words))
    draft.matched_by = placement.matched_by
    return draft.decision()


def _meant(
    parsed: Parsed, placement: Placement, situation: Situation
) -> tuple[Placement, Situation]:
    """``#open`` by the address of a merged ticket means that one, to live on its own again."""
    merged, into = placement.original, placement.ticket
    if merged is None or into is None or not parsed.has("open"):
        return placement, situation
    others = {**situation.others, into.number: into}
    if merged.merged_into not in others:
        return placement, situation
    return replace(placement, ticket=merged), replace(situation, ticket=merged, others=others)


def _begun(event: MessageArrived, placement: Placement, agent: Agent, desk: Desk) -> Draft:
    """A draft on the ticket. An address of the agent's that got out is replaced in any case."""
    assert placement.ticket is not None  # noqa: S101 - the caller has looked
    draft = Draft(placement.ticket, desk, event.at, live=event.live)
    usable = placement.own_address and not placement.dead
    if not usable or not leaked_to(event.message, desk):
        return draft
    because = Reason.of(Why.ADDRESS_GOT_OUT, agent=agent.name)
    named = placement.original or draft.ticket
    mended, author = without_address(named, agent.email), desk_author(desk.policy)
    for field in ("leaked", "generation"):
        new = getattr(mended, field)
        if named.number == draft.ticket.number:
            draft.alter(field, new, because, author)
        elif new != getattr(named, field):
            change = Alter(field=field, new=new, because=because, author=author)
            draft.on_other(named.number, change)
    return draft


def _entry_of(draft: Draft, agent: Agent, words: Words) -> str:
    """The ref of the entry that holds the mail; one of commands alone is kept as they stand."""
    there = draft.newest_ref(words.fingerprint or "")
    body = Body(text=words.original, full_text=words.body.full_text)
    return there or keep(draft, agent, replace(words, attachments=()), words.because, body)


def goes_out(parsed: Parsed, reach: Visibility | None, answered: EntryFact | None) -> bool:
    """Whether an agent's words are public: as they say, as the address, as what they answer."""
    if parsed.has("note"):
        return False
    if parsed.has("reply"):
        return True
    if reach is not None:
        return reach is Visibility.PUBLIC
    if answered is None:
        return False
    return (answered.reply_visibility or answered.visibility) is Visibility.PUBLIC


def _words_of(event: MessageArrived, parsed: Parsed, because: Reason) -> Words:
    message = event.message
    if event.released_by:
        because = Reason.of(Why.RELEASED, agent=event.released_by)
    files = tuple(a for a in message.attachments if parsed.rest or not a.inline)
    return Words(
        body=Body(
            text=parsed.rest,
            full_text=message.full_text,
            html=html_below(message.html, parsed) if message.chat is not None else None,
        ),
        original=message.text,
        attachments=files,
        because=because,
        fingerprint=message.fingerprint,
        message_id=message.message_id,
        channel=message.channel,
        said_in=common_place(message),
        awaits_files=bool(message.chat and message.chat.files),
        proof=message.proof,
    )


def _do(
    draft: Draft,
    agent: Agent,
    parsed: Parsed,
    words: Words,
    situation: Situation,
    doubt: Doubt | None,
    *,
    public: bool,
) -> tuple[Fault, ...]:
    """Answer or note first, then the commands; gives the faults, if there are any."""
    if not words.any and not parsed.commands:
        return (Fault(line="", expected="some words above the quoted text, or a command"),)
    to_nobody = public and words.any and not parsed.has("send") and _only_ourselves(draft)
    if to_nobody and not parsed.has("for"):
        return (_NOBODY_OUTSIDE,)
    if doubt is not None and words.any:
        hold(draft, agent, words, doubt)
        return ()
    act = Act(draft=draft, agent=agent, situation=situation, parsed=parsed, words=words)
    try:
        _carry_out(act, public=public and not parsed.has("send"))
    except WrongCommandError as wrong:
        return (wrong.fault,)
    return ()


def _only_ourselves(draft: Draft) -> bool:
    """Whether an answer would come back to the desk alone, such as to a form that writes as it."""
    people = [p.address for p in draft.ticket.people if p.address]
    return bool(people) and all(is_the_desks(draft.desk, a) for a in people)


def _carry_out(act: Act, *, public: bool) -> None:
    """Whom ``#for`` names, for the words are meant for them; then the words, then the commands."""
    commands = {(c.name, c.args): c for c in act.parsed.commands}.values()
    first = [c for c in commands if c.name == "for"]
    for command in first:
        perform(act, command)
    _say_words(act, public=public)
    for command in commands:
        if command not in first:
            perform(act, command)


def _say_words(act: Act, *, public: bool) -> None:
    if not act.words.any:
        return
    if public:
        publish(act.draft, act.agent, act.words, takes=not act.parsed.gives)
    else:
        write_note(act.draft, act.agent, act.words)


def explain_faults(
    draft: Draft, agent: Agent, words: Words, faults: tuple[Fault, ...], *, public: bool
) -> None:
    """Nothing is sent and nothing changed: the text stays as a note, and the agent hears why."""
    because = Reason.of(Why.COMMAND_WRONG, line=faults[0].line or "(nothing)")
    body = Body(text=words.original, full_text=words.body.full_text)
    ref = keep(draft, agent, words, because, body)
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


_VIA = {"cli": Why.BY_SHELL, "email": Why.BY_DIGEST}


def decide_acted(event: AgentActed, situation: Situation, desk: Desk) -> Decision:
    """An agent spoke by the command line or a button: the same, with refusals said at once."""
    parsed = parse_words(event.commands)
    agent = _actor(event, parsed, desk.policy)
    ticket = situation.ticket
    if agent is None:
        return _refused((f"there is no agent {event.agent}",))
    if ticket is None or not desk.policy.may_see(agent, ticket.queue):
        return _refused((f"there is no ticket {event.ticket} that {agent.name} can see",))
    said = "\n\n".join(t for t in (parsed.rest, event.text.strip()) if t)
    words = Words(
        body=Body(text=said, full_text=said),
        original=said,
        because=Reason.of(_VIA[event.via], agent=agent.name),
        channel=event.via,
    )
    if not words.any and not event.commands:
        return _refused(("nothing was said: expected words, or a command",))
    draft = Draft(ticket, desk, event.at)
    public = (event.public or parsed.has("reply")) and not parsed.has("note")
    faults = parsed.faults or _do(draft, agent, parsed, words, situation, None, public=public)
    if faults:
        return _refused(tuple(_one_line(f) for f in faults))
    return draft.decision()


def _actor(event: AgentActed, parsed: Parsed, policy: Policy) -> Agent | None:
    """Who acts; the operator, who is no agent, may put entries where they belong and no more."""
    moves = all(command.name == "move" for command in parsed.commands)
    if not event.agent and not event.text and moves:
        return Agent(name="the operator", email="", lead=True)
    return policy.agents_by_email.get(event.agent)


def _refused(lines: tuple[str, ...]) -> Decision:
    return Decision(ticket=None, changes=(Refuse(lines=lines),))


def _one_line(fault: Fault) -> str:
    meant = f" (did you mean {fault.meant}?)" if fault.meant else ""
    return f"{fault.line}: expected {fault.expected}{meant}"
