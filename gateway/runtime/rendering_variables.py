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
        """Nothing, in the type of the example; of a table, nothing under each of its names."""
        if isinstance(self.example, dict):
            return {name: type(value)() for name, value in self.example.items()}
        return type(self.example)()


COMMON = (
    Variable("desk", "name of the desk", "Acme Support"),
    Variable("name", "name of whom this is for", "Bea Ruiz"),
    Variable("number", "number of the ticket; 0 where there is none", 7),
    Variable("subject", "subject of the ticket", "Printer on fire"),
    Variable("chat", "whether it is read in a chat, and not as mail", True),
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
    Variable(
        "author",
        "name of who wrote or did it; in `new_ticket` of the agent who passed it on, else empty",
        "Carla Poe",
    ),
    Variable("author_address", "their address, where they are no agent", "carla@example.org"),
    Variable("author_who", "name and address of them", "Carla Poe <carla@example.org>"),
)
_KIN = Variable("kin", "number of a ticket that seems to be the same; 0 for none", 9)
_WHY = Variable("why", "the reason; may be empty in `escalated`", "too hot for tier 1")
_DUE = (
    Variable("target", "what is due, in the reader's language", "first response"),
    Variable("due", "when, in the reader's time zone", "Monday 5 January, 10:00"),
)
_EXPECTED = Variable(
    "expected", "when an answer is due; may be empty", "Monday 5 January, 10:00 (Madrid time)"
)
_CLOSES = Variable("closes", "when it is closed if nothing is said", "Monday 5 January, 10:00")
_LEFT_OUT = Variable("left_out", "how many are not listed", 3)

_TICKET_LIST = {
    "tickets": (
        {
            "number": 7,
            "subject": "Printer on fire",
            "requester": "Ada Byron",
            "state": "open",
            "priority": "urgent",
            "queue": "support",
            "assignee": "Bea Ruiz",
            "target": "first response",
            "due": "5 Jan, 10:00",
            "late": True,
        },
    ),
    "count": 4,
    "left_out": 3,
}
_LIST_HAS = (
    "has `count`, `left_out` and `tickets`; each of these has `number`, `subject`, `requester`, "
    "`state`, `priority`, `queue`, `assignee`, `target`, `due` (may be empty), `late`"
)
_MINE = Variable("mine", f"the reader's own tickets; {_LIST_HAS}", _TICKET_LIST)

