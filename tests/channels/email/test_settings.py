"""What [[email.sources]] says about mistakes in it: file, key, place, and what is expected."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.app import read_config
from gateway.channels.email.patterns import slow_pattern
from gateway.settings.faults import ConfigError

HOUSE = """
[desk]
name = "Acme"
address = "support@acme.example"

[[agents]]
name = "Bea"
email = "bea@acme.example"

[[email.sources]]
"""


def faults(tmp_path: Path, source: str) -> list[tuple[str, str, str, str]]:
    path = tmp_path / "gateway.toml"
    path.write_text(HOUSE + source)
    try:
        read_config(path, {})
    except ConfigError as error:
        return [(f.key, f.found, f.expected, f.hint) for f in error.faults]
    return []


def test_the_documented_example_is_right(tmp_path: Path):
    example = """
match = 'from == "alerts@acme.example"'
requester = "from"
dedupe = 'subject.replace("RESOLVED", "FIRING")'
resolves = 'subject.matches("RESOLVED")'
"""
    assert faults(tmp_path, example) == []


@pytest.mark.parametrize(
    ("source", "key", "found", "expected"),
    [
        ("match = 'frm == \"x\"'", "match", 'found the unknown name "frm" at character 1', ""),
        ("match = 'subject'", "match", "it gives text", "gives true or false"),
        ("match = 'from == \"x\" &&'", "match", "character", ""),
        ("match = 'subject.matches(\"(\")'", "match", "bad regular expression", ""),
        ('match = \'headers["X-A"] == "1"\'', "match", "X-A", ""),
        ("match = ''", "match", "an empty one", "an expression"),
        ("match = 'true'\ndedupe = 'true'", "dedupe", "true or false", "gives text"),
        ("match = 'true'\nresolves = 'true'", "resolves", "without dedupe", "dedupe beside it"),
        ("match = 'true'\nrequester = 'replyto'", "requester", "no group", '"reply_to"'),
        ("match = 'true'\nrequester = '('", "requester", "missing )", "regular expression"),
        ("match = 'true'\nrequester = '((a+)+)'", "requester", "very long", "a simpler one"),
        ("match = 'true'\nmost_per_hour = -1", "most_per_hour", "-1", "at least 0"),
        ("match = 'true'\ndedup = 'subject'", "dedup", "", ""),
    ],
)
def test_a_mistake_names_its_key(tmp_path: Path, source: str, key: str, found: str, expected: str):
    ((named, said, wanted, _),) = faults(tmp_path, source)
    assert named == f"email.sources[1].{key}"
    assert found in said
    assert expected in wanted


@pytest.mark.parametrize(
    ("pattern", "slow"),
    [
        (r"^E-mail: (\S+@\S+)", False),
        (r"[(+*] (\d{3}) (x+)", False),
        (r"\((a+)\)+", False),
        (r"((a+)+)", True),
        (r"(?:x*)*(y)", True),
        (r"((?:ab|c*){2,})", True),
        (r"(a*)b*c*d*e*", True),
    ],
)
def test_patterns_that_may_hang(pattern: str, slow: bool):
    assert bool(slow_pattern(pattern)) is slow


@given(st.text(alphabet="ab()+*[]\\{}0,1|", max_size=40))
def test_any_pattern_is_judged(pattern: str):
    assert isinstance(slow_pattern(pattern), str)
