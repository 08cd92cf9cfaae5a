"""Carries out a decision within one transaction: all of it is there afterwards, or nothing."""

from gateway.runtime.applying.carrying_out import apply
from gateway.runtime.applying.work import Applied

__all__ = ["Applied", "apply"]
