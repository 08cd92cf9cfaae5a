"""What a requester answers to "is it really solved?": the words, in every language of the desk.

When in doubt it is neither: then what they wrote is looked at by people, and opens the ticket.
"""

from __future__ import annotations

import re

from gateway.core.thanks import is_negative

_LONGEST = 120
_WORDS = re.compile(r"[^\W\d_]+", re.UNICODE)
_QUESTIONS = re.compile(r"[?\u00bf\u037e\u061f\uff1f]")
# The word that the desk asks for comes first in each language, then what people make of it.
SOLVED = {
    "en": ("solved", "resolved", "fixed"),
    "es": ("resuelto", "resuelta", "solucionado", "solucionada"),
    "it": ("risolto", "risolta"),
    "fr": ("résolu", "résolue", "resolu", "réglé"),
    "de": ("gelöst", "geloest", "erledigt", "behoben"),
    "pt": ("resolvido", "resolvida", "solucionado", "solucionada"),
}
NOT_SOLVED = {
    "en": "not solved",
    "es": "no resuelto",
    "it": "non risolto",
    "fr": "pas résolu",
    "de": "nicht gelöst",
    "pt": "não resolvido",
}
_ALL = frozenset(word for words in SOLVED.values() for word in words)
# What may stand before it: "Yes, it is solved", "Sí, está resuelto", "Ja, es ist gelöst".
_BEFORE = frozenset(
    "yes yep ok okay it is it's its s has been now all everything that this the problem issue "
    "sí si está esta todo ya ha sido quedado el problema sì è tutto adesso ora il stato oui c est "
    "tout le problème maintenant ja es ist das problem alles jetzt sim foi já o tudo agora hi "
    "hello hola ciao bonjour hallo olá".split()
)
_ASKS = frozenset(  # who says one of these wants something more
    "please call phone send tell want need wonder por favor quiero necesito llame llámeme envíe "
    "prego vorrei bisogno chiami mandi bitte brauche möchte rufen schicken plaît veux besoin "
    "appelez envoyez preciso quero ligue envie".split()
)
_MOST_BEFORE, _MOST_AFTER = 6, 12  # words


def says_solved(text: str, *, attachments: int = 0) -> bool:
    """Whether a message says that it is solved, and nothing that needs to be looked at.

    A question, a negation, a number or a file is such a thing.
    """
    if attachments or len(text) > _LONGEST or _QUESTIONS.search(text) or re.search(r"\d", text):
        return False
    words = [w.lower() for w in _WORDS.findall(text)]
    at = next((n for n, word in enumerate(words) if word in _ALL), None)
    if at is None or at > _MOST_BEFORE or len(words) - at > _MOST_AFTER or is_negative(words):
        return False
    asks = words[0] in ("is", "has", "was") or not _ASKS.isdisjoint(words)
    return not asks and all(word in _BEFORE for word in words[:at])
