"""A name that templates may use, and those that several kinds of notices share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


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
AUTHOR = (
    Variable("author", "name of who wrote or did it", "Carla Poe"),
    Variable("author_address", "their address, where they are no agent", "carla@example.org"),
    Variable("author_who", "name and address of them", "Carla Poe <carla@example.org>"),
)
KIN = Variable("kin", "number of a ticket that seems to be the same; 0 for none", 9)
WHOSE = {"number": 8, "who": "Carl Poe <carl@example.org>", "address": "carl@example.org"}
JOINED = Variable(
    "joined",
    "tickets of strangers that were joined to this one; each has `number`, `who`, `address` (mail; "
    "may be empty)",
    (WHOSE,),
)
WHY = Variable("why", "the reason", "too hot for tier 1")
DUE = (
    Variable("target", "what is due, in the reader's language", "first response"),
    Variable("due", "when, in the reader's time zone", "Monday 5 January, 10:00"),
)
EXPECTED = Variable(
    "expected", "when an answer is due; may be empty", "Monday 5 January, 10:00 (Madrid time)"
)
CLOSES = Variable("closes", "when it is closed if nothing is said", "Monday 5 January, 10:00")
LEFT_OUT = Variable("left_out", "how many are not listed", 3)

TICKET_LIST = {
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
MINE = Variable("mine", f"the reader's own tickets; {_LIST_HAS}", TICKET_LIST)