EXTRA: Mapping[NoticeKind, tuple[Variable, ...]] = {
    NoticeKind.CONFIRMATION: (
        Variable("previous", "number of the ticket that this one continues; 0 for none", 5),
        _EXPECTED,
    ),
    NoticeKind.ANSWER: (
        _AUTHOR[0],
        Variable("signed", "whether the words end with the agent's name already", True),
        Variable("asks", "whether it is resolved by this answer, so that we ask", True),
        _CLOSES,
    ),
    NoticeKind.WAITING: (
        Variable("author", "name of the agent whose answer it quotes; may be empty", "Bea Ruiz"),
        Variable(
            "gives_up",
            "when it is resolved, if this is the last reminder; else empty",
            "Monday 5 January, 10:00 (Madrid time)",
        ),
    ),
    NoticeKind.STILL_OPEN: (_EXPECTED,),
    NoticeKind.RESOLVED: (
        Variable("unanswered", "whether it is resolved because no answer came", True),
        _CLOSES,
    ),
    NoticeKind.WELCOME: (Variable("can_link", "whether no mail address of theirs is known", True),),
    NoticeKind.OVERVIEW: (
        Variable(
            "requests",
            "list; each has `number`, `subject`, `state`, `expected` (may be empty)",
            (
                {
                    "number": 7,
                    "subject": "Printer on fire",
                    "state": "being worked on",
                    "expected": "Monday 5 January, 10:00",
                },
            ),
        ),
        _LEFT_OUT,
    ),
    NoticeKind.HEARD: (
        Variable("said", "the phrase that answers what they asked for", "Thank you!"),
    ),
    NoticeKind.LINK_CODE: (
        Variable("who", "what they are called in the chat", "Ada Byron"),
        Variable("network", "the chat", "telegram"),
        Variable("code", "the code", "ABCD-EFGH"),
        Variable("minutes", "how long it is good", 10),
    ),
    NoticeKind.NEW_TICKET: (
        _AUTHOR[0],
        Variable("taken_by", "agent who opened it for somebody; else empty", "Bea Ruiz"),
    ),
    NoticeKind.CARD: (
        Variable("due", "what is due, and when", "first response: 5 Jan, 10:00"),
        Variable("merged_into", "ticket that it was merged into; 0 for none", 9),
        Variable("hidden", "whether the ticket is in a queue that is not shown there", True),
    ),
    NoticeKind.SAID: (
        *_AUTHOR[:1],
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
    NoticeKind.REPLY: (*_AUTHOR, _KIN),
    NoticeKind.EDITED: (
        *_AUTHOR,
        Variable("deleted", "whether they deleted it", True),
    ),
    NoticeKind.STRANGER: (*_AUTHOR, _KIN),
    NoticeKind.COPY: _AUTHOR[:1],
    NoticeKind.NOTE: _AUTHOR[:1],
    NoticeKind.ASSIGNED: _AUTHOR[:1],
    NoticeKind.OPENED: (),
    NoticeKind.WOKE: (Variable("waited", "the state it was in", "pending"),),
    NoticeKind.REMINDER: _DUE,
    NoticeKind.OVERDUE: (*_DUE, Variable("due_ago", "how long ago that was", "20 minutes ago")),
    NoticeKind.ESCALATED: (
        _AUTHOR[0],
        _WHY,
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
        Variable("chat", "whether it was said in a chat", True),
    ),
    NoticeKind.HELD_UNPROVEN: (
        Variable("inbox", "number by which the inbox lists it", 31),
        Variable("link", "page that shows it; may be empty", "https://desk.example/release/31.k3"),
        _WHY,
    ),
    NoticeKind.HELD_ANSWER: (
        Variable("overtaken", "whether somebody wrote meanwhile", True),
        _WHY,
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
    NoticeKind.SHIFT_DONE: (
        Variable(
            "done",
            "list; each has `number`, `line`, `changed` (whether it was not so already)",
            ({"number": 7, "line": "7 bea", "changed": True},),
        ),
        Variable(
            "wrong",
            "list; each has `line`, `expected`",
            ({"line": "soon", "expected": "the number of a ticket"},),
        ),
    ),
    NoticeKind.DIGEST: (
        Variable("open", "how many tickets are open", 12),
        Variable("loads", "names of agents, each with how many tickets they have", "Bea Ruiz 7"),
        Variable("late", "what is late, as `mine`", _TICKET_LIST),
        Variable("today", "what comes due today, as `mine`", _TICKET_LIST),
        Variable("unassigned", "what nobody has, as `mine`", _TICKET_LIST),
        _MINE,
    ),
    NoticeKind.AGENDA: (_MINE,),
    NoticeKind.HANDOVER: (
        Variable("leaving", "names of those whose shift ended", "Mei Tan, Bea Ruiz"),
        Variable("mine", "what they leave open, as in `agenda`", _TICKET_LIST),
    ),
    NoticeKind.SUMMARY: (
        Variable("count", "how many notices there would have been", 35),
        Variable(
            "told",
            "list, one for each ticket; each has what one of `mine` has, and `what` (what would "
            "have been said), `author` and `words` (the newest, cut; may be empty)",
            (
                {
                    **_TICKET_LIST["tickets"][0],  # type: ignore[index]
                    "what": "new ticket, reply ×2",
                    "author": "Ada Byron",
                    "words": "It burns.",
                },
            ),
        ),
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

TO_CUSTOMERS = frozenset(
    {
        NoticeKind.CONFIRMATION,
        NoticeKind.ANSWER,
        NoticeKind.WAITING,
        NoticeKind.STILL_OPEN,
        NoticeKind.RESOLVED,
        NoticeKind.WELCOME,
        NoticeKind.OVERVIEW,
        NoticeKind.HEARD,
        NoticeKind.LINK_CODE,
    }
)


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
