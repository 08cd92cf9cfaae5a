"""A bare thanks: short, no question, no negation, no number, nothing attached."""

from __future__ import annotations

import re

_LONGEST = 120
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_THANKS = frozenset(
    "thanks thank thx ty cheers gracias grazie merci danke dank obrigado obrigada bedankt "
    "tack takk tak kiitos dziękuję dzięki спасибо děkuji köszönöm teşekkürler 谢谢 ありがとう".split()
)
_NEGATIONS = frozenset(
    "not no never but however still again isn doesn don didn can cannot won wasn unfortunately "
    "nope nothing fails failed broken error wrong except if when "
    "nunca pero aún aun todavía todavia sin tampoco non ma però pero ancora mai niente "
    "pas mais encore jamais nicht aber noch kein keine nein não nao mas ainda "
    "не но нет ещё niet maar nog inte men ikke".split()
)


def is_bare_thanks(text: str, *, attachments: int = 0) -> bool:
    """Whether a message says nothing but thanks, so that it need not reopen anything."""
    if attachments or len(text) > _LONGEST or "?" in text or re.search(r"\d", text):
        return False
    words = [w.lower() for w in _WORDS.findall(text)]
    return bool(_THANKS.intersection(words)) and not _NEGATIONS.intersection(words)
