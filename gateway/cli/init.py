"""`gateway init`: a first config, from a few questions."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import TypeAdapter, ValidationError

from gateway.cli.context import CHANNELS
from gateway.cli.errors import FailedError, RefusedError
from gateway.cli.frame import frame_of, single
from gateway.cli.program import command
from gateway.cli.terminal import complain, say
from gateway.settings import types
from gateway.settings.faults import ConfigError
from gateway.settings.load import load
from gateway.settings.models import DatabaseUrl
from gateway.settings.starter import Facts, starter

app = single()

_NEXT = """\
Wrote {path}. Look it through: every key is explained in it.

Next:
  {gateway} check    says what works and what does not
  {gateway} serve    runs the desk"""


@app.command()
def init(
    ctx: typer.Context,
    defaults: Annotated[
        bool, typer.Option("--defaults", help="ask nothing: a desk for trying out, on loopback")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="replace a config that is there")] = False,
) -> None:
    """Write a first config, with every key explained."""
    path = frame_of(ctx).config_path
    if path.exists() and not force:
        raise RefusedError(f"{path} is there already; --force replaces it")
    facts = Facts() if defaults else _ask()
    _write(path, starter(facts, CHANNELS), private="@" in facts.database_url)
    say(_NEXT.format(path=path, gateway=command(sys.argv[0], path)))


def _ask() -> Facts:
    """The facts, each asked for until it is right."""
    usual = Facts()
    facts = Facts(
        desk_name=_prompt("What is the desk called?", usual.desk_name, types.Name),
        address=_prompt("Which address do people write to?", usual.address, types.Address),
        timezone=_prompt("In which time zone is it?", _local_timezone(), types.TimeZone),
        agent_name=_prompt("What is the first agent called?", usual.agent_name, types.Name),
        agent_email=_prompt("What is their address?", usual.agent_email, types.Address),
        database_url=_prompt("Which database?", usual.database_url, DatabaseUrl),
        relay_host=_prompt("Which relay sends mail (empty: a Maildir)?", "", types.Line),
    )
    return _ask_for_chats(_ask_for_relay(facts) if facts.relay_host else facts)


def _ask_for_chats(facts: Facts) -> Facts:
    """Slack and Telegram, each only where it is to be used."""
    slack = _prompt("In which Slack channel do agents work (its id; empty: no Slack)?", "", _Slack)
    if slack:
        member = _prompt(f"What is {facts.agent_name}'s member id in Slack?", "", types.Line)
        url = _prompt(
            "At which https address does Slack reach the desk (empty: none, by Socket Mode)?",
            "",
            _Url,
        )
        facts = replace(facts, slack_channel=slack, agent_slack=member, slack_url=url)
    group = _prompt(
        "In which Telegram group do agents work (its id; empty: no Telegram)?", "", _Group
    )
    if group:
        user = _prompt(f"What is {facts.agent_name}'s user id on Telegram?", "0", _Whole)
        facts = replace(facts, telegram_group=group, agent_telegram=user)
    return facts


def _ask_for_relay(facts: Facts) -> Facts:
    return replace(
        facts,
        relay_port=int(_prompt("On which port?", str(facts.relay_port), _Port)),
        relay_user=_prompt("Which name does it log in with (empty: none)?", "", types.Line),
    )


def _port(given: str) -> str:
    if not given.isascii() or not given.isdigit() or not 1 <= int(given[:6]) <= 65_535:
        raise ValueError("a port from 1 to 65535")
    return given


def _slack_channel(given: str) -> str:
    if given and not re.fullmatch(r"[CG][A-Z0-9]{2,20}", given):
        raise ValueError('the id of a channel, such as "C0123456789"')
    return given


def _group(given: str) -> str:
    if given and not re.fullmatch(r"-[0-9]{1,18}", given, re.ASCII):
        raise ValueError("the id of a group, such as -1001234567890")
    return given


def _whole(given: str) -> str:
    if not re.fullmatch(r"[0-9]{1,18}", given, re.ASCII):
        raise ValueError("a number; 0: not there")
    return given


def _public_url(given: str) -> str:
    if given and not re.fullmatch(r"https://[^\s/?#]+", given):
        raise ValueError('an address such as "https://desk.acme.example"')
    return given


_Url = Annotated[str, types.AfterValidator(_public_url)]
_Slack = Annotated[str, types.AfterValidator(_slack_channel)]
_Group = Annotated[str, types.AfterValidator(_group)]
_Whole = Annotated[str, types.AfterValidator(_whole)]
_NOT_KNOWN_YET = {
    "SMTP_PASSWORD": "not known yet",
    "SLACK_BOT_TOKEN": "xoxb-not-known-yet",
    "SLACK_APP_TOKEN": "xapp-not-known-yet",
    "SLACK_SIGNING_SECRET": "not known yet",
    "TELEGRAM_BOT_TOKEN": "1:not-known-yet",
}
_Port = Annotated[str, types.AfterValidator(_port)]


def _prompt(question: str, usual: str, kind: Any) -> str:
    check = TypeAdapter(kind).validate_python

    while True:
        answer: str = typer.prompt(question, default=usual).strip()
        fault = _fault(check, answer)
        if fault is None:
            return answer
        complain(f"Found {answer!r}, expected {fault}.")


def _fault(check: Callable[[str], object], answer: str) -> str | None:
    try:
        check(answer)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        return str(first["ctx"]["error"]) if "ctx" in first else first["msg"]
    return None


def _local_timezone() -> str:
    """What this machine is set to, where that has a name."""
    named = os.environ.get("TZ", "").removeprefix(":")
    target = named or os.path.realpath("/etc/localtime").partition("/zoneinfo/")[2]
    fault = _fault(TypeAdapter(types.TimeZone).validate_python, target)
    return target if target and fault is None else "UTC"


def _write(path: Path, text: str, *, private: bool) -> None:
    """Write a config that was read back without a fault, or nothing."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.touch(0o600 if private else 0o644, exist_ok=False)
        try:
            draft.write_text(text, encoding="utf-8")
            _test(draft)
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except OSError as error:
        raise FailedError(f"cannot write {path}: {error.strerror}") from error


def _test(draft: Path) -> None:
    """A secret that the environment does not have yet is no fault of the answers."""
    try:
        load(draft, CHANNELS, os.environ | _NOT_KNOWN_YET)
    except ConfigError as error:
        faults = "; ".join(f"{fault.key}: {fault.found}" for fault in error.faults)
        raise RefusedError(f"these answers make no config: {faults}") from None
