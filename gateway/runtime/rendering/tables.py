"""What templates may use, as the tables of the documentation."""

from __future__ import annotations

from collections.abc import Mapping

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering.variables import COMMON, EXTRA, TICKET, Variable

_SAID: Mapping[NoticeKind, str] = {
    NoticeKind.CONFIRMATION: "to the author of a new request",
    NoticeKind.ANSWER: "to requester and participants: what an agent wrote",
    NoticeKind.LATE_FILE: "to them: a file that the answer had to go out without",
    NoticeKind.WAITING: "to a requester who has not answered: a reminder",
    NoticeKind.STILL_OPEN: "to a requester, before a target is missed: it is being worked on",
    NoticeKind.RESOLVED: "to the requester: it is resolved; is it really?",
    NoticeKind.CARD: "in a room of agents: how a ticket stands, kept up to date",
    NoticeKind.SAID: "in a room of agents, below the card: what somebody said on the ticket",
    NoticeKind.HAPPENED: "in a room of agents, below the card: what changed",
    NoticeKind.WELCOME: "in a chat: how to ask for help there",
    NoticeKind.OVERVIEW: "in a chat: the reader's own requests",
    NoticeKind.HEARD: "in a chat: a short answer to a button or a request to the desk itself",
    NoticeKind.LINK_CODE: "by mail: the code that proves to a chat whose address it is",
    NoticeKind.NEW_TICKET: "to agents: a new ticket, or one that came to their queue",
    NoticeKind.REPLY: "to agents: the requester or a participant wrote",
    NoticeKind.EDITED: "to agents: somebody changed or deleted in a chat what they had written",
    NoticeKind.STRANGER: "to agents: somebody wrote who does not take part",
    NoticeKind.COPY: "to agents who watch: what another agent answered",
    NoticeKind.ASSIGNED: "to the agent who got a ticket",
    NoticeKind.OPENED: "to the agent who opened a ticket for somebody",
    NoticeKind.NOTE: "to agents: another agent wrote a note",
    NoticeKind.WOKE: "to agents: the time of `#pending` or `#hold` is over",
    NoticeKind.REMINDER: "to whom a step says: something is due soon",
    NoticeKind.OVERDUE: "to whom a step says: something was due",
    NoticeKind.ESCALATED: "to the next tier, or a lead",
    NoticeKind.PASSED_ON: "to the agent who had a ticket, or escalated it: where it went",
    NoticeKind.COMMAND_ERROR: "to an agent: a line was not understood",
    NoticeKind.HELD_UNPROVEN: "to an agent: a mail in their name came without proof",
    NoticeKind.HELD_ANSWER: "to an agent: their answer was not sent yet",
    NoticeKind.UNDELIVERED: "to agents: a message did not arrive",
    NoticeKind.CAME_BACK: "to an agent: mail to somebody whom they write to came back before",
    NoticeKind.TROUBLE: "to leads: a part of the desk needs a person",
    NoticeKind.SUMMARY: "to an agent: what was too much at once, in one mail",
    NoticeKind.SHIFT_DONE: "to a lead: what became of the lines in answer to a digest",
    NoticeKind.DIGEST: "to leads, in the morning: how the desk stands",
    NoticeKind.AGENDA: "to agents, in the morning: their tickets",
    NoticeKind.HANDOVER: "to agents who come on: what those leave open whose shift ends",
    NoticeKind.DONE: "to an agent: `#undo` worked",
    NoticeKind.STATUS: "to an agent: answer to `#status`",
    NoticeKind.MINE: "to an agent: answer to `#mine`",
    NoticeKind.HELP: "to an agent: answer to `#help`",
}


def as_markdown() -> str:
    """The tables of the documentation."""
    kinds = [
        f"| `{kind.value}.txt` | {_SAID[kind]} | {_names(EXTRA[kind])} |" for kind in NoticeKind
    ]
    return "\n\n".join(
        (
            "### Kinds\n\n| file | what it says | its own variables |\n|---|---|---|\n"
            + "\n".join(kinds),
            f"### In every kind\n\n{_table(COMMON)}",
            f"### In every kind that goes to agents\n\n{_table(TICKET)}",
            f"### In some kinds\n\n{_table_of_own()}",
        )
    )


def _table_of_own() -> str:
    """The variables that kinds have of their own, with a row for each meaning of a name."""
    rows = "\n".join(
        f"| `{name}` | {', '.join(f'`{kind.value}`' for kind in kinds)} | {meaning} |"
        for (name, meaning), kinds in _own().items()
    )
    return f"| variable | in | meaning |\n|---|---|---|\n{rows}"


def _own() -> Mapping[tuple[str, str], list[NoticeKind]]:
    """Where each name has which meaning; the meanings of one name stand together."""
    found: dict[str, dict[str, list[NoticeKind]]] = {}
    for kind, own in EXTRA.items():
        for v in own:
            found.setdefault(v.name, {}).setdefault(v.meaning, []).append(kind)
    return {(name, meaning): k for name, them in found.items() for meaning, k in them.items()}


def _names(them: tuple[Variable, ...]) -> str:
    return ", ".join(f"`{v.name}`" for v in them) or "none"


def _table(them: tuple[Variable, ...]) -> str:
    rows = "\n".join(f"| `{v.name}` | {v.meaning} |" for v in them)
    return f"| variable | meaning |\n|---|---|\n{rows}"
