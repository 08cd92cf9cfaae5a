"""What templates of lists may use: at hours of the day, and in answer to a command."""

from __future__ import annotations

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering.variables.variable import LEFT_OUT, MINE, TICKET_LIST, Variable

LISTS: dict[NoticeKind, tuple[Variable, ...]] = {
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
        Variable("late", "what is late, as `mine`", TICKET_LIST),
        Variable("today", "what comes due today, as `mine`", TICKET_LIST),
        Variable("unassigned", "what nobody has, as `mine`", TICKET_LIST),
        MINE,
    ),
    NoticeKind.AGENDA: (MINE,),
    NoticeKind.HANDOVER: (
        Variable("leaving", "names of those whose shift ended", "Mei Tan, Bea Ruiz"),
        Variable("mine", "what they leave open, as in `agenda`", TICKET_LIST),
    ),
    NoticeKind.SUMMARY: (
        Variable("count", "how many notices there would have been", 35),
        Variable(
            "told",
            "list, one for each ticket; each has what one of `mine` has, and `what` (what would "
            "have been said), `author` and `words` (the newest, cut; may be empty)",
            (
                {
                    **TICKET_LIST["tickets"][0],  # type: ignore[index]
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
        LEFT_OUT,
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
        LEFT_OUT,
    ),
    NoticeKind.HELP: (),
}
