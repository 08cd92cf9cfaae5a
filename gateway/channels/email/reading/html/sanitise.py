from __future__ import annotations

import re

import nh3

_TAGS = set(
    "a abbr b big blockquote br caption center cite code col colgroup dd del div dl dt em font"
    " h1 h2 h3"
    " h4 h5 h6 hr i img ins kbd li ol p pre q s samp small span strike strong sub sup table"
    " tbody td"
    " tfoot th thead tr tt u ul var"
    " address article aside figcaption figure footer header hgroup main nav section".split()
)
_CELL = {"colspan", "rowspan", "align", "valign"}
_ATTRIBUTES = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "img": {"src", "alt", "title", "width", "height"},
    "td": _CELL,
    "th": _CELL,
    "blockquote": {"type"},
    "ol": {"start"},
    "table": {"border"},
}
_WITH_CONTENT = {"script", "style", "title", "template", "noscript", "iframe", "object", "select"}
_PICTURE = re.compile(
    r"data:image/(?:png|gif|jpeg|jpg|webp);base64,[A-Za-z0-9+/=\s]*", re.IGNORECASE
)
_LARGEST_PICTURE = 65_536
_ROUNDS = 3  # one is enough for nearly everything
# A parser passes over the first line end of a <pre>, and the cleaner writes it without it.
_PRE = re.compile(r'(<pre(?: [a-z]+="[^"]*")*>)\n')


def _filtered(tag: str, attribute: str, value: str) -> str | None:
    if attribute == "src":
        return value if _harmless_picture(value) else None
    if attribute == "href":
        return None if value.lstrip().lower().startswith(("data:", "cid:")) else value
    if attribute in ("width", "height", "colspan", "rowspan", "start"):
        # A picture of no size is a beacon, a giant cell hides the rest of the page.
        return value if value.rstrip("%px").isdecimal() and 0 < len(value) <= 4 else None
    return value


def _harmless_picture(source: str) -> bool:
    """Whether showing the picture asks nobody: it came along, or stands in the address."""
    if source.lower().startswith("cid:"):
        return True
    return len(source) <= _LARGEST_PICTURE and _PICTURE.fullmatch(source) is not None


_CLEANER = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=_WITH_CONTENT,
    attributes=_ATTRIBUTES,
    attribute_filter=_filtered,
    url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
    url_relative="deny",
    strip_comments=True,
)


def sanitised(markup: str) -> str:
    """HTML that may be shown: no script, form, style or remote load is left in it.

    The markup must be within the limits of ``limits.within_limits``. What it gives stays as it is
    when it is sanitised again: parsers mend what is nested wrongly by moving it about, and what
    would move once more might be read as something else than what was looked at.
    """
    clean = _cleaned(markup)
    for _ in range(_ROUNDS):
        again = _cleaned(clean)
        if again == clean:
            break
        clean = again
    return clean


def _cleaned(markup: str) -> str:
    return _PRE.sub(r"\1\n\n", _CLEANER.clean(markup)).strip()
