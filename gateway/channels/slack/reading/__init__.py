"""What Slack says, as facts: one function, which never raises."""

from gateway.channels.slack.reading.reader import ReadOptions, read

__all__ = ["ReadOptions", "read"]
