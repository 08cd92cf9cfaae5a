"""Slack: staff ask in it, agents work in it."""
