"""What a template of each kind may use: names, meanings, and examples to try a template with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.core.changes import NoticeKind


@dataclass(frozen=True, slots=True)
class Variable:
    """One name. Where a fact is missing, the name holds the empty value of its example's type."""

    name: str
    meaning: str
    example: Any

    @property
    def empty(self) -> Any:
        """Nothing, in the type of the example."""
        return type(self.example)()


COMMON = (
    Variable("desk", "name of the desk", "Acme Support"),
    Variable("name", "name of whom this is for", "Bea Ruiz"),
    Variable("number", "number of the ticket; 0 where there is none", 7),
    Variable("subject", "subject of the ticket", "Printer on fire"),
    Variable("reply_subject", 'the subject with one "Re: "', "Re: Printer on fire"),
)
TICKET = (
    Variable("agent_subject", "the subject with the ticket's number before it", "[#7] Printer"),
    Variable("requester", "name of the requester, else the address", "Ada Byron"),
    Variable("requester_address", "address of the requester", "ada@example.org"),
    Variable("who", "name and address of the requester", "Ada Byron <ada@example.org>"),
    Variable("others", "names of who else takes part", "Carl, Dora"),
    Variable("state", "state, in the reader's language", "open"),
    Variable("priority", "priority, in the reader's language", "urgent"),
    Variable("urgent", "whether the priority is the highest", True),
    Variable("queue", "name of the queue", "support"),
    Variable("tier", "tier, as a number", 2),
    Variable("assignee", "name of the assignee; empty for nobody", "Bea Ruiz"),
    Variable("tags", "tags", "vpn, wifi"),
    Variable("since", "when the ticket was opened", "Monday 5 January, 10:00"),
    Variable("files", "names of the files that came along", "smoke.png, log.txt"),
    Variable("because", "code of the reason", "requester_wrote"),
    Variable("standing_address", "the agent's address for opening tickets", "support+0.k3@acme"),
)
_AUTHOR = (
    Variable("author", "name of who wrote or did it", "Carla Poe"),
    Variable("author_address", "their address, where they are no agent", "carla@example.org"),
    Variable("author_who", "name and address of them", "Carla Poe <carla@example.org>"),
)
_LEFT_OUT = Variable("left_out", "how many are not listed", 3)

EXTRA: Mapping[NoticeKind, tuple[Variable, ...]] = {
    NoticeKind.CONFIRMATION: (
        Variable("previous", "number of the ticket that this one continues; 0 for none", 5),
    ),
    NoticeKind.ANSWER: (
        Variable("author", "name of the agent", "Bea Ruiz"),
        Variable("signed", "whether the words end with the agent's name already", True),
    ),
    NoticeKind.NEW_TICKET: (
        Variable("author", "agent who passed it on; empty for a new request", "Carla Poe"),
        Variable("taken_by", "agent who opened it for somebody; else empty", "Bea Ruiz"),
    ),
    NoticeKind.REPLY: _AUTHOR,
    NoticeKind.STRANGER: _AUTHOR,
    NoticeKind.COPY: _AUTHOR[:1],
    NoticeKind.NOTE: _AUTHOR[:1],
    NoticeKind.ASSIGNED: _AUTHOR[:1],
    NoticeKind.OPENED: (),
    NoticeKind.WOKE: (Variable("waited", "the state it was in", "pending"),),
    NoticeKind.ESCALATED: (
        _AUTHOR[0],
        Variable("why", "the reason given; may be empty", "needs somebody with a screwdriver"),
        Variable("tried", "list of what agents said so far", ("Bea Ruiz: switched it off",)),
    ),
    NoticeKind.COMMAND_ERROR: (
        Variable(
            "faults",
            "list; each has `line` (may be empty), `expected`, `meant` (may be empty)",
            ({"line": "#reslove", "expected": "a command", "meant": "#resolve"},),
        ),
        Variable("text", "whether there are words of theirs", True),
        Variable("standing", "whether it came to the address for opening tickets", True),
    ),
    NoticeKind.HELD_UNPROVEN: (
        Variable("inbox", "number by which the inbox lists it", 31),
        Variable("why", "why it is not believed", "says it is from Bea Ruiz, without proof"),
    ),
    NoticeKind.HELD_ANSWER: (
        Variable("overtaken", "whether somebody wrote meanwhile", True),
        Variable("why", "why it is held", "something internal is still in the text"),
        Variable("other", "who wrote meanwhile", "Carla Poe"),
        Variable("other_at", "when", "Monday 5 January, 10:00"),
        Variable("other_ago", "how long ago", "4 minutes ago"),
    ),
    NoticeKind.UNDELIVERED: (
        Variable("to", "address that it was for", "ada@example.org"),
        Variable("error", "what the other side said", "550 5.1.1 no such user"),
        Variable("maybe", "whether it may have arrived all the same", True),
    ),
    NoticeKind.DONE: (Variable("done", "what was done: `undo`", "undo"),),
    NoticeKind.STATUS: (
        Variable(
            "history",
            "list; each has `id`, `when`, `kind`, `internal`, `author`, `text` (cut)",
            (
                {
                    "id": 31,
                    "when": "5 Jan, 10:00",
                    "kind": "note",
                    "internal": True,
                    "author": "Bea Ruiz",
                    "text": "switched it off",
                },
            ),
        ),
        _LEFT_OUT,
    ),
    NoticeKind.MINE: (
        Variable(
            "tickets",
            "list; each has `number`, `subject`, `requester`, `state`, `priority`, `queue`",
            (
                {
                    "number": 7,
                    "subject": "Printer on fire",
                    "requester": "Ada Byron",
                    "state": "open",
                    "priority": "urgent",
                    "queue": "support",
                },
            ),
        ),
        _LEFT_OUT,
    ),
    NoticeKind.HELP: (),
}

TO_CUSTOMERS = frozenset({NoticeKind.CONFIRMATION, NoticeKind.ANSWER})


def of(kind: NoticeKind) -> tuple[Variable, ...]:
    """All that a template of this kind may use; nothing internal where it goes outside."""
    shared = COMMON if kind in TO_CUSTOMERS else (*COMMON, *TICKET)
    return (*shared, *EXTRA[kind])


NAMES = {kind: frozenset(v.name for v in of(kind)) for kind in NoticeKind}
EMPTY: dict[NoticeKind, dict[str, Any]] = {
    kind: {v.name: v.empty for v in of(kind)} for kind in NoticeKind
}
FULL: dict[NoticeKind, dict[str, Any]] = {
    kind: {v.name: v.example for v in of(kind)} for kind in NoticeKind
}
