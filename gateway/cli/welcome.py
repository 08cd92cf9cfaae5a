"""What `gateway serve` says to somebody who tries it out: who is who, and what to type."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

from gateway.channels.email.checking import shown_path
from gateway.channels.email.settings import EmailTable
from gateway.cli.program import command
from gateway.cli.terminal import block
from gateway.core.policy import Policy
from gateway.settings.load import Loaded

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
_CUSTOMER = "ada@example.org"
_TEXT = """
{desk} is open: {address}, SMTP at {host}:{port}.
Ctrl-C closes it. No mail leaves this machine: it is written into a Maildir,
    {maildir}

To try it, in a second terminal, in this folder:

  a customer writes to the desk
    {gateway} mail --from {customer} \\
        --subject "Printer on fire" --text "It burns. Help!"
  {agent} is the agent, and gets
    {gateway} mail --read {email}
  who answers, as with Reply in a mail client
    {gateway} mail --from {email} \\
        --reply-to-last --text "Have you tried water?"
  the customer gets
    {gateway} mail --read {customer}
  and the desk knows
    {gateway} ticket list
    {gateway} ticket show 1

Or watch a whole conversation:
    {gateway} demo
A mail client opens the Maildir, too, such as
    mutt -f {shown_maildir}
"""


def welcome(loaded: Loaded, policy: Policy, program: str) -> str:
    """The greeting; empty for a desk that is no try-out: one that mails the world, or hears it.

    ``program`` is how the command was called.
    """
    table = loaded.sections.get("email")
    agent = next(iter(policy.agents), None)
    if not isinstance(table, EmailTable) or not _tries_out(table) or agent is None:
        return ""
    assert table.listen is not None  # noqa: S101 - _tries_out has looked
    maildir = table.send.maildir or Path()
    text = _TEXT.format(
        desk=policy.desk_name,
        address=policy.desk_address,
        host=table.listen.host,
        port=table.listen.port,
        maildir=maildir.resolve(),
        shown_maildir=shlex.quote(shown_path(maildir)),
        gateway=command(program, loaded.path),
        agent=agent.name,
        email=agent.email,
        customer=_CUSTOMER,
    )
    return block(text)


def _tries_out(table: EmailTable) -> bool:
    listens = table.listen is not None and table.listen.host in _LOOPBACK
    return listens and not table.send.host and table.send.maildir is not None


def greet(loaded: Loaded, policy: Policy) -> None:
    """Say it on standard output; the log is on standard error."""
    text = welcome(loaded, policy, sys.argv[0])
    if text:
        print(text, flush=True)
