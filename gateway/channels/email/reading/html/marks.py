"""By which elements mail clients mark quoted history and signatures in HTML.

Classes and ids may come with prefixes (``x_``) that other clients put before them.
"""

from __future__ import annotations

import re
from typing import Any

_START = r"(?:^|\s)(?:x_|ecx|3D)*"
_END = r"(?:\s|$)"
# All that is in them is quoted.
_CITED_CLASS = re.compile(
    _START + "(?:yahoo_quoted|protonmail_quote|zmail_extra|zm_quote|tutanota_quote"
    "|front-blockquote|iNotesHistory|ntes-mailmaster-quote|mail_quote|elided-text"
    "|mail-quote-collapse|hs_reply_quote|OutlookMessageHeaderQuote|cite|cite2)" + _END
)
_QUOTED_CLASS = re.compile(_START + "(?:gmail_quote|nylas-quote|quote|reply-quote)" + _END)
_CITED_NAME = re.compile(r"(?:quote|messageReplySection)$")
_CITED_ID = re.compile(
    _START + "(?:yahoo_quoted_\\w{1,40}|isReplyContent|fastmail-quoted|aqm-original"
    "|isForwardContent|zmail_extra\\w{0,40}|mail-editor-reference-message-container)" + _END
)
# They stand above a history that goes on to the end.
_DIVIDER_ID = re.compile(
    _START + "(?:divRplyFwdMsg|appendonsend|stopSpelling|zwchr|reply-intro"
    "|ms-outlook-mobile-body-separator-line|OLK_SRC_BODY_SECTION)" + _END
)
_DIVIDER_CLASS = re.compile(_START + "(?:OutlookMessageHeader|replyHeader)" + _END)
_DIVIDER_STYLE = re.compile(r"border(?:-top)?:[^;]{0,60}(?:;[^;]{0,80}){0,3}", re.IGNORECASE)
_BORDER_TOP = re.compile(
    r"border-top(?:-style)?:\s*(?:[^;]{0,40}\s)?solid|border-top-color:", re.IGNORECASE
)
_INTRODUCED = re.compile(
    _START + "(?:moz-cite-prefix|gmail_attr|yahoo_quoted_header|jumbo_attribution"
    "|airmail_on|protonmail_quote_attribution)" + _END
)
_SIGNATURE_CLASS = re.compile(
    _START + "(?:gmail_signature|moz-signature|protonmail_signature_block|tutanota_signature"
    "|sh-signature|front-signature|mailspring-signature|sparksignature|hs_signature)" + _END
)
_SIGNATURE_ID = re.compile(
    _START + "(?:Signature|AppleMailSignature|ms-outlook-mobile-signature|bloop_sign\\w{0,40}"
    "|signature_old|mobile-signature)" + _END
)
_SIGNATURE_NAMES = ("messageSignatureSection", "signature")
_LABEL = re.compile(r"[^\s:：][^:：\n]{0,24}[:：]")
_FEWEST_LABELS = 3


def is_cited(element: Any) -> bool:
    """Whether all that is in a block or a quotation was written by somebody else."""
    names, name = element.get("class", "")[:200], element.get("name", "")[:60]
    if element.tag == "blockquote":
        cited = element.get("type", "").lower() == "cite" or element.get("cite")
        if cited or _QUOTED_CLASS.search(names):
            return True
    if names and _CITED_CLASS.search(names):
        return True
    if name and _CITED_NAME.match(name):
        return True
    return _CITED_ID.search(element.get("id", "")[:200]) is not None


def introduces(element: Any) -> bool:
    """Whether an element says who wrote what is quoted below it."""
    return _INTRODUCED.search(element.get("class", "")[:200]) is not None


def divides(element: Any) -> bool:
    """Whether history begins at an element: a client's own one, or header lines under a line."""
    if _DIVIDER_ID.search(element.get("id", "")[:200]):
        return True
    if _DIVIDER_CLASS.search(element.get("class", "")[:200]):
        return True
    return _BORDER_TOP.search(element.get("style", "")[:500]) is not None and _labelled(element)


def _labelled(element: Any) -> bool:
    """Whether bold words are the labels of a mail's header, in whatever language."""
    labels = 0
    for bold in element.iter("b", "strong"):
        after = (bold.tail or "").lstrip(" \xa0\u202f")
        text = "".join(bold.itertext()).strip() + (after[:1] if after[:1] in (":", "：") else "")
        labels += _LABEL.match(text) is not None
        if labels >= _FEWEST_LABELS:
            return True
    return False


def signs(element: Any) -> bool:
    """Whether an element is a signature that a client put in."""
    if _SIGNATURE_CLASS.search(element.get("class", "")[:200]):
        return True
    if element.get("data-smartmail") == "gmail_signature":
        return True
    if element.get("name") in _SIGNATURE_NAMES or element.get("data-signatureblock"):
        return True
    return _SIGNATURE_ID.search(element.get("id", "")[:200]) is not None
