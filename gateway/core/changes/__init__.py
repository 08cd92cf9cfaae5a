"""What a decision may ask for. The shell applies a list of these in one transaction.

Entries that one decision makes have no id yet: ``ref`` names them within the decision, so that
notices and drafts can point at them.
"""

from gateway.core.changes.clocks import StartDeadline, StopDeadline, Tick, Wait
from gateway.core.changes.decision import Change, Count, Decision, On, Skip
from gateway.core.changes.fates import Drop, Hold, Reconsider, Refuse, Release
from gateway.core.changes.notices import Keep, Listed, NoticeKind, Paced, Reach, Say
from gateway.core.changes.people import Attempt, Away, Challenge, Given, Link, Verify
from gateway.core.changes.sending import Cancel, Deliver, Reachable, Settle, Unreachable
from gateway.core.changes.ticket import (
    Absorb,
    Alter,
    Append,
    Claim,
    LetGo,
    Move,
    Open,
    Revise,
    TakeBack,
)

__all__ = [
    "Absorb",
    "Alter",
    "Append",
    "Attempt",
    "Away",
    "Cancel",
    "Challenge",
    "Change",
    "Claim",
    "Count",
    "Decision",
    "Deliver",
    "Drop",
    "Given",
    "Hold",
    "Keep",
    "LetGo",
    "Link",
    "Listed",
    "Move",
    "NoticeKind",
    "On",
    "Open",
    "Paced",
    "Reach",
    "Reachable",
    "Reconsider",
    "Refuse",
    "Release",
    "Revise",
    "Say",
    "Settle",
    "Skip",
    "StartDeadline",
    "StopDeadline",
    "TakeBack",
    "Tick",
    "Unreachable",
    "Verify",
    "Wait",
]
