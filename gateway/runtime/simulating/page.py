"""A simulation as one HTML page that needs nothing else: to be mailed, or kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from gateway.runtime.simulating.plots import bars, week
from gateway.runtime.simulating.results import Difference, Fate, Run, Story, in_sum, words_of

_MOST_ROWS = 2_000
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 64rem; padding: 0 1rem;
  color: #1c1c1c; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .2rem .8rem .2rem 0; border-bottom: 1px solid #ddd;
  vertical-align: top; overflow-wrap: anywhere; }
svg { font: 12px system-ui, sans-serif; max-width: 100%; height: auto; }
.missed { color: #c62828; } .note { color: #555; }
"""


def page_of(run: Run, other: Run | None = None, differs: Sequence[Difference] = ()) -> str:
    """The page of one run, or of two with what differs between them."""
    runs = [run, other] if other else [run]
    body = [_heading(run), *(_section(one) for one in runs)]
    if other is not None:
        body.append(_differences(run, other, differs))
    body += [_tickets(one) for one in runs]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Simulation</title><style>{_STYLE}</style></head><body>{''.join(body)}</body></html>"
    )


def _heading(run: Run) -> str:
    span = f"{_day(run.first, run)} to {_day(run.last, run)}" if run.first else "no messages"
    return (
        f"<h1>What would have happened: {escape(span)}</h1>"
        f'<p class="note">Times are in {escape(run.timezone)}. Nothing was sent and nothing was '
        "stored. A deadline counts as missed when it came before its answer, and as running when "
        "the messages end before either.</p>"
    )


def _section(run: Run) -> str:
    night = run.at_night()
    woken = _table(("who", "times between 22:00 and 07:00, out of shift"), night.most_common())
    return (
        f"<h2>{escape(run.name)}</h2>"
        f"{_sums(run)}<h3>Deadlines</h3>{bars(run.by_fate())}"
        f"<h3>When messages came</h3>{week(run.load())}"
        f"<h3>Which priority, and why</h3>{_reasons(run)}"
        f"<h3>Whom the clock would have told what</h3>{_told(run)}"
        f"<h3>Who would have been woken at night</h3>"
        f"{woken if night else '<p>Nobody.</p>'}"
    )


def _reasons(run: Run) -> str:
    rows = [(p.value, why or "no rule", n) for (p, why), n in run.by_reason().most_common()]
    return _table(("priority", "because", "tickets"), rows) if rows else "<p>No tickets.</p>"


def _told(run: Run) -> str:
    rows = [(who, words_of(kind), n) for (who, kind), n in run.by_person().items()]
    return _table(("who", "what", "times"), rows) if rows else "<p>Nobody.</p>"


def _sums(run: Run) -> str:
    rows = (
        *run.sums().items(),
        ("messages that could not be read", run.fates.get("failed", 0)),
        ("messages whose raw form was erased", run.missed_raws),
    )
    return _table((), rows)


def _differences(run: Run, other: Run, differs: Sequence[Difference]) -> str:
    title = f"<h2>What differs: {escape(run.name)} and {escape(other.name)}</h2>"
    title += _table(("in sum", run.name, other.name), in_sum(run, other))
    if not differs:
        return f"{title}<p>Nothing: both treat every ticket alike.</p>"
    rows = [
        (d.story.number, d.story.subject, name, ours, theirs)
        for d in differs
        for name, ours, theirs in d.what
    ]
    headings = ("ticket", "subject", "what", run.name, other.name)
    count = f"<p>{len(differs)} tickets.</p>"
    return f"{title}{count}{_table(headings, rows[:_MOST_ROWS])}{_left_out(len(rows))}"


def _tickets(run: Run) -> str:
    headings = ("ticket", "opened", "subject", "priority", "because", "met", "missed", "told")
    rows = [_row(story, run) for story in run.stories[:_MOST_ROWS]]
    table = _table(headings, rows) if rows else "<p>None.</p>"
    return f"<h2>Tickets: {escape(run.name)}</h2>{table}{_left_out(len(run.stories))}"


def _row(story: Story, run: Run) -> tuple[object, ...]:
    told = (f"{_minute(t.at, run)} {words_of(t.kind)} to {t.to}" for t in story.told)
    return (
        story.number,
        _minute(story.opened_at, run),
        story.subject,
        story.priority.value,
        "; ".join(story.because),
        story.count(Fate.MET),
        story.count(Fate.MISSED),
        "; ".join(told),
    )


def _left_out(count: int) -> str:
    more = count - _MOST_ROWS
    return f'<p class="note">{more} more are in the JSON form.</p>' if more > 0 else ""


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f"<th>{escape(h)}</th>" for h in headings)
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows
    )
    return f"<table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def _minute(moment: datetime, run: Run) -> str:
    return f"{moment.astimezone(ZoneInfo(run.timezone)):%Y-%m-%d %H:%M}"


def _day(moment: datetime | None, run: Run) -> str:
    return f"{moment.astimezone(ZoneInfo(run.timezone)):%Y-%m-%d}" if moment else ""
