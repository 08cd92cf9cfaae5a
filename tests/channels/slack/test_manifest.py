"""The manifest of the documentation is what the channel needs: no scope more, none less."""

import re
from pathlib import Path

from gateway.channels.slack.checking import NEEDED
from gateway.channels.slack.reading.actions import MAKE_TICKET
from tests.channels.slack.test_corpus import EVENTS

PAGE = Path("docs/slack.md").read_text()
MANIFEST = re.search(r"```yaml\n(.*?)```", PAGE, re.DOTALL)[1]  # type: ignore[index]
# Events that are subscribed to by the kind of conversation they come from.
OF_MESSAGES = {"app_mention", "message.channels", "message.groups", "message.im"}


def listed(under: str) -> set[str]:
    """The items of a list in the manifest."""
    found = re.search(rf"^( *){under}:\n((?:\1  - .*\n)+)", MANIFEST, re.MULTILINE)
    assert found is not None, under
    return set(re.findall(r"- (\S+)", found[2]))


def test_its_scopes_are_those_that_are_needed_and_each_is_explained():
    needed = {*NEEDED, "users:read.email"}
    assert listed("bot") == needed
    table = PAGE.partition("## Why it asks for what it asks")[2].partition("\n## ")[0]
    explained = set(re.findall(r"`([a-z_.]+:[a-z_.]+)`", table)) | {"commands"}
    assert "`commands`" in table
    assert explained == needed


def test_its_events_are_known():
    events = listed("bot_events")
    assert events - OF_MESSAGES <= set(EVENTS)
    assert events >= OF_MESSAGES


def test_its_shortcut_and_command_are_those_that_are_read():
    assert f"callback_id: {MAKE_TICKET}" in MANIFEST
    assert "command: /ticket" in MANIFEST
    assert "socket_mode_enabled: true" in MANIFEST
    assert "should_escape: true" in MANIFEST  # else mentions come as words anybody can type
