"""Senders that do what mail servers do: a mail that was not acknowledged is sent again."""

import random
import smtplib
import threading
import time
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.e2e.gateway import SUPPORT, compose

_ANSWERS = 0.5  # of the mails; the others begin a conversation


@dataclass
class Conversation:
    """One person's mails about one thing."""

    person: str
    ids: list[str] = field(default_factory=list)


@dataclass
class Sender:
    """One SMTP session at a time, with a mail every now and then, until it is stopped."""

    name: str
    ports: list[int]
    dice: random.Random
    stop: threading.Event
    pause: float = 0.1  # seconds between mails, on average
    conversations: list[Conversation] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    doubtful: list[str] = field(default_factory=list)  # given up when it was stopped
    repeats: int = 0

    def run(self) -> None:
        smtp: smtplib.SMTP | None = None
        while not self.stop.is_set():
            mail, conversation = self._next()
            own = str(mail["Message-ID"])
            smtp = self._deliver(mail, smtp)
            if smtp is None:
                self.doubtful.append(own)
                continue
            self.acknowledged.append(own)
            conversation.ids.append(own)
            time.sleep(self.dice.uniform(0, 2 * self.pause))
        if smtp is not None:
            smtp.close()

    def _next(self) -> tuple[EmailMessage, Conversation]:
        number = len(self.acknowledged)
        known = self.conversations[-20:]
        if known and self.dice.random() < _ANSWERS:
            conversation = self.dice.choice(known)
            newest = conversation.ids[-1]
            refers = {"In_Reply_To": newest, "References": f"{conversation.ids[0]} {newest}"}
        else:
            conversation = Conversation(f"{self.name}-{number}@example.org")
            self.conversations.append(conversation)
            refers = {}
        mail = compose(
            f"Mail {number} of {self.name}", sender=conversation.person, subject="Load", **refers
        )
        return mail, conversation

    def _deliver(self, mail: EmailMessage, smtp: smtplib.SMTP | None) -> smtplib.SMTP | None:
        """Try until it is acknowledged, at whatever process answers; None when stopped before."""
        while True:
            try:
                if smtp is None:
                    smtp = smtplib.SMTP("127.0.0.1", self.dice.choice(self.ports), timeout=20)
                smtp.send_message(mail, mail["From"], [SUPPORT])
            except (OSError, smtplib.SMTPException) as problem:
                if isinstance(problem, smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError):
                    self.refused.append(str(problem))
                if smtp is not None:
                    smtp.close()
                smtp = None
                self.repeats += 1
                if self.stop.wait(0.05):
                    return None
            else:
                return smtp
