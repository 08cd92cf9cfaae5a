"""The play of `make demo`: mail, Slack and Telegram in one conversation."""

import subprocess
import sys
from pathlib import Path

from tests.e2e.gateway import clean_environment


def test_one_conversation_is_played_across_all_three():
    done = subprocess.run(
        [sys.executable, "-m", "tests.demo", "--fast"],
        cwd=Path(__file__).parents[2],
        env=clean_environment(),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    order = ("Ada writes", "Ada reads", "Bea reads", "Carla reads", "Dan Wolf receives")
    places = [done.stdout.index(words) for words in order]
    assert places == sorted(places)
    assert done.stderr == ""
