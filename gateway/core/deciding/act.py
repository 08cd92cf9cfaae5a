"""An agent doing something on a ticket: what every command works with."""

from __future__ import annotations

from dataclasses import dataclass

from gateway.core.commands import Command, Fault, Parsed, address_of
from gateway.core.deciding.draft import Desk, Draft, agent_author, is_the_desks
from gateway.core.deciding.publishing import Words
from gateway.core.model import Author, Party
from gateway.core.policy import Agent
from gateway.core.situation import Situation


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """Who does it, on which draft, knowing what, with which words beside the commands."""

    draft: Draft
    agent: Agent
    situation: Situation
    parsed: Parsed
    words: Words

    @property
    def author(self) -> Author:
        """The agent, as the author of what changes."""
        return agent_author(self.agent, self.words.channel)


class WrongCommandError(Exception):
    """A command that cannot be done; says what was expected."""

    def __init__(self, command: Command, expected: str) -> None:
        super().__init__(f"{command.line}: expected {expected}")
        self.fault = Fault(line=command.line, expected=expected)


def find_agent(act: Act, command: Command, word: str) -> Agent:
    """The agent of this address or unique name. Raises `WrongCommandError`."""
    agents = act.draft.policy.agents
    wanted = (address_of(word) or word).lower()
    exact = [a for a in agents if wanted in (a.email, a.name.lower())]
    found = exact or [a for a in agents if wanted in a.name.lower().split()]
    if len(found) == 1:
        return found[0]
    shown = ", ".join(f"{a.name} <{a.email}>" for a in (found or agents)[:10])
    raise WrongCommandError(command, f"one agent of: {shown}")


def people_named(act: Act, command: Command) -> tuple[Party, ...]:
    """The people outside whom a command names. Raises `WrongCommandError` for our own."""
    desk = act.draft.desk
    them = [Party(address=a) for word in command.args if (a := address_of(word))]
    for one in them:
        if one.address in desk.policy.agents_by_email:
            raise WrongCommandError(
                command, f"somebody outside; {one.address} is an agent (#assign, #watch)"
            )
        if is_the_desks(desk, one.address):
            raise WrongCommandError(command, f"somebody outside; {one.address} is the desk's own")
    return tuple({p.address: p for p in them}.values())


def requester_named(desk: Desk, command: Command) -> str:
    """The address of ``#for``. Raises `WrongCommandError` for the desk's own."""
    address = address_of(command.args[0]) or ""
    if is_the_desks(desk, address):
        raise WrongCommandError(command, f"somebody's address; {address} is the desk's own")
    return address
