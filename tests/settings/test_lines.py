import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.settings.faults import Place
from gateway.settings.lines import Lines

TEXT = '''\
title = "a # b"  # = [desk]
[desk]
name = """
[agents]
x = 1
"""
"quoted key" = 1
caps.per_domain = 3
list = [
  "a]", # ]
  'b[',
]
after = { inline = 1 }

[[agents]]
name = "Bea"
[[agents]]   # second
name = "Carla"
[agents.extra]
deep = 1
[[agents.more]]
[[agents.more]]
n = 2
[ email . "send" ]
host = ""
'''


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (("title",), 1),
        (("desk",), 2),
        (("desk", "name"), 3),
        (("desk", "quoted key"), 7),
        (("desk", "caps", "per_domain"), 8),
        (("desk", "list"), 9),
        (("desk", "list", 1), 9),
        (("desk", "after", "inline"), 13),
        (("desk", "missing"), 2),
        (("agents",), 15),
        (("agents", 0, "name"), 16),
        (("agents", 1, "name"), 18),
        (("agents", 1, "extra", "deep"), 20),
        (("agents", 1, "more", 1, "n"), 23),
        (("agents", 1, "email"), 17),
        (("email", "send", "host"), 25),
        (("nowhere", "at", "all"), None),
    ],
)
def test_a_key_is_found_on_its_line(place: Place, line: int | None):
    tomllib.loads(TEXT)
    assert Lines(TEXT).of(place) == line


@given(st.text(alphabet="[]{}\"'#=\n.ab \\", max_size=200))
def test_any_text_is_scanned_to_its_end(text: str):
    line = Lines(text).of(("a",))
    assert line is None or 1 <= line <= text.count("\n") + 1
