"""`python -m tests.demo [--fast]`: plays it; where a library is missing, `gateway demo` plays."""

import argparse
import asyncio
import importlib.util
import os
import sys
from pathlib import Path

_NEEDS = ("aiohttp", "slack_bolt", "telegram")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.demo", description=__doc__)
    parser.add_argument("--fast", action="store_true", help="without the time to read")
    parser.add_argument(
        "--config", default="config/gateway.toml", help="for the play by mail alone"
    )
    options = parser.parse_args()
    missing = [name for name in _NEEDS if importlib.util.find_spec(name) is None]
    if missing:
        print(f"Without {', '.join(missing)} there is no chat to play in: by mail, then.")
        _by_mail(options)
    from tests.demo.play import play

    asyncio.run(play(quick=options.fast))


def _by_mail(options: argparse.Namespace) -> None:
    gateway = str(Path(sys.executable).with_name("gateway"))
    words = [gateway, "--config", options.config, "demo", *(["--fast"] if options.fast else [])]
    os.execv(gateway, words)


if __name__ == "__main__":
    main()
