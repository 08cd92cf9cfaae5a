"""What templates of notices about a ticket to agents, and to their rooms, may use."""

from __future__ import annotations

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering.variables.variable import (
    AUTHOR,
    DUE,
    JOINED,
    KIN,
    WHOSE,
    WHY,
    Variable,
)

INSIDE: dict[NoticeKind, tuple[Variable, ...]] = {
    NoticeKind.NEW_TICKET: (
        Variable("author", "name of the agent who passed it on; else empty", "Carla Poe"),
        Variable("taken_by", "agent who opened it for somebody; else empty", "Bea Ruiz"),
    ),
    NoticeKind.CARD: (
        Variable("due", "what is due, and when", "first response: 5 Jan, 10:00"),
        Variable("merged_into", "ticket that it was merged into; 0 for none", 9),
        Variable("hidden", "whether the ticket is in a queue that is not shown there", True),
    ),
    NoticeKind.SAID: (
        *AUTHOR[:1],
        Variable("by", "by which way they said it, in the reader's language", "mail"),
        Variable("internal", "whether agents alone see it", True),
        Variable("answer", "whether it is an agent's answer", True),
        Variable("people", "to whom an answer went", "Ada Byron, Carl"),
        Variable("stranger", "whether who wrote does not take part", True),
        Variable("of_desk", "whether the desk itself says it", True),
    ),
    NoticeKind.HAPPENED: (
        Variable(
            "changed",
            "list; each has `author` and `changes`, in the reader's language",
            ({"author": "Bea Ruiz", "changes": "State: open"},),
        ),
        Variable("sent_to", "to whom the words above went", "Ada Byron"),
        Variable("waits", "after how many seconds they go out; 0: at once", 60),
        Variable("taken_back", "whether an answer was taken back", True),
    ),
    NoticeKind.REPLY: (*AUTHOR, KIN, JOINED),
    NoticeKind.EDITED: (
        *AUTHOR,
        Variable("deleted", "whether they deleted it", True),
    ),
    NoticeKind.STRANGER: (*AUTHOR, KIN, JOINED),
    NoticeKind.COPY: AUTHOR[:1],
    NoticeKind.NOTE: AUTHOR[:1],
    NoticeKind.ASSIGNED: AUTHOR[:1],
    NoticeKind.OPENED: (),
    NoticeKind.WOKE: (Variable("waited", "the state it was in", "pending"),),
    NoticeKind.REMINDER: DUE,
    NoticeKind.OVERDUE: (*DUE, Variable("due_ago", "how long ago that was", "20 minutes ago")),
    NoticeKind.ESCALATED: (
        AUTHOR[0],
        Variable("why", "the reason; may be empty", "too hot for tier 1"),
        Variable("tried", "list of what agents said so far", ("Bea Ruiz: switched it off",)),
    ),
    NoticeKind.PASSED_ON: (
        Variable("to", "agent who has it now; may be empty", "Carla Poe"),
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
        Variable("by_chat", "whether they said it in a chat, and not by mail", True),
    ),
    NoticeKind.HELD_UNPROVEN: (
        Variable("inbox", "number by which the inbox lists it", 31),
        Variable("link", "page that shows it; may be empty", "https://desk.example/release/31.k3"),
        WHY,
    ),
    NoticeKind.HELD_ANSWER: (
        Variable("overtaken", "whether somebody wrote meanwhile", True),
        Variable("elsewhere", "whether it would go to others than it answers", True),
        Variable(
            "meant_for",
            "the ticket that it answers: `number`, `who`, `address`, and whether they are `here`",
            WHOSE | {"here": True},
        ),
        WHY,
        Variable("other", "who wrote meanwhile", "Carla Poe"),
        Variable("other_at", "when", "Monday 5 January, 10:00"),
        Variable("other_ago", "how long ago", "4 minutes ago"),
    ),
    NoticeKind.UNDELIVERED: (
        Variable("to", "address that it was for", "ada@example.org"),
        Variable("error", "what the other side said", "550 5.1.1 no such user"),
        Variable("maybe", "whether it may have arrived all the same", True),
        Variable("unproved", "whether anybody may have written the report about it", True),
        Variable("instead", "mail address to which it goes now; may be empty", "ada@example.org"),
    ),
    NoticeKind.CAME_BACK: (
        Variable("to", "address from which mail came back", "ada@example.org"),
        Variable("error", "what was said about it", "ada@example.org (5.1.1)"),
        Variable("came_back_at", "when", "Monday 5 January, 10:00"),
    ),
    NoticeKind.TROUBLE: (
        Variable("key", "what it is about, as the config names it", "email.mailbox help@a.example"),
        Variable("words", "what is wrong, and what to do", "The server refuses the password."),
        Variable("over", "whether it is over", True),
    ),
}
