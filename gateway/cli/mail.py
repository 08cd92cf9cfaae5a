"""`gateway mail`: a mail client for trying a desk out, where there is none."""

from __future__ import annotations

import sys
from email.utils import parseaddr
from typing import TYPE_CHECKING, Annotated

import typer

from gateway.cli.context import Desk, desk_of
from gateway.cli.errors import RefusedError
from gateway.cli.frame import single
from gateway.cli.terminal import block, line, say
from gateway.core.commands import address_of

if TYPE_CHECKING:
    from gateway.cli.trying.letters import Letter, Person

app = single()


@app.command()
def mail(
    ctx: typer.Context,
    sender: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="ADDRESS",
            help='who writes: an address, or "Ada Byron <ada@example.org>"',
        ),
    ] = "",
    to: Annotated[str, typer.Option("--to", metavar="ADDRESS", help="whom to; else the desk")] = "",
    subject: Annotated[
        str, typer.Option("--subject", metavar="TEXT", help="what it is about")
    ] = "",
    text: Annotated[
        str, typer.Option("--text", metavar="TEXT", help="the words; - for standard input")
    ] = "",
    reply: Annotated[
        bool, typer.Option("--reply-to-last", help="answer the newest mail that they got")
    ] = False,
    read: Annotated[
        str,
        typer.Option(
            "--read", metavar="ADDRESS", help="send nothing; show the newest mail that they got"
        ),
    ] = "",
) -> None:
    """Send a mail to the desk by its own port, or show what it sent to somebody.

    For trying things out: what the desk sent is looked for in its Maildir.
    """
    desk = desk_of(ctx)
    if read:
        if sender or to or subject or text or reply:
            raise RefusedError("--read stands alone: it sends nothing")
        return _show(_newest(desk, _address("--read", read)))
    person = _person(desk, sender)
    words = sys.stdin.read() if text == "-" else text
    if not words.strip():
        raise RefusedError("--text: found nothing, expected some words")
    if reply:
        return _reply(desk, person, words, to=to, subject=subject)
    return _write(desk, person, words, to=to, subject=subject)


def _address(option: str, given: str) -> str:
    found = address_of(parseaddr(given)[1])
    if found is None:
        raise RefusedError(f'{option}: found "{line(given)}", expected a mail address')
    return found


def _person(desk: Desk, given: str) -> Person:
    from gateway.cli.trying.letters import Person

    address = _address("--from", given)
    agent = desk.policy.agents_by_email.get(address)
    known = agent.name if agent else address.partition("@")[0].title()
    return Person(name=line(parseaddr(given)[0]) or known, address=address)


def _newest(desk: Desk, address: str) -> Letter:
    from gateway.cli.trying.door import maildir_of
    from gateway.cli.trying.maildirs import newest_for

    maildir = maildir_of(desk)
    found = newest_for(maildir, address)
    if found is None:
        raise RefusedError(f"there is no mail for {address} in {maildir}")
    return found


def _show(letter: Letter) -> None:
    for name, value in (
        ("From", letter.sender),
        ("Reply-To", letter.reply_to),
        ("To", letter.to),
        ("Subject", letter.subject),
        ("Date", letter.date),
    ):
        print(f"{name + ':':10}{line(value)}")
    print(f"\n{block(letter.text).rstrip()}")


def _reply(desk: Desk, person: Person, words: str, *, to: str, subject: str) -> None:
    from gateway.cli.trying import letters
    from gateway.cli.trying.door import deliver, listener_of

    if to or subject:
        raise RefusedError("--reply-to-last takes --to and --subject from the mail it answers")
    letter = _newest(desk, person.address)
    recipient = _address("Reply-To", letter.reply_to)
    answer = letters.answer(person, letter, words)
    said = deliver(listener_of(desk), person.address, recipient, answer)
    say(f'Answered "{line(letter.subject)}" to {recipient}')
    say(f"The desk said: {said}")


def _write(desk: Desk, person: Person, words: str, *, to: str, subject: str) -> None:
    from gateway.cli.trying import letters
    from gateway.cli.trying.door import deliver, listener_of

    if not line(subject):
        raise RefusedError("--subject: found nothing, expected what it is about")
    recipient = _address("--to", to) if to else desk.policy.desk_address
    written = letters.compose(person, recipient, line(subject), words)
    said = deliver(listener_of(desk), person.address, recipient, written)
    say(f"Sent to {recipient}")
    say(f"The desk said: {said}")
