"""Spam filters that want their sender to prove to be a person (challenge and response)."""

from __future__ import annotations

import re

from gateway.channels.email.reading.headers import Headers
from gateway.core.model import Party

_HEAD = 2_500
_SENDER = re.compile(
    r".{1,200}-(?:confirm|challenge)-[^@]{5,200}@|(?:notifier|challenge)@boxbe\.|antispam@uol\."
    r"|[^@]{1,100}@(?:[^@]{1,60}\.)?spamarrest\.",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"please confirm (?:your (?:e-?mail|message)|that you sent)"
    r"|(?:your )?(?:e-?mail|message)\b.{0,80}(?:requires|needs|awaiting) (?:verification"
    r"|confirmation)"
    r"|verification required for your|\[?spam ?arrest|confirm your e-?mail to"
    r"|antispam uol|demande d['’]authentification|bitte best[äa]tigen sie ihre e-?mail",
    re.IGNORECASE,
)
_SUBJECT_END = re.compile(
    r"[(\[](?:action required|verification(?: required)?|confirmation required)[)\]]\s*$",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"(?:click|follow|visit|use)\b[^\n]{0,80}\n?[^\n]{0,60}(?:link|url|below|button)"
    r"|guest list|has not been verified|was waitlisted|junk mail|just this once|tira-teima"
    r"|clique aqui|cliquez sur le lien|une seule fois|klicken sie (?:bitte )?auf"
    r"|prove (?:that )?you"
    r"|reply to this (?:message|e-?mail) to confirm|is being held",
    re.IGNORECASE,
)
# Not in a question, and of the reader's address: that somebody is to be let through may be a plea.
_ADDED = re.compile(
    r"\b(?:have|get) your (?:e-?mail )?address (?:added|placed)\s(?:to|on)\b[^.?]{0,60}"
    r"\b(?:allowed|approved|trusted|white) ?-?(?:list|senders)",
    re.IGNORECASE,
)


def challenge_sign(
    headers: Headers, subject: str, text: str, author: Party, *, answers: bool
) -> str:
    """Why a mail is taken for a filter's challenge, empty if it is not.

    ``answers``: the mail refers to another one.
    """
    if "tmda" in headers.token("x-delivery-agent") and "confirm" in author.address:
        return "challenge of TMDA"
    if "x-bluebottle-request" in headers:
        return "challenge of a spam filter"
    titled = _SUBJECT.match(subject) is not None
    if _SENDER.match(author.address) and (titled or _WORDS.search(text[:_HEAD])):
        return "challenge of a spam filter"
    if _ADDED.search(text[:_HEAD]) and _WORDS.search(text[:_HEAD]):
        return "challenge of a spam filter"
    if answers and titled:
        return "challenge of a spam filter"
    ends = _SUBJECT_END.search(subject[:500]) is not None
    if (titled or (answers and ends)) and _WORDS.search(text[:_HEAD]):
        return "challenge of a spam filter"
    return ""
