"""One decider for each kind of event; each gives a list of changes with their reasons."""

from gateway.core.deciding.dispatch import decide
from gateway.core.deciding.draft import Desk

__all__ = ["Desk", "decide"]
