"""Mail clients, as far as an answer shows them: how they quote what is answered."""

from __future__ import annotations

import html as entities
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from textwrap import wrap

from tests.channels.email.answering.notices import Notice
from tests.channels.email.reading.replies.attributions import ATTRIBUTIONS
from tests.channels.email.reading.replies.blocks import BLOCKS
from tests.channels.email.reading.replies.markup import MARKUP


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """One way to answer: ``write`` makes the body of own words and a notice."""

    name: str
    type: str
    write: Callable[[str, Notice], str]


Change = Callable[[str], str]


def _same(text: str) -> str:
    return text


def _rewrapped(text: str) -> str:
    """As clients do that wrap what they quote, with the sign before each line."""
    lines = (wrap(line, 60, break_long_words=False) or [""] for line in text.split("\n"))
    return "\n".join(part for parts in lines for part in parts)


def _no_break_spaces(text: str) -> str:
    return text.replace(" ", "\xa0")


def _doubled(text: str) -> str:
    return text.replace("\n", "\n\n")


def _linked(text: str) -> str:
    """As clients do that write out the address of what was a link."""
    return re.sub(r"<([^<>@\s]+@[^<>\s]+)>", r"<\1<mailto:\1>>", text)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


CHANGES: dict[str, Change] = {
    "as it is": _same,
    "wrapped": _rewrapped,
    "no-break spaces": _no_break_spaces,
    "double lines": _doubled,
    "links written out": _linked,
    "indented": _indented,
}


def _quoted(text: str, sign: str = "> ") -> str:
    return "\n".join((sign + line).rstrip() for line in text.split("\n"))


def _badly_wrapped(text: str) -> str:
    """As clients do that wrap after they quoted: the rest of a line bears no sign."""
    lines = []
    for line in text.split("\n"):
        lines += wrap(f"> {line}", 72, break_long_words=False) or [">"]
    return "\n".join(lines)


def top_posted() -> Iterator[Client]:
    """Own words above, in plain text, everything else below."""
    for name, language, line in ATTRIBUTIONS:
        yield Client(
            name=f"{language} {name}",
            type="plain",
            write=lambda own, n, a=line: f"{own}\n\n{a}\n\n{_quoted(n.plain)}\n",  # type: ignore[misc]
        )
        yield Client(
            name=f"{language} {name}, no signs",
            type="plain",
            write=lambda own, n, a=line: f"{own}\n\n{a}\n\n{n.plain}\n",  # type: ignore[misc]
        )
    for name, language, block in BLOCKS:
        yield Client(
            name=f"{language} {name}",
            type="plain",
            write=lambda own, n, b=block: f"{own}\n\n{b}\n\n{n.plain}\n",  # type: ignore[misc]
        )
    yield from _changed()


def _changed() -> Iterator[Client]:
    line = "On Mon, Jan 5, 2026 at 10:00 AM Acme Support <support@acme.example> wrote:"
    block = "From: Acme Support\nSent: Monday, January 5, 2026 10:00 AM\nTo: Bea\nSubject: x"
    for name, change in CHANGES.items():
        yield Client(
            name=f"signs, {name}",
            type="plain",
            write=lambda own, n, c=change: f"{own}\n\n{line}\n{_quoted(c(n.plain))}\n",  # type: ignore[misc]
        )
        yield Client(
            name=f"block, {name}",
            type="plain",
            write=lambda own, n, c=change: f"{own}\n\n{block}\n\n{c(n.plain)}\n",  # type: ignore[misc]
        )
        yield Client(
            name=f"nothing but the notice, {name}",
            type="plain",
            write=lambda own, n, c=change: f"{own}\n\n{c(n.plain)}\n",  # type: ignore[misc]
        )
    yield Client(
        name="wrapped after quoting",
        type="plain",
        write=lambda own, n: f"{own}\n\n{line}\n{_badly_wrapped(n.plain)}\n",
    )
    yield Client(
        name="own words tight above",
        type="plain",
        write=lambda own, n: f"{own}\n{line}\n{_quoted(n.plain, '>')}\n",
    )
    yield Client(
        name="with a signature of a phone",
        type="plain",
        write=lambda own, n: f"{own}\n\nSent from my iPhone\n\n{line}\n\n{_quoted(n.plain)}\n",
    )


def _as_html(own: str) -> str:
    return "<br>".join(entities.escape(line) for line in own.split("\n"))


def _paragraphs(own: str) -> str:
    return "".join(f"<div>{entities.escape(line) or '<br>'}</div>" for line in own.split("\n"))


def _no_break(own: str) -> str:
    return _as_html(own).replace(" ", "&nbsp;")


