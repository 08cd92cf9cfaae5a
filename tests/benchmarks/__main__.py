"""`python -m tests.benchmarks [NAME…]`: all of the benchmarks, or some by name."""

import argparse
import importlib
from pathlib import Path

from tests.benchmarks import report

NAMES = (
    "reading",
    "rules",
    "road",
    "accept",
    "latency",
    "idle",
    "flat",
    "hours",
    "deadlines",
    "simulate",
    "imap",
    "telegram",
    "slack",
)


def main() -> None:
    options = _parser().parse_args()
    for name in options.names or NAMES:
        if name not in NAMES:
            raise SystemExit(f"there is no benchmark {name!r}; there are {', '.join(NAMES)}")
        module = importlib.import_module(f"tests.benchmarks.{name}")
        report.heading(name, str(module.__doc__).splitlines()[0])
        module.run(options)
    report.summary()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    add = parser.add_argument
    add("names", nargs="*", metavar="NAME", help=f"one of {', '.join(NAMES)}; all if left out")
    add("--messages", type=int, default=1_000_000, help="stored messages of `flat` and `idle`")
    add("--tickets", type=int, default=100_000, help="open tickets of `deadlines`")
    add("--mails", type=int, default=3_000, help="mails of a round of `accept` and `road`")
    add("--replayed", type=int, default=50_000, help="messages of a year for `simulate`")
    add("--rounds", type=int, default=3, help="rounds, whose median counts")
    add("--seconds", type=int, default=20, help="how long `latency` and `idle` look on")
    add("--corpus", type=Path, help="mails for `reading`: an mbox, a Maildir or a folder")
    add("--databases", default="sqlite,postgresql", help="those of `road` and `flat`")
    return parser


if __name__ == "__main__":
    main()
