"""A Slack that talks back: its Web API, Socket Mode and files over real HTTP, strict in all."""

from tests.servers.slack.server import NotAcknowledgedError, SlackServer, running
from tests.servers.slack.world import Channel, User

__all__ = ["Channel", "NotAcknowledgedError", "SlackServer", "User", "running"]
