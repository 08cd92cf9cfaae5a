"""How the demo looks: each mail a small panel, each step a line, at reading speed."""

from __future__ import annotations

import time
from email.message import EmailMessage

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from gateway.cli.terminal import block, line
from gateway.cli.trying.letters import Letter, own_words

_WIDTH = 78
_MOST_LINES = 24
_SECONDS_A_WORD = 0.22
_PAUSE = (1.5, 7.0)  # seconds, the shortest and the longest
_WRITTEN, _RECEIVED = "cyan", "green"
_Rows = tuple[tuple[str, str], ...]


class Screen:
    """Shows the play. ``quick`` leaves out the time to read."""

    def __init__(self, *, quick: bool) -> None:
        self._quick = quick
        self._console = Console(highlight=False)
        self._width = min(_WIDTH, self._console.width)

    def title(self, text: str) -> None:
        """What is played, and where."""
        self._console.print(Text(line(text), style="bold"), width=self._width)

    def command(self, text: str) -> None:
        """Something to be typed: on one line, however long, so that it can be copied."""
        self._console.print(Text(f"    {line(text)}", style="bold"), soft_wrap=True)

    def tell(self, text: str) -> None:
        """One sentence about what happens, and the time to read it."""
        self._console.print()
        self._console.print(Text(line(text)), width=self._width)
        self._wait_for(text)

    def wrote(self, who: str, mail: EmailMessage) -> None:
        """A mail that somebody sends; ``who`` is their name."""
        text = str(mail.get_content())
        rows = (("From", str(mail["From"])), ("To", str(mail["To"])), ("Subject", mail["Subject"]))
        words = own_words(text)
        quotes = len(words) < len(text.strip())
        self._panel(f"{who} sends", rows, words, style=_WRITTEN, quotes=quotes)

    def got(self, who: str, letter: Letter) -> None:
        """A mail that somebody finds in their mailbox."""
        rows = (("From", letter.sender), ("To", letter.to), ("Subject", letter.subject))
        self._panel(f"{who} receives", rows, letter.text, style=_RECEIVED)

    def said(self, title: str, rows: _Rows, text: str, *, received: bool) -> None:
        """What somebody says or sees in a chat; ``rows`` say where."""
        self._panel(title, rows, text, style=_RECEIVED if received else _WRITTEN)

    def _panel(
        self, title: str, rows: _Rows, text: str, *, style: str, quotes: bool = False
    ) -> None:
        words = _shortened(text)
        self._console.print(
            Panel(
                Group(_head(rows), Text(), *_words(words, quotes=quotes)),
                title=Text(line(title), style="bold"),
                title_align="left",
                border_style=style,
                width=self._width,
            )
        )
        self._wait_for(words)

    def _wait_for(self, text: str) -> None:
        if not self._quick:
            least, most = _PAUSE
            time.sleep(min(most, max(least, _SECONDS_A_WORD * len(text.split()))))


def _head(rows: _Rows) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(name), Text(line(value)))
    return table


def _words(text: str, *, quotes: bool) -> list[RenderableType]:
    shown: list[RenderableType] = [Text(text, overflow="fold")]
    if quotes:
        shown += [Text(), Text("(below it, the mail that is answered, quoted)", style="dim")]
    return shown


def _shortened(text: str) -> str:
    rows = block(text).strip().splitlines()
    if len(rows) > _MOST_LINES:
        rows = [*rows[:_MOST_LINES], "…"]
    return "\n".join(rows)
