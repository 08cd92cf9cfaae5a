from pathlib import Path

from gateway.cli.rule_reference import rule_reference

PAGE = Path(__file__).parents[2] / "docs/reference/rules.md"


def test_the_shipped_page_is_in_step():
    assert PAGE.read_text() == rule_reference(), "run `python -m gateway.cli.reference`"
