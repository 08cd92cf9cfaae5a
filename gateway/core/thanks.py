"""A bare thanks: short, no question, no negation, no number, nothing attached.

When in doubt it is none: a ticket too many is opened again, rather than one too few.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_LONGEST = 120
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_QUESTIONS = re.compile(r"[?\u00bf\u037e\u061f\uff1f]")
_THANKS = frozenset(
    "thanks thank thankyou thx thanx ty cheers gracias grazie merci danke dankeschön dank "
    "obrigado obrigada bedankt tack takk tak kiitos dziękuję dzięki спасибо děkuji köszönöm "
    "teşekkürler 谢谢 ありがとう".split()
)
_NEGATIONS = frozenset(
    # English
    "not no never neither nor none nobody but however though although still again without "
    "isn aren wasn weren doesn don didn can cannot couldn won wouldn hasn haven hadn shouldn "
    "unfortunately nope nothing fails failed failing broken error wrong except if when until "
    # Spanish
    "nunca jamás tampoco ni nada nadie pero aunque aún aun todavía todavia sin salvo "
    # Italian
    "non mai niente nulla nessuno però pero ma ancora neanche nemmeno purtroppo senza "
    # German
    "nicht nichts nie niemals niemand kein keine keinen nein aber jedoch noch leider trotzdem ohne "
    # French, Portuguese, Russian, Dutch, Swedish
    "ne non pas rien jamais mais encore toujours sans não nao mas ainda nada sem "
    "не нет но ещё без niet geen maar nog nooit zonder inte men ikke".split()
)


def is_bare_thanks(text: str, *, attachments: int = 0) -> bool:
    """Whether a message says nothing but thanks, so that it need not reopen anything."""
    if attachments or len(text) > _LONGEST or _QUESTIONS.search(text) or re.search(r"\d", text):
        return False
    words = [w.lower() for w in _WORDS.findall(text)]
    return bool(_THANKS.intersection(words)) and not is_negative(words)


def is_negative(words: Iterable[str]) -> bool:
    """Whether one of the words (in lower case) denies something, or takes something back."""
    return not _NEGATIONS.isdisjoint(words)
