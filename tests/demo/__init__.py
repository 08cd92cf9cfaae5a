"""One conversation across mail, Slack and Telegram, played through a real daemon.

Beyond the daemon stand servers of this repository's tests, which speak as Slack and Telegram do, on
this machine alone.
"""
