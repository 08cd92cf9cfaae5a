"""Who somebody is in Slack: name, language, and whether their mail address may be believed."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from gateway.channels.slack.api import Web
from gateway.channels.slack.failures import LostError, SlackError
from gateway.channels.slack.memory import Book
from gateway.core.ports import Notebook

_FRESH = timedelta(hours=12)
_UNKNOWN = frozenset(("user_not_found", "user_not_visible", "users_not_found"))
_OTHERS = (
    *("deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger"),
    *("is_connector_bot", "is_workflow_bot", "is_invited_user"),
)
_KEEPERS = frozenset(("secure.gravatar.com",))
_HOST = re.compile(r"[a-z0-9.-]+")  # no port, nobody's name before it
_LONGEST_URL = 3_000  # characters that Slack takes
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody. ``mail`` is there only where it proves who they are; ``full``: of our own staff.

    ``picture``: where Slack has one of them; empty where it lies anywhere else.
    """

    id: str
    name: str = ""
    mail: str = ""
    language: str = ""
    full: bool = False
    picture: str = ""


class People:
    """Looks people up, each once in a while; nobody waits longer than they say."""

    def __init__(
        self,
        web: Web,
        notebook: Notebook | None,
        now: Callable[[], datetime],
        domains: Iterable[str],
    ) -> None:
        self._web = web
        self._book = Book("slack.people", notebook)
        self._now = now
        self._domains = frozenset(domains)
        self._asked: dict[str, asyncio.Task[Person | None]] = {}

    async def among(self, ids: Iterable[str], team: str, within: float) -> dict[str, Person]:
        """Those of these people who can be told within so many seconds."""
        found: dict[str, Person] = {}
        missing: dict[str, asyncio.Task[Person | None]] = {}
        for id in dict.fromkeys(ids):
            person = self._person(id, self._book.at_hand(id))
            if person is not None:
                found[id] = person
            else:
                missing[id] = self._asking(id, team)
        if missing:
            await asyncio.wait(missing.values(), timeout=within)
        for id, task in missing.items():
            if task.done() and not task.cancelled() and (person := task.result()) is not None:
                found[id] = person
        return found

    def _asking(self, id: str, team: str) -> asyncio.Task[Person | None]:
        """The one question that is under way for somebody."""
        task = self._asked.get(id)
        if task is None:
            task = self._asked[id] = asyncio.create_task(self._ask(id, team))
            task.add_done_callback(lambda _done: self._asked.pop(id, None))
        return task

    async def _ask(self, id: str, team: str) -> Person | None:
        kept = self._person(id, await self._book.get(id))
        if kept is not None:
            return kept
        try:
            said = await self._web.look_up("users.info", user=id, include_locale="true")
        except SlackError as error:
            if error.code not in _UNKNOWN:
                log.warning("slack_person_unknown", user=id, error=error.code)
                return None
            person = Person(id=id)
        except LostError as error:
            log.warning("slack_person_unknown", user=id, error=str(error))
            return None
        else:
            user = said.get("user")
            person = person_of(id, user if isinstance(user, dict) else {}, team, self._domains)
        note = {"v": 1, "at": self._now().isoformat(), "who": asdict(person)}
        await self._book.try_to_put({id: note})
        return person

    def _person(self, id: str, note: Mapping[str, Any] | None) -> Person | None:
        """What a note says, while it is fresh."""
        if note is None or note.get("v") != 1:
            return None
        if self._now() - datetime.fromisoformat(note["at"]) > _FRESH:
            return None
        return Person(**{**note["who"], "id": id})


def person_of(id: str, user: Mapping[str, Any], team: str, domains: frozenset[str]) -> Person:
    """What Slack's user object says of somebody, seen from the workspace ``team``.

    A mail address counts only for a full member of that workspace: guests, bots, people of other
    organisations (Slack Connect) and those who have left can have written anything into theirs.
    """
    profile = user.get("profile")
    profile = profile if isinstance(profile, dict) else {}
    full = _is_full_member(user, team)
    mail = str(profile.get("email") or "").lower()
    proven = full and user.get("is_email_confirmed") is not False
    return Person(
        id=id,
        name=_name(user, profile),
        mail=mail if proven and mail.rpartition("@")[2] in domains else "",
        language=str(user.get("locale") or "").partition("-")[0].lower()[:3],
        full=full,
        picture=_picture(profile),
    )


def _is_full_member(user: Mapping[str, Any], team: str) -> bool:
    return bool(team) and user.get("team_id") == team and not any(map(user.get, _OTHERS))


def _name(user: Mapping[str, Any], profile: Mapping[str, Any]) -> str:
    given = (
        profile.get("real_name"),
        user.get("real_name"),
        profile.get("display_name"),
        user.get("name"),
    )
    found = next((str(name) for name in given if name), "")
    return " ".join(found.split())[:100]


def _picture(profile: Mapping[str, Any]) -> str:
    """The address of a small one."""
    given = (str(profile.get(f"image_{size}") or "") for size in (72, 48))
    return next((url for url in given if _is_slacks(url)), "")


def _is_slacks(url: str) -> bool:
    """Whether Slack keeps it, or the service that it uses for people without one of their own."""
    if not url.startswith("https://") or len(url) > _LONGEST_URL:
        return False
    host = url.removeprefix("https://").partition("/")[0]
    return host in _KEEPERS or (
        host.endswith(".slack-edge.com") and _HOST.fullmatch(host) is not None
    )