def _plain_tags(markup: str) -> str:
    return re.sub(r"<(\w+)[^>]*>", r"<\1>", re.sub(r"<!--.*?-->", "", markup, flags=re.DOTALL))


def _entities(markup: str) -> str:
    """Every sign that is no markup as a number."""
    pieces = re.split(r"(<[^>]*>|&[#\w]+;)", markup)
    return "".join(
        p if at % 2 else re.sub(r"[^\s]", lambda m: f"&#{ord(m[0])};", p)
        for at, p in enumerate(pieces)
    )


def _capitals(markup: str) -> str:
    return re.sub(r"<(/?)(\w+)", lambda m: f"<{m[1]}{m[2].upper()}", markup)


def _nbsp(markup: str) -> str:
    pieces = re.split(r"(<[^>]*>)", markup)
    return "".join(p if at % 2 else p.replace(" ", "&nbsp;") for at, p in enumerate(pieces))


MARKUP_CHANGES: dict[str, Change] = {
    "as it is": _same,
    "plain tags": _plain_tags,
    "entities": _entities,
    "capitals": _capitals,
    "nbsp": _nbsp,
}


def top_posted_html() -> Iterator[Client]:
    """The same of clients that send HTML."""
    for name, markup in MARKUP.items():
        yield Client(
            name=f"html {name}",
            type="html",
            write=lambda own, n, m=markup: m.replace("{own}", _as_html(own)).replace(  # type: ignore[misc]
                "Old words", n.html
            ),
        )
    for name, change in MARKUP_CHANGES.items():
        for at, writes in enumerate((_as_html, _paragraphs, _no_break)):
            yield Client(
                name=f"html gmail, {name}, {at}",
                type="html",
                write=lambda own, n, c=change, w=writes: (  # type: ignore[misc]
                    f'<div dir="ltr">{w(own)}</div><div class="gmail_quote">'
                    f'<div class="gmail_attr">qwerty</div>'
                    f'<blockquote class="gmail_quote">{c(n.html)}</blockquote></div>'
                ),
            )
            yield Client(
                name=f"html without any sign, {name}, {at}",
                type="html",
                write=lambda own, n, c=change, w=writes: f"<p>{w(own)}</p><hr>{c(n.html)}",  # type: ignore[misc]
            )


def elsewhere_posted() -> Iterator[Client]:
    """Own words below the notice, between its lines, or both above and below."""
    line = "On Mon, Jan 5, 2026 at 10:00 AM Acme Support <support@acme.example> wrote:"
    for name, sign in (("signs", "> "), ("no signs", "")):
        yield Client(
            name=f"below, {name}",
            type="plain",
            write=lambda own, n, s=sign: f"{line}\n{_quoted(n.plain, s)}\n\n{own}\n",  # type: ignore[misc]
        )
        yield Client(
            name=f"between, {name}",
            type="plain",
            write=lambda own, n, s=sign: f"{line}\n" + _between(_quoted(n.plain, s), own),  # type: ignore[misc]
        )
        yield Client(
            name=f"above and below, {name}",
            type="plain",
            write=lambda own, n, s=sign: f"Hi,\n\n{line}\n{_quoted(n.plain, s)}\n\n{own}\n",  # type: ignore[misc]
        )
        yield Client(
            name=f"above, the first line taken out, {name}",
            type="plain",
            write=lambda own, n, s=sign: f"{own}\n\n{_quoted(_beheaded(n.plain), s)}\n",  # type: ignore[misc]
        )
        yield Client(
            name=f"above, the end of it, {name}",
            type="plain",
            write=lambda own, n, s=sign: f"{own}\n\n{_quoted(n.plain[-700:], s)}\n",  # type: ignore[misc]
        )
    for name, tag in (("cited", 'blockquote type="cite"'), ("not cited", "div")):
        end = tag.split()[0]
        yield Client(
            name=f"html below, {name}",
            type="html",
            write=lambda own, n, t=tag, e=end: f"<{t}>{n.html}</{e}><p>{_as_html(own)}</p>",  # type: ignore[misc]
        )
        yield Client(
            name=f"html above, the first line taken out, {name}",
            type="html",
            write=lambda own, n, t=tag, e=end: (  # type: ignore[misc]
                f"<p>{_as_html(own)}</p><{t}>{re.sub(r'<p[^>]*>##-.*?</p>', '', n.html)}</{e}>"
            ),
        )


def _between(quoted: str, own: str) -> str:
    lines = quoted.split("\n")
    middle = len(lines) // 2
    return "\n".join([*lines[:middle], "", own, "", *lines[middle:]]) + "\n"


def _beheaded(plain: str) -> str:
    return plain.split("\n", 1)[1].lstrip("\n")
