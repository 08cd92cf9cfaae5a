"""Telling the leads what is wrong with a mailbox, and when it is over."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta

from gateway.channels.email.imap.options import MailboxOptions
from gateway.core.ports import Notebook, NotebookUnavailableError, Trouble

_TOLD = "told"
_AGAIN = timedelta(days=1)
_PATIENCE = timedelta(minutes=10)  # what passes by itself in that time is nobody's business

Report = Callable[[Trouble], None]


class Teller:
    """What was told is kept in the notebook, so that a restart tells nobody anew.

    ``about`` names the trouble: a key of the mailbox's table, or empty for all of it.
    """

    def __init__(
        self,
        options: MailboxOptions,
        notebook: Notebook,
        now: Callable[[], datetime],
        report: Report,
    ) -> None:
        self._options = options
        self._notebook = notebook
        self._now = now
        self._report = report
        self._since: datetime | None = None

    def down(self, why: str, *, at_once: bool, what_to_do: str) -> None:
        """No mail can be fetched; told at once, or when it has lasted."""
        now = self._now()
        self._since = self._since or now
        if at_once or now - self._since >= _PATIENCE:
            since = f"{self._since:%Y-%m-%d %H:%M} UTC"
            words = f"No mail is fetched from it since {since}: {why}. {what_to_do}"
            self.wrong("", f"{words} Mail that comes meanwhile waits there and is taken in later.")

    def up(self) -> None:
        """Mail is fetched again."""
        self._since = None
        self.right("", "Mail is fetched from it again.")

    def wrong(self, about: str, words: str) -> None:
        """Tell what is wrong, once a day at most."""
        now, told = self._now(), self._told()
        last = told.get(about)
        if last is None or now - datetime.fromisoformat(last) >= _AGAIN:
            self._say(about, words, over=False)
            self._keep(told | {about: now.isoformat()})

    def right(self, about: str, words: str) -> None:
        """Tell that it is over, if anything was told before."""
        told = self._told()
        if about in told:
            self._say(about, words, over=True)
            self._keep({key: at for key, at in told.items() if key != about})

    def gone(self) -> None:
        """Nobody watches it any more: what was told is nobody's worry from now on."""
        for about in self._told():
            self.right(about, "It is not in the config any more.")

    def _say(self, about: str, words: str, *, over: bool) -> None:
        key = f"email.mailbox {self._options.user} {about}".rstrip()
        self._report(Trouble(channel="email", key=key, words=words, over=over))

    def _told(self) -> dict[str, str]:
        with suppress(NotebookUnavailableError):
            note = self._notebook.get(self._options.book, _TOLD)
            return dict(note["at"]) if note else {}
        return {}

    def _keep(self, told: dict[str, str]) -> None:
        with suppress(NotebookUnavailableError):
            self._notebook.write(self._options.book, {_TOLD: {"v": 1, "at": told}})
