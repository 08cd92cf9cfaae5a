"""No mail of 25 MB takes longer than five seconds, or more memory than eight times its size."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.channels.email.reading.shapes import SHAPES

ROOT = Path(__file__).parents[4]


@pytest.mark.fuzz
@pytest.mark.parametrize("name", SHAPES)
def test_a_large_mail_is_read_in_its_bounds(name: str):
    command = [sys.executable, "-m", "tests.channels.email.reading.shapes", name]
    told = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout
    seconds, times_its_size = map(float, told.split())
    assert seconds < 5
    assert times_its_size < 8
