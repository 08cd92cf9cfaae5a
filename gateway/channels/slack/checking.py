"""`gateway check`: tokens, scopes, and whether the app is in the triage channel."""

from __future__ import annotations

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.reading.fields import table, words
from gateway.channels.slack.settings import SlackTable
from gateway.core.ports import Finding, Verdict

NEEDED = (
    *("app_mentions:read", "chat:write", "commands", "files:read", "files:write"),
    *("channels:history", "channels:read", "groups:history", "groups:read"),
    *("im:history", "im:read", "im:write", "reactions:read", "users:read"),
)
_MAIL_SCOPE = "users:read.email"


async def check_slack(table: SlackTable, web: Web, app: Web, *, by_socket: bool) -> list[Finding]:
    """What works and what does not; never raises."""
    found = await _bot(table, web)
    if found[0].verdict is Verdict.BROKEN:
        return found
    if table.triage_channel:
        found.append(await _room(table.triage_channel, web))
    found.append(await _line(app) if by_socket else _by_http())
    return found


async def _bot(table: SlackTable, web: Web) -> list[Finding]:
    key = "slack.bot_token"
    try:
        said, scopes = await web.scopes()
    except (SlackError, LostError) as error:
        return [_broken(key, f"{error}: install the app again, and take its new bot token")]
    team = words(said, "team") or words(said, "team_id")
    found = [_works(key, f"is the app {words(said, 'user')} in the workspace {team}")]
    wanted = [*NEEDED, *([_MAIL_SCOPE] if table.mail_domains else [])]
    missing = [scope for scope in wanted if scope not in scopes]
    if missing and scopes:
        said_missing = ", ".join(missing)
        advice = "add them to the app as docs/slack.md shows, and install it again"
        found.append(_broken(key, f"lacks the scopes {said_missing}: {advice}"))
    return found


async def _room(channel: str, web: Web) -> Finding:
    key = "slack.triage_channel"
    try:
        said = table(await web.look_up("conversations.info", channel=channel), "channel")
    except SlackError as error:
        if error.code == "channel_not_found":
            return _broken(key, f"Slack knows no {channel}, or the app is not in it: invite it")
        return _broken(key, str(error))
    except LostError as error:
        return _broken(key, str(error))
    name = words(said, "name") or channel
    if said.get("is_archived") is True:
        return _broken(key, f"#{name} is archived")
    if said.get("is_member") is not True:
        return _broken(key, f"the app is not in #{name}: write /invite and its name there")
    return _works(key, f"the app is in #{name}")


async def _line(app: Web) -> Finding:
    key = "slack.app_token"
    try:
        await app.look_up("apps.connections.open")
    except (SlackError, LostError) as error:
        advice = "it needs the scope connections:write, and Socket Mode has to be on"
        return _broken(key, f"{error}: {advice}")
    return _works(key, "Socket Mode answers")


def _by_http() -> Finding:
    said = "Slack posts to /slack/events of the desk's pages; whether it does cannot be tried here"
    return Finding(key="slack.signing_secret", verdict=Verdict.WORKS, said=said)


def _works(key: str, said: str) -> Finding:
    return Finding(key=key, verdict=Verdict.WORKS, said=said)


def _broken(key: str, said: str) -> Finding:
    return Finding(key=key, verdict=Verdict.BROKEN, said=said)
