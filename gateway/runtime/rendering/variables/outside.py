"""What templates of notices to people outside may use."""

from __future__ import annotations

from gateway.core.changes import NoticeKind
from gateway.runtime.rendering.variables.variable import (
    AUTHOR,
    CLOSES,
    EXPECTED,
    LEFT_OUT,
    Variable,
)

OUTSIDE: dict[NoticeKind, tuple[Variable, ...]] = {
    NoticeKind.CONFIRMATION: (
        Variable("previous", "number of the ticket that this one continues; 0 for none", 5),
        EXPECTED,
    ),
    NoticeKind.ANSWER: (
        AUTHOR[0],
        Variable("signed", "whether the words end with the agent's name already", True),
        Variable("asks", "whether it is resolved by this answer, so that we ask", True),
        CLOSES,
    ),
    NoticeKind.LATE_FILE: (AUTHOR[0], Variable("file", "name of the file", "manual.pdf")),
    NoticeKind.WAITING: (
        Variable("author", "name of the agent whose answer it quotes; may be empty", "Bea Ruiz"),
        Variable(
            "gives_up",
            "when it is resolved, if this is the last reminder; else empty",
            "Monday 5 January, 10:00 (Madrid time)",
        ),
    ),
    NoticeKind.STILL_OPEN: (EXPECTED,),
    NoticeKind.RESOLVED: (
        Variable("unanswered", "whether it is resolved because no answer came", True),
        CLOSES,
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
        LEFT_OUT,
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
}
