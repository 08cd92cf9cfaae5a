"""Accepting by SMTP, durable before 250: the daemon beside Postfix, 20 sessions, 4 KB each."""

import argparse
import contextlib
from dataclasses import dataclass

from tests.benchmarks import report
from tests.benchmarks.desk import Desk, sqlite_desk, waiting
from tests.benchmarks.mails import SUPPORT
from tests.benchmarks.own_postfix import OwnPostfix, missing_own_postfix, own_postfix
from tests.servers import missing_postfix, smtp_source, wait_until

SESSIONS = 20
OCTETS = 4096
_WARM_UP = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """Mails a second, and how many of them were tickets already at its end."""

    rate: float
    handled: int = 0


def run(options: argparse.Namespace) -> None:
    if reason := missing_postfix():
        return report.left_out("accept", reason)
    with contextlib.ExitStack() as stack:
        postfix = None
        if reason := missing_own_postfix():
            report.left_out("the comparison with Postfix", reason)
        else:
            postfix = stack.enter_context(own_postfix())
        _rounds(options, postfix)
    return None


def _rounds(options: argparse.Namespace, postfix: OwnPostfix | None) -> None:
    ours, theirs = [], []
    for number in range(1, options.rounds + 1):
        ours.append(_gateway(options.mails))
        words = f"{report.shown(ours[-1].rate)}/s, {ours[-1].handled} handled meanwhile"
        report.say(f"round {number}: gateway, its worker at work: {words}")
        if postfix is not None:
            theirs.append(_postfix(postfix, options.mails))
            report.say(f"round {number}: Postfix into its queue: {report.shown(theirs[-1])}/s")
    rate = report.median([one.rate for one in ours])
    report.say(f"median: gateway {report.shown(rate)}/s")
    if theirs:
        other = report.median(theirs)
        report.say(f"median: Postfix {report.shown(other)}/s")
        report.verdict("accepting over SMTP, beside Postfix", rate / other, "×", at_least=1.0)


def _gateway(count: int) -> Round:
    """A fresh desk each time, so that no backlog of the last round weighs on anybody."""
    with sqlite_desk() as desk, desk.daemon():
        _send(desk.port, _WARM_UP)
        _wait_for_the_worker(desk)
        seconds = _send(desk.port, count)
        return Round(rate=count / seconds, handled=_handled(desk, count))


def _wait_for_the_worker(desk: Desk) -> None:
    with desk.database() as database:
        wait_until(lambda: waiting(database) == 0, "the warm-up to be handled", 60)


def _handled(desk: Desk, count: int) -> int:
    with desk.database() as database:
        return count - waiting(database)


def _postfix(postfix: OwnPostfix, count: int) -> float:
    _send(postfix.port, _WARM_UP)
    before = postfix.held()
    seconds = _send(postfix.port, count)
    if postfix.held() - before != count:
        raise AssertionError(f"Postfix kept {postfix.held() - before} of {count} mails")
    return count / seconds


def _send(port: int, count: int) -> float:
    return smtp_source(port, recipient=SUPPORT, count=count, sessions=SESSIONS, size=OCTETS)
