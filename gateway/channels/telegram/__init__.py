"""Telegram: people write to a bot, agents work in a group with topics."""
