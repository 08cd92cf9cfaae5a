"""Commands that send, take back, or tell the agent something: ``#send``, ``#undo``, ``#status``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gateway.core.changes import Cancel, NoticeKind, Reach, Settle
from gateway.core.commands import GRAMMAR, Command, parse
from gateway.core.deciding.act import Act, WrongCommandError
from gateway.core.deciding.draft import by_agent
from gateway.core.deciding.publishing import Words, publish
from gateway.core.model import Body, EntryFact, Ticket
from gateway.core.notices import ticket_facts

GLOBAL = frozenset({"mine", "help", "away", "back"})


def _send(act: Act, command: Command) -> None:
    """Send what was held, with the commands that were written above it."""
    from gateway.core.deciding.performing import perform

    held = act.situation.held
    if held is None:
        raise WrongCommandError(command, "an answer that is held for you: there is none here")
    if act.draft.has(Settle):
        raise WrongCommandError(command, "it once: the answer goes out already")
    parsed = parse(held.body.full_text or held.body.text)
    words = Words(
        body=Body(text=held.body.text),
        original=held.body.full_text,
        because=by_agent(act.agent, command.line),
        files=held.files,
        wanted=held.wanted,
        wanted_by=held.entry if held.wanted else None,
        channel=act.words.channel,
    )
    act.draft.add(Settle(entry=held.entry))
    publish(act.draft, act.agent, words, takes=not parsed.gives)
    for again in parsed.commands:
        if again.name != "send":
            perform(act, again)


def _undo(act: Act, command: Command) -> None:
    waiting = act.situation.waiting
    if waiting is None:
        raise WrongCommandError(command, "an answer that still waits: none does, it is on its way")
    because = by_agent(act.agent, command.line)
    act.draft.add(Cancel(outbox_ids=waiting.outbox_ids, entry=waiting.entry, because=because))
    act.draft.tell(
        act.agent,
        NoticeKind.DONE,
        because,
        reach=Reach.PUBLIC,
        about=waiting.entry,
        facts={"done": "undo"},
    )


def _status(act: Act, command: Command) -> None:
    history = [entry_facts(e) for e in act.situation.history]
    act.draft.tell(
        act.agent,
        NoticeKind.STATUS,
        by_agent(act.agent, command.line),
        facts={"history": history},
    )


def entry_facts(entry: EntryFact) -> dict[str, Any]:
    """An entry as templates see it: one line of it."""
    return {
        "id": entry.id,
        "at": entry.at,
        "kind": entry.kind.value,
        "visibility": entry.visibility.value,
        "author": entry.author.shown,
        "text": " ".join(entry.text.split())[:160],
        "change": entry.change,
    }


def _mine(act: Act, command: Command) -> None:
    act.draft.tell(
        act.agent,
        NoticeKind.MINE,
        by_agent(act.agent, command.line),
        facts={"tickets": [ticket_line(act, t) for t in act.situation.mine]},
    )


def ticket_line(act: Act, ticket: Ticket) -> dict[str, Any]:
    """A ticket as one line of a list."""
    return ticket_facts(act.draft.policy, ticket) | {"number": ticket.number}


def _help(act: Act, command: Command) -> None:
    because = by_agent(act.agent, command.line)
    act.draft.tell(act.agent, NoticeKind.HELP, because, facts=grammar_facts())


def grammar_facts() -> dict[str, Any]:
    """All that agents can say, as templates see it."""
    return {"commands": [{"usage": g.usage, "does": g.does} for g in GRAMMAR]}


PERFORM_ANSWERS: dict[str, Callable[[Act, Command], None]] = {
    "send": _send,
    "undo": _undo,
    "status": _status,
    "mine": _mine,
    "help": _help,
}
