"""The table of states in the documentation is the one in the code."""

from pathlib import Path

from gateway.core.states import as_markdown

PAGE = Path(__file__).parents[2] / "docs" / "how-the-desk-behaves.md"


def test_the_page_holds_the_table_of_the_code():
    page = PAGE.read_text()
    between = page.split("<!-- states -->")[1].split("<!-- /states -->")[0]
    assert between.strip() == as_markdown()
