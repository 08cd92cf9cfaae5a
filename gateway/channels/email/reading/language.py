from __future__ import annotations

import re

from gateway.channels.email.reading.headers import Headers

_TAG = re.compile(r"\s*([a-zA-Z]{2,3})(?:[-_;,\s]|$)")
# Signs and digits of ASCII are no part of a word; the others are rare, and cost it.
_BETWEEN = str.maketrans({sign: " " for sign in map(chr, range(128)) if not sign.isalpha()})
_FEWEST = 20
_SAMPLE = 1_200
_STOP_WORDS = {
    "en": "the and is are was to of in that it for with this have not you we my i be on at"
    " please can",
    "es": "el los las y es que de en por para con no una se su lo como más pero está hola"
    " gracias mi yo tengo",
    "fr": "le les et est que de en pour pas une des je vous nous sur avec dans ce cette"
    " bonjour merci mais mon ne du",
    "de": "der die das und ist nicht ich sie wir ein eine zu mit für auf es dem den von"
    " haben bitte hallo aber mein auch",
    "it": "il gli e è che di per non una si con sono questo della ho grazie ciao anche ma"
    " mio del nel alla come",
    "pt": "os as e é que de em para não uma com por mas está você eu obrigado obrigada olá"
    " meu isso do da no na",
}
_LANGUAGES: dict[str, tuple[str, ...]] = {}
for _language, _words in _STOP_WORDS.items():
    for _word in frozenset(_words.split()):
        _LANGUAGES[_word] = (*_LANGUAGES.get(_word, ()), _language)


def language_of(headers: Headers, text: str) -> str | None:
    """The language of the text, as its primary tag (RFC 5646), or None.

    What the mail says of itself (Content-Language, RFC 3282) counts first, then a clear winner
    among six languages by their commonest words, then what its author wants to read.
    """
    return (
        _declared(headers, "content-language")
        or guessed(text)
        or _declared(headers, "accept-language")
    )


def _declared(headers: Headers, name: str) -> str | None:
    value = headers.raw(name)
    match = _TAG.match(value[:100].decode("ascii", "replace")) if value else None
    return match[1].lower() if match else None


def guessed(text: str) -> str | None:
    """One of en, es, it, fr, de, pt, if at least 20 words say so clearly."""
    words = text[:_SAMPLE].lower().translate(_BETWEEN).split()
    total = len(words)
    if total < _FEWEST:
        return None
    hits = dict.fromkeys(_STOP_WORDS, 0)
    for languages in filter(None, map(_LANGUAGES.get, words)):
        for language in languages:
            hits[language] += 1
    first, second = sorted(hits, key=lambda language: -hits[language])[:2]
    clear = hits[first] >= 0.12 * total and hits[first] >= 1.5 * hits[second]
    return first if clear else None
