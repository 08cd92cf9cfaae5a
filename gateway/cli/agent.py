"""`gateway agent`: who answers, and the address by which each opens tickets."""

from __future__ import annotations

from typing import Annotated

import typer

from gateway.cli import shapes
from gateway.cli.context import agent_of, desk_of
from gateway.cli.frame import group
from gateway.cli.terminal import print_json, print_json_list, print_table, say
from gateway.core.policy import Agent

app = group("The agents, and their standing addresses.")

AsJson = Annotated[bool, typer.Option("--json", help="print one JSON document")]


@app.command("list")
def list_agents(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The agents of the config, in its order."""
    agents = desk_of(ctx).policy.agents
    if as_json:
        return print_json_list(shapes.agent(a) for a in agents)
    headings = ("name", "address", "tier", "queues", "skills", "lead", "chats", "told by")
    rows = (_cells(a) for a in agents)
    return print_table(headings, rows, "The config has no agents yet: add an [[agents]] table.")


def _cells(agent: Agent) -> tuple[object, ...]:
    lists = (", ".join(agent.queues), ", ".join(agent.skills))
    chats = ", ".join(f"{channel} {id}" for channel, id in agent.accounts)
    lead = "yes" if agent.lead else None
    return (agent.name, agent.email, agent.tier, *lists, lead, chats, ", ".join(agent.notify))


@app.command()
def address(
    ctx: typer.Context,
    agent: Annotated[
        str, typer.Argument(metavar="AGENT", help="an address, or a name that only one has")
    ],
    as_json: AsJson = False,
) -> None:
    """The standing address of an agent: mail that they forward to it becomes a ticket."""
    desk = desk_of(ctx)
    found = agent_of(desk.policy, agent)
    made = desk.book.standing(found.email, queue=found.queues[0] if found.queues else "")
    if as_json:
        return print_json({"agent": found.email, "address": made})
    return say(made)
