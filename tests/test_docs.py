"""What the documentation names is there: pages, headings, files, commands, options, targets."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from gateway.cli import handbook
from gateway.cli.main import app

ROOT = Path(__file__).parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
FENCE = re.compile(r"^( *)```.*?^\1```[^\n]*$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
INLINE = re.compile(r"`([^`\n]+(?:\n[^`\n]+)?)`")
FILE = re.compile(r"(?<![\w/])(?:gateway|tests|docs|deploy|scripts)/[\w./-]*[\w/]")
PROGRAM = re.compile(r"(?:^|\s)(?:\.venv/bin/)?gateway (?=[a-z-])")
MADE_LATER = {"gateway/channels/NAME"}
NOT_COMMANDS = {"systemctl", "install", "adduser", "chown", "docker build", "ln"}


def ids(page: Path) -> str:
    return str(page.relative_to(ROOT))


pages = pytest.mark.parametrize("page", PAGES, ids=ids)


def slug(heading: str) -> str:
    """The anchor of a heading, as GitHub makes it."""
    bare = re.sub(r"[^\w\- ]", "", heading.strip().lower().replace("`", ""))
    return bare.replace(" ", "-")


def anchors(page: Path) -> set[str]:
    text = FENCE.sub("", page.read_text())
    return {slug(h) for h in re.findall(r"^#+ (.+)$", text, re.MULTILINE)}


@pages
def test_links_lead_somewhere(page: Path):
    lost = []
    for link in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        if not target.exists() or (anchor and anchor not in anchors(target)):
            lost.append(link)
    assert lost == []


@pages
def test_files_that_are_named_are_there(page: Path):
    spans = INLINE.findall(FENCE.sub("", page.read_text()))
    named = {one for span in spans for one in FILE.findall(span)} - MADE_LATER
    assert [one for one in sorted(named) if not (ROOT / one.rstrip(".")).exists()] == []


def commands_of(page: Path) -> Iterator[list[str]]:
    """Calls of the command line in a page, each as its words after the program."""
    text = page.read_text()
    for block in FENCE.finditer(text):
        for row in block[0].replace("\\\n", " ").splitlines()[1:-1]:
            yield from _calls(row)
    for span in INLINE.findall(FENCE.sub("", text)):
        yield from _calls(" ".join(span.split()))


def _calls(row: str) -> Iterator[list[str]]:
    found = PROGRAM.search(row)
    if not found or any(row.lstrip().startswith(n) for n in NOT_COMMANDS):
        return
    if row[: found.start()].strip() not in ("", "$") and "gateway" not in row[: found.start()]:
        return
    rest = row[found.end() :]
    while again := PROGRAM.match(" " + rest):  # `docker compose exec gateway gateway check`
        rest = rest[again.end() - 1 :]
    with_options = re.sub(r"[…]|\.\.\.", "", rest)
    yield shlex.split(with_options, comments=True)


def unknown(words: list[str]) -> str | None:
    """What of a call is no command or option, or None."""
    command: Any = typer.main.get_command(app)
    given = list(words)
    while hasattr(command, "list_commands"):
        if not given:
            return None
        name = given.pop(0)
        if name.startswith("-"):
            given = given[1:] if name == "--config" else given
            continue
        inner = command.get_command(None, name)
        if inner is None:
            return name
        command = inner
    known = {option for p in command.params for option in p.opts} | {"--help"}
    return next((w for w in given if w.startswith("--") and w not in known), None)


@pages
def test_commands_that_are_named_exist(page: Path):
    wrong = {" ".join(call): what for call in commands_of(page) if (what := unknown(call))}
    assert wrong == {}


def test_commands_are_found_in_pages():
    found = [call[0] for page in PAGES for call in commands_of(page) if call]
    assert {"init", "check", "serve", "mail", "ticket", "inbox", "outbox"} <= set(found)
    assert unknown(["ticket", "lst"]) == "lst"
    assert unknown(["ticket", "list", "--stat", "open"]) == "--stat"
    assert unknown(["--config", "x", "serve"]) is None


@pages
def test_make_targets_that_are_named_exist(page: Path):
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE)
    text = page.read_text()
    code = [*INLINE.findall(FENCE.sub("", text)), *(one[0] for one in FENCE.finditer(text))]
    named = {t for one in code for t in re.findall(r"(?m)^make (?:-C \S+ )?([a-z-]+)", one)}
    assert named <= set(targets)


@pytest.mark.parametrize("part", handbook.PARTS, ids=lambda part: part.name)
def test_what_is_made_from_the_code_is_as_the_code(part: handbook.Part):
    page = (ROOT / part.page).read_text()
    assert part.within(page) == page, "run `python -m gateway.cli.handbook`"


def test_every_page_can_be_reached_from_the_readme():
    seen, waiting = set(), [ROOT / "README.md"]
    while waiting:
        page = waiting.pop()
        if page in seen or page.suffix != ".md":
            continue
        seen.add(page)
        links = LINK.findall(FENCE.sub("", page.read_text()))
        paths = [link.partition("#")[0] for link in links if not re.match(r"[a-z]+:", link)]
        waiting += [(page.parent / path).resolve() for path in paths if path]
    assert [ids(page) for page in PAGES if page not in seen] == []
