"""The play: a customer writes, an agent answers, time passes, the printer is mended."""

from __future__ import annotations

import secrets
from email.message import EmailMessage
from email.utils import parseaddr

from gateway.cli.errors import FailedError
from gateway.cli.trying import letters
from gateway.cli.trying.door import deliver
from gateway.cli.trying.letters import Letter, Person
from gateway.cli.trying.maildirs import Watch
from gateway.cli.trying.screen import Screen
from gateway.cli.trying.stage import Stage
from gateway.core.model import Ticket


class Story:
    """One performance.

    ``seconds`` is how long the ticket waits in the middle of it, ``patience`` how long a mail may
    take, in seconds.
    """

    def __init__(
        self, stage: Stage, screen: Screen, *, seconds: int, patience: float = 30.0
    ) -> None:
        tag = secrets.token_hex(3)
        self._stage = stage
        self._screen = screen
        self._patience = patience
        self._seconds = seconds
        self._while = "one second" if seconds == 1 else f"{seconds} seconds"
        self._watch = Watch(stage.maildir)
        self._agent = Person(name=stage.agent.name, address=stage.agent.email)
        # Somebody new each time, so that it can be played again.
        self._ada = Person(name="Ada Byron", address=f"ada.{tag}@example.org")
        self._root = ""

    def play(self) -> Ticket:
        """All of it; the ticket as it stands in the end. Raises FailedError."""
        notice = self._ada_writes()
        answer = self._agent_answers(notice)
        again = self._ada_replies(answer)
        reminder = self._agent_waits(again)
        return self._agent_resolves(reminder)

    def _ada_writes(self) -> Letter:
        desk = self._stage.desk.policy
        self._screen.tell(f"A customer writes to {desk.desk_address}.")
        mail = letters.compose(
            self._ada,
            desk.desk_address,
            "Printer on fire",
            "Hello,\n\nthe printer on the second floor is on fire. Again.\n\nAda",
        )
        self._root = str(mail["Message-ID"])
        self._send(self._ada, mail)
        self._screen.tell("The desk confirms it at once, to her alone.")
        self._receive(self._ada, "the confirmation")
        self._screen.tell(f"And {self._agent.name} hears of it, by mail.")
        return self._receive(self._agent, "the notice of the new ticket")

    def _agent_answers(self, notice: Letter) -> Letter:
        self._screen.tell(
            f"{self._agent.name} presses Reply. The address in To is signed for this ticket and "
            "this agent: it is all the proof that the desk needs."
        )
        words = "Dear Ada,\n\nhave you tried water?"
        self._send(self._agent, letters.answer(self._agent, notice, words))
        self._screen.tell(
            "She gets the answer from the desk: no address of the agent, nothing quoted, "
            "in the thread she began."
        )
        return self._receive(self._ada, "the answer")

    def _ada_replies(self, answer: Letter) -> Letter:
        self._screen.tell("She replies, from any mail client. It lands on the same ticket.")
        words = "It only hisses. The toner makes a nice smell, though."
        self._send(self._ada, letters.answer(self._ada, answer, words))
        return self._receive(self._agent, "the notice of the reply")

    def _agent_waits(self, again: Letter) -> Letter:
        wait = f"{self._seconds}s"
        self._screen.tell(
            f"Lines at the top that begin with # are commands: #pending {wait} sets the ticket "
            f"aside for {self._while}. The rest goes to the customer."
        )
        words = f"#pending {wait}\n\nI am on my way with the extinguisher."
        self._send(self._agent, letters.answer(self._agent, again, words))
        self._receive(self._ada, "the second answer")
        self._screen.tell(f"After {self._while} the ticket comes back by itself.")
        return self._receive(self._agent, "the reminder that the time is over", self._seconds)

    def _agent_resolves(self, reminder: Letter) -> Ticket:
        self._screen.tell(
            "A reply to a reminder stays inside the team, as its first line says; #reply makes "
            "it an answer, and #resolve ends the matter."
        )
        words = "#resolve\n#reply\nThe fire is out. A new printer comes on Monday."
        self._send(self._agent, letters.answer(self._agent, reminder, words))
        self._receive(self._ada, "the last answer")
        return self._ticket(reminder)

    def _send(self, who: Person, mail: EmailMessage) -> None:
        self._screen.wrote(who.name, mail)
        recipient = parseaddr(str(mail["To"]))[1]
        deliver(self._stage.listen, who.address, recipient, mail)

    def _receive(self, who: Person, what: str, later: float = 0.0) -> Letter:
        """The next mail of this conversation for somebody."""

        def theirs(letter: Letter) -> bool:
            return letter.delivered_to == who.address and self._root in letter.references

        found = self._watch.wait_for(theirs, later + self._patience)
        if found is None:
            raise FailedError(
                f"{what} for {who.address} did not come into {self._stage.maildir} within "
                f"{later + self._patience:g} seconds; `gateway inbox list` and "
                "`gateway outbox list` say what became of it"
            )
        self._screen.got(who.name, found)
        return found

    def _ticket(self, letter: Letter) -> Ticket:
        from gateway.store import tickets

        signed = self._stage.desk.book.read(parseaddr(letter.reply_to)[1])
        with self._stage.desk.database() as database, database.read() as conn:
            found = tickets.load(conn, signed.number) if signed else None
        if found is None:
            raise FailedError(f"{letter.reply_to} names no ticket of this desk")
        return found
